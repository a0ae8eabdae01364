import { comparableId } from '../../connector/objects/held-ids.ts';
import { readAmbiguous, writeAmbiguous } from '../../dispatch/ambiguous.ts';
import type { Target, TargetKind } from '../../flow/target.ts';
import { inBatches } from '../../message/batches.ts';
import { digestOf } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import type { OnProgress } from '../../message/progress.ts';
import { flowsNamed } from '../../night/sync.ts';
import { forgetScope } from '../../plan/scope/plan-scope.ts';
import { placeAlone } from '../../plan/together/pass.ts';
import { type Engine, plannedNow, targetOfFlow } from '../../run/engine.ts';
import { type LedgerRow, rowsOf } from '../../store/ledger-store.ts';
import {
  asDelivered,
  differing,
  keysByRemoteId,
  mayHold,
  type ReadKind,
  sentReferences,
  type UnreadKind,
  unreadKind,
  withOurKeys,
  withReadBack,
} from '../../withdraw/read-back.ts';
import { audit } from '../audit.ts';
import { planOf } from '../preview/plans.ts';
import { type Ambiguity, type Match, Matching } from './matching.ts';

export interface AdoptionRequest {
  readonly flow: string;
  /** False: only shown. */
  readonly apply: boolean;
  /** Our key -> the target's id, or null where it is none of those; only these are decided then. */
  readonly choose: ReadonlyMap<string, string | null>;
  readonly who: string;
  readonly onProgress?: OnProgress;
  readonly signal: AbortSignal;
}

export interface AdoptionReport {
  readonly flow: string;
  readonly target: string;
  /** False where the target cannot be asked what it holds. */
  readonly canBeAsked: boolean;
  readonly kinds: readonly KindAdoption[];
  /** What a person must decide: it is neither adopted nor made until then. */
  readonly ambiguities: readonly Ambiguity[];
  /** Of the choices, those that have been taken. */
  readonly chosen: number;
  /** Kinds that the target did not tell: nothing of them is adopted. */
  readonly unread: readonly UnreadKind[];
}

export interface KindAdoption {
  readonly objectKind: string;
  readonly looked: number;
  /** What the ledger knows already. */
  readonly ours: number;
  readonly adopted: number;
  /** Of the adopted, those that the next plan changes. */
  readonly differing: number;
  /** What answers to nothing that is wanted: it is left alone. */
  readonly foreign: number;
}

const BATCH = 500;

/**
 * Takes what a target holds already into the ledger, so that the next plan updates it instead of
 * making it twice. Only what is wanted can match: who is protected has no view, and so no match.
 */
export async function findAdoption(
  engine: Engine,
  request: AdoptionRequest,
): Promise<AdoptionReport | null> {
  const [flow] = flowsNamed(engine, request.flow);
  if (flow === undefined) return null;
  const target = targetOfFlow(engine, flow);
  const adoption = new Adoption(engine, target, request);
  const found = await withReadBack(engine, flow, request.signal, async (read) => {
    const place = placeAlone(plannedNow(engine));
    const told = { signal: request.signal, onProgress: () => undefined };
    let matching: Matching | null = null;
    for await (const { kind, entries } of planOf(engine, flow, told, place)) {
      if (kind.match.length === 0 || !(await mayHold(engine, target, kind))) continue;
      if (matching?.objectKind !== kind.kind) {
        if (matching !== null) await adoption.take(matching, read);
        matching = new Matching(kind.kind, kind.match, adoption.picked);
      }
      for (const entry of entries) if (entry.action === 'create') matching.want(entry);
    }
    if (matching !== null) await adoption.take(matching, read);
    return adoption.end();
  });
  const about = { flow: flow.name, target: target.name };
  const nothing = { kinds: [], ambiguities: [], chosen: 0, unread: [] };
  return { ...about, canBeAsked: found !== null, ...(found ?? nothing) };
}

/** One adoption under way: kind after kind, in the order of creation. */
class Adoption {
  readonly #engine: Engine;
  readonly #target: Target;
  readonly #request: AdoptionRequest;
  readonly #kinds: KindAdoption[] = [];
  readonly #ambiguities: Ambiguity[] = [];
  /** The target's ids -> our keys of what has been adopted here: others refer to it. */
  readonly #keys = new Map<string, string>();
  readonly #unread: UnreadKind[] = [];
  #chosen = 0;

  constructor(engine: Engine, target: Target, request: AdoptionRequest) {
    this.#engine = engine;
    this.#target = target;
    this.#request = request;
  }

  /** Our keys -> the target's ids that a person has chosen. */
  get picked(): ReadonlyMap<string, string> {
    const { choose } = this.#request;
    return new Map([...choose].flatMap(([key, id]) => (id === null ? [] : [[key, id] as const])));
  }

