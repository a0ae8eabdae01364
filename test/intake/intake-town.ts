import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config, SourceRules } from '../../core/config/config.ts';
import { USUAL_RULES } from '../../core/config/rules/source-rules.ts';
import type { RecordBatch, RecordFault, Source } from '../../core/connector/connector.ts';
import {
  type Failure,
  InvalidFailure,
  RefusedFailure,
  TransientFailure,
} from '../../core/failure/failure.ts';
import { Identity } from '../../core/intake/identity/identity.ts';
import { intake } from '../../core/intake/intake.ts';
import type { IntakeContext } from '../../core/intake/intake-task.ts';
import { silentLog } from '../../core/log/log.ts';
import { compileMapping } from '../../core/mapping/compile-mapping.ts';
import type { InboundMapping } from '../../core/mapping/compiled.ts';
import { supplementNames, supplementsIn, tellApart } from '../../core/mapping/siblings.ts';
import type { Entity, JsonObject } from '../../core/message/message.ts';
import type { CanonicalSchemas } from '../../core/schema/canonical.ts';
import { loadCanonicalSchemas } from '../../core/schema/canonical-schemas.ts';
import type { IntakeStore } from '../../core/store/intake-store.ts';
import type { Run } from '../../core/store/run-store.ts';
import { openSqliteStore } from '../../core/store/sqlite/sqlite-store.ts';
import type { Store } from '../../core/store/store.ts';

const SCHEMAS = join(import.meta.dirname, '..', '..', 'schemas', 'canonical');
const TEXT = { type: 'string' };
let canonicalSchemas: Promise<CanonicalSchemas> | null = null;
/** What a stream of these sources may hold. */
const RECORD = {
  type: 'object',
  properties: {
    ...{ id: TEXT, name: TEXT, mark: TEXT, born: TEXT, number: TEXT, kind: TEXT, person: TEXT },
    ...{ family: TEXT, account: TEXT },
    duplicates: { type: 'array', items: TEXT },
    members: { type: 'array', items: { type: 'object', properties: { person: TEXT, end: TEXT } } },
  },
};

/** A mapping of a class of which each record names one pupil. */
export const CLASS = `to: group.v1
entity: { identity: id, of: register }
part: { take: person }
fields:
  displayName: { const: 7A }
  groupType: { const: Klass }
  startDate: { const: "2026-08-18" }
  organisation: { identity: kind, of: register }
  groupMemberships: { list: [{ item: { person: { identity: person, of: register } } }] }`;

/** A record as it comes; `gone` is a deletion, `spoilt` what could be read of a faulty one. */
export interface Row extends JsonObject {
  readonly id: string;
}
export type Told = Row | { readonly gone: Row } | { readonly spoilt: Row };

/** All that a source tells of a stream in one run. */
export interface Telling {
  readonly stream: string;
  readonly mode: RecordBatch['mode'];
  readonly rows: readonly (Row | { readonly gone: Row })[];
}

/** Sources of rows, taken in by the real intake into a real store; no hub, so that it is quick. */
export class IntakeTown {
  readonly store: Store;
  identity: Identity;
  readonly #canonical: CanonicalSchemas;
  readonly #folder: string;
  readonly #mappings = new Map<string, readonly InboundMapping[]>();
  owners: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> = new Map();
  rules: SourceRules = USUAL_RULES;
  /** What sources answer when they are asked whether they are what was read before. */
  isUnchanged = false;
  /** Deliveries that wait at sources: rows of one stream, and whether its end is damaged. */
  waiting: readonly { stream: string; told: readonly Row[]; isDamaged?: boolean }[] = [];
  /** Most records in one batch of a source. */
  batchSize = 10_000;
  /** What sources do when they are told that all was taken in. */
  accepted = async () => {};
  now = 1;
  #runs = 0;

  private constructor(
    store: Store,
    identity: Identity,
    canonical: CanonicalSchemas,
    folder: string,
  ) {
    this.store = store;
    this.identity = identity;
    this.#canonical = canonical;
    this.#folder = folder;
  }