  /** Reads a kind to its end, and only then takes what is certain into the ledger. */
  async take(matching: Matching, read: ReadKind): Promise<void> {
    const kind = this.#target.kinds.find((one) => one.kind === matching.objectKind);
    if (kind === undefined) return;
    const known = await idsInLedger(this.#engine, this.#target, kind);
    let [looked, ours, foreign] = [0, 0, 0];
    try {
      for await (const remote of read(kind.kind)) {
        looked += 1;
        if (looked % BATCH === 0) this.#tell(kind, looked, false);
        if (known.has(remote.remoteId ?? '')) ours += 1;
        else if (!matching.offer(remote)) foreign += 1;
      }
    } catch (error) {
      this.#unread.push(unreadKind(kind, error));
      return;
    }
    const { matches, ambiguities } = matching.result();
    this.#ambiguities.push(...ambiguities);
    const rows = await this.#rowsOf(kind, matches);
    const differs = rows.filter(({ hash }, at) => hash !== matches[at]?.entry.hash).length;
    const { objectKind } = matching;
    const counts = { looked, ours, adopted: rows.length, differing: differs, foreign };
    this.#kinds.push({ objectKind, ...counts });
    await this.#write(rows);
    this.#tell(kind, looked, true);
  }

  /** How many there will be, the target alone knows. */
  #tell({ kind }: TargetKind, done: number, ended: boolean): void {
    const { flow, onProgress, signal } = this.#request;
    signal.throwIfAborted();
    onProgress?.({ step: `match ${flow} ${kind}`, done, total: null, ended });
  }

  async #rowsOf(kind: TargetKind, matches: readonly Match[]): Promise<readonly LedgerRow[]> {
    const keys = new Map([
      ...(await keysByRemoteId(this.#engine, this.#target, kind)),
      ...this.#keys,
    ]);
    return matches.map(({ entry, remote }) => {
      const { origin, key, unit } = entry;
      const wanted = entry.object ?? {};
      const held = holdsNow(kind, withOurKeys(remote.object, kind, keys), wanted);
      const isSame = Object.keys(held).every((name) => name in wanted) && holds(held, wanted);
      if (remote.remoteId !== null) this.#keys.set(comparableId(remote.remoteId), key);
      return {
        ref: { target: this.#target.name, objectKind: kind.kind, origin, key },
        unit,
        hash: isSame ? entry.hash : digestOf(held),
        object: isSame ? wanted : held,
        remoteId: remote.remoteId,
        references: sentReferences(remote.object, kind, keys),
        run: 'adoption',
        confirmedAt: this.#engine.now(),
        suspendedSince: null,
      };
    });
  }

  /** A person's choices alone, where there are any; else everything that is certain. */
  async #write(rows: readonly LedgerRow[]): Promise<void> {
    const { apply, choose } = this.#request;
    const taken = choose.size > 0 ? rows.filter(({ ref }) => choose.has(ref.key)) : rows;
    this.#chosen += choose.size > 0 ? taken.length : 0;
    if (!apply && choose.size === 0) return;
    await forgetScope(this.#engine.store, this.#target.name);
    for (const batch of inBatches(taken, BATCH)) {
      await this.#engine.store.ledger.write(batch, []);
    }
  }

  async end() {
    const { apply, choose } = this.#request;
    const open = this.#ambiguities.filter(({ key }) => choose.get(key) !== null);
    this.#chosen += this.#ambiguities.length - open.length;
    if (apply || choose.size > 0) await this.#remember(open);
    return {
      ...{ kinds: this.#kinds, unread: this.#unread },
      ...{ ambiguities: open, chosen: this.#chosen },
    };
  }

  /** What is not decided waits; who decided what is audited. */
  async #remember(open: readonly Ambiguity[]): Promise<void> {
    const { store } = this.#engine;
    const { name } = this.#target;
    const { who, choose } = this.#request;
    const ambiguous = new Map(await readAmbiguous(store, name));
    for (const { objectKind } of this.#kinds) {
      const own = open.filter((one) => one.objectKind === objectKind);
      ambiguous.set(objectKind, new Map(own.map(({ key, remoteIds }) => [key, remoteIds])));
    }
    await writeAmbiguous(store, name, ambiguous);
    const chosen = [...choose].map(([key, id]) => `${key}=${id ?? 'none'}`);
    const subject = [name, ...chosen].join(' ');
    await audit(this.#engine, who, 'adopt', subject);
  }
}

async function idsInLedger(
  { store: { ledger } }: Engine,
  target: Target,
  { kind }: TargetKind,
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const rows of rowsOf(ledger, target.name, kind)) {
    for (const { remoteId } of rows) if (remoteId !== null) ids.add(remoteId);
  }
  return ids;
}

function holds(held: JsonObject, wanted: JsonObject): boolean {
  return differing(wanted, held).length === 0;
}

/**
 * What the target holds of the fields that the mappings fill: also of those that are empty for this
 * object, so that the next plan empties them there.
 */
function holdsNow({ fields }: TargetKind, remote: JsonObject, wanted: JsonObject): JsonObject {
  const held: Record<string, Json> = { ...asDelivered(remote, wanted) };
  for (const [name, value] of Object.entries(remote)) {
    const isFilled = fields.some((field) => field === name || field.startsWith(`${name}.`));
    if (isFilled && !(name in held)) held[name] = value;
  }
  return held;
}