  /** With a key, ids are the same in each town; one that forgets reads every record anew. */
  static async open({ key = '', forgets = false } = {}): Promise<IntakeTown> {
    const folder = await mkdtemp(join(tmpdir(), 'skolnav-intake-'));
    const kept = await openSqliteStore({ file: join(folder, 'skolnav.db') });
    const store = forgets ? { ...kept, intake: forgetting(kept.intake) } : kept;
    if (key !== '') await store.offerValue('identityKey', key);
    canonicalSchemas ??= loadCanonicalSchemas([SCHEMAS]);
    const canonical = await canonicalSchemas;
    return new IntakeTown(store, await Identity.open(store), canonical, folder);
  }

  /** As another process would find it. */
  async reopen(): Promise<void> {
    this.identity = await Identity.open(this.store);
  }

  async close(): Promise<void> {
    await this.store.close();
    await rm(this.#folder, { recursive: true });
  }

  /** A mapping of a module's stream, as it would stand in its file. */
  map(module: string, stream: string, text: string, name = 'rows'): void {
    const streams = new Map([[stream, RECORD]]);
    const connector = { name, streams, objects: new Map() };
    const world = { canonical: this.#canonical, readTable: () => null };
    const number = this.#mappings.get(module)?.length ?? 0;
    const file = `mappings/${module}/${stream}-${number}.yaml`;
    const whole = `from: ${name}/${stream}\n${text}`;
    const { mapping, lints } = compileMapping(file, whole, connector, world);
    if (mapping === null || !('convert' in mapping)) throw new Error(JSON.stringify(lints));
    const all = [...(this.#mappings.get(module) ?? []), mapping];
    this.#mappings.set(module, all);
  }

  /** Another mapping in place of all that the module has; by another name, of another connector. */
  remap(module: string, stream: string, text: string, name = 'rows'): void {
    this.#mappings.delete(module);
    this.map(module, stream, text, name);
  }

  /** What a module tells of one stream; a run that fails or is held is answered as well. */
  async take(
    module: string,
    mode: RecordBatch['mode'],
    stream: string,
    told: readonly Told[],
    faults: readonly RecordFault[] = [],
  ): Promise<Run> {
    const spoilt = told.filter(isSpoilt).map(({ spoilt: value }) => {
      const failure = new RefusedFailure('RECORD_INVALID', 'a date is no date');
      return { failure, externalId: value.id, value };
    });
    const records = told.flatMap((one, at) => {
      if (isSpoilt(one)) return [];
      const value = isGone(one) ? one.gone : one;
      const operation = isGone(one) ? ('delete' as const) : ('upsert' as const);
      return [{ operation, value, file: `${module}.csv`, line: at + 2 }];
    });
    const about = { stream, mode, checkpoint: 'read' };
    const size = this.batchSize;
    const source: Source = {
      async *read() {
        for (let at = 0; at + size < records.length; at += size) {
          yield { ...about, records: records.slice(at, at + size), faults: [], last: false };
        }
        const rest = records.slice(Math.floor(Math.max(0, records.length - 1) / size) * size);
        yield { ...about, records: rest, faults: [...spoilt, ...faults], last: true };
      },
      isUnchanged: async () => this.isUnchanged,
      waiting: () => this.#waiting(module),
      accepted: () => this.accepted(),
      close: async () => undefined,
    };
    return this.#intake(module, async () => source);
  }

  /** What a module tells of several streams in one run, in this order, and how it fails then. */
  takeAll(module: string, told: readonly Telling[], failure?: Failure): Promise<Run> {
    const source: Source = {
      async *read() {
        for (const { stream, mode, rows } of told) {
          const records = rows.map((one, at) => ({
            operation: isGone(one) ? ('delete' as const) : ('upsert' as const),
            ...{ value: isGone(one) ? one.gone : one, file: `${stream}.csv`, line: at + 2 },
          }));
          yield { stream, mode, records, faults: [], last: true, checkpoint: 'read' };
        }
        if (failure !== undefined) throw failure;
      },
      close: async () => undefined,
    };
    return this.#intake(module, async () => source);
  }

  /** What a module reads by a source of its own. */
  takeFrom(module: string, source: Source): Promise<Run> {
    return this.#intake(module, async () => source);
  }

  async *#waiting(module: string): AsyncGenerator<AsyncIterable<RecordBatch>> {
    for (const { stream, told, isDamaged } of this.waiting) {
      const records = told.map((value, at) => {
        return { operation: 'upsert' as const, value, file: `${module}.csv`, line: at + 2 };
      });
      const rest = { faults: [], last: true, checkpoint: null };
      yield (async function* () {
        yield { stream, mode: 'delta' as const, records, ...rest };
        if (isDamaged === true) throw new InvalidFailure('FILE_DAMAGED', 'it is cut off');
      })();
    }
  }

  /** A sync while the module's files are away. */
  away(module: string): Promise<Run> {
    return this.#intake(module, async () => {
      throw new TransientFailure('CONNECTION_LOST', 'the folder is not there');
    });
  }

  /** A person approves all that waits. */
  async approve(): Promise<void> {
    for (const hold of await this.store.runs.holds({ state: 'open' })) {
      await this.store.runs.putHold({ ...hold, state: 'approved' });
    }
  }

  async #intake(module: string, openSource: () => Promise<Source>): Promise<Run> {
    this.#runs += 1;
    const task = {
      ...{ module, run: `run-${this.#runs}`, rules: this.rules, remarks: [], openSource },
      mappings: tellApart(this.#mappings.get(module) ?? []),
    };
    return (await intake(task, this.context())).run;
  }

  context(): IntakeContext {
    return {
      ...{ store: this.store, identity: this.identity, canonical: this.#canonical },
      config: this.#config(),
      isSupplement: supplementsIn(this.supplements()),
      now: () => this.now,
      today: () => '2026-09-01',
      dateOf: () => '2026-09-01',
      sleep: async () => undefined,
      signal: new AbortController().signal,
      log: silentLog,
      onProgress: () => undefined,
    };
  }

  /** Names of what only adds to entities. */
  supplements(): ReadonlySet<string> {
    const all = [...this.#mappings].map(([module, own]) => [module, tellApart(own)] as const);
    return supplementNames(new Map(all));
  }

  async persons(): Promise<readonly Entity[]> {
    const found: Entity[] = [];
    for await (const batch of this.store.entities.scan('person')) {
      found.push(...batch.map(({ entity }) => entity));
    }
    return found;
  }

  async person(id: string): Promise<Entity | undefined> {
    const [stored] = await this.store.entities.get('person', [id]);
    return stored?.entity;
  }

  isProtected(person: Entity): boolean {
    return this.#canonical.get('person')?.isProtected(person) !== false;
  }

  #config(): Config {
    return {
      ...{ file: 'config/hub.yaml', cluster: null, services: null, dataFolder: this.#folder },
      ...{ timeZone: 'Europe/Stockholm', modules: new Map(), ownership: this.owners },
      ...{ sources: new Map(), mail: null, doorbell: null, dashboard: null },
      served: { host: '127.0.0.1', port: 0, url: null },
      retention: { runsMs: 1, auditMs: 1, archiveMs: 1 },
    };
  }
}

/** A store that does not know which records it has read. */
function forgetting(intake: IntakeStore): IntakeStore {
  return new Proxy(intake, {
    get: (port, name) => {
      if (name === 'prints') return async function* () {};
      const value: unknown = Reflect.get(port, name);
      return typeof value === 'function' ? value.bind(port) : value;
    },
  });
}

function isSpoilt(told: Told): told is { readonly spoilt: Row } {
  return 'spoilt' in told;
}

function isGone(told: Told): told is { readonly gone: Row } {
  return 'gone' in told;
}
