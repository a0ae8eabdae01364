import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Login, Manifest } from '../../core/connector/manifest.ts';
import { type ConnectorRegistry, loadConnectors } from '../../core/connector/registry.ts';
import type { ObjectSink, Operation } from '../../core/connector/sink.ts';
import type { JsonObject } from '../../core/message/message.ts';
import { referencePaths } from '../../core/schema/annotation/references.ts';
import { applyDefaults } from '../../core/schema/validator.ts';
import { testContext } from './context.ts';
import { describeObjectSink } from './object-sink.contract.ts';
import type { ObjectSinkWorld } from './object-sink-world.ts';
import { Samples } from './sample-objects.ts';
import type { Simulator } from './simulator.ts';
import {
  describeVendorFaults,
  PATIENCE_MS,
  VENDOR_FAULT_NAMES,
  type VendorFault,
  type VendorFaultWorld,
} from './vendor-faults.contract.ts';

/** A simulator, and what the suites ask about the system behind it. */
export interface SystemBehind extends Pick<Simulator, 'logins' | 'show' | 'stop'> {
  /** Base of the service. */
  readonly url: string;
  /** What it holds of a kind, in its own shape: one for each living object. */
  held(kind: string): readonly JsonObject[];
}

/**
 * Every sentence of the contract, and what becomes of the faults of real vendors, for a connector
 * that delivers single objects to a web service: its manifest and schemas say what the objects are.
 */
export function describeConnector(folder: string, start: () => Promise<SystemBehind>): void {
  const bench = new Bench(folder, start);
  const title = (kind: string) => `${basename(folder)}, ${kind}`;
  for (const kind of bench.kinds) {
    describeObjectSink(title(kind), () => bench.contractWorld(kind));
  }
  // The last kind is the one that refers to the others.
  const last = bench.kinds.at(-1) ?? '';
  const showable = { faults: bench.faults, reads: true };
  describeVendorFaults(title(last), showable, () => bench.faultWorld(last));
}

/** The vendor faults' time limits are for a client that does not wait long. */
const IMPATIENT = { requestsPerSecond: 1000, timeoutMs: PATIENCE_MS };
const PATIENT = { requestsPerSecond: 1000, timeoutMs: 2000 };
const SIGNAL = new AbortController().signal;

interface OpenedSystem {
  readonly system: SystemBehind;
  readonly sink: ObjectSink;
  /** The target's ids of what the kind's objects cannot be without, as `<kind>/<key>` -> id. */
  readonly references: Readonly<Record<string, string>>;
}

/** Opens the connector of a folder against its simulated system. */
class Bench {
  readonly #folder: string;
  readonly #start: () => Promise<SystemBehind>;
  readonly #manifest: Manifest;
  #registry: Promise<ConnectorRegistry> | null = null;

  constructor(folder: string, start: () => Promise<SystemBehind>) {
    this.#folder = folder;
    this.#start = start;
    this.#manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  }

  get kinds(): readonly string[] {
    return (this.#manifest.sink?.objects ?? []).map(({ kind }) => kind);
  }

  /** A token that can be renewed is one of OAuth. */
  get faults(): readonly VendorFault[] {
    const isRenewed = this.#login === 'oauth';
    return VENDOR_FAULT_NAMES.filter((fault) => isRenewed || fault !== 'expired-token');
  }

  get #login(): Login {
    const ways = this.#manifest.service?.auth ?? [];
    return ways.includes('oauth') ? 'oauth' : (ways[0] ?? 'bearer');
  }

  async contractWorld(kind: string): Promise<ObjectSinkWorld> {
    const { system, sink, references } = await this.#open(kind, PATIENT);
    const samples = this.#samples(kind);
    const shut = this.#manifest.sink?.objects.find((one) => one.kind === kind)?.suspend;
    return {
      ...{ sink, references, objectKind: kind },
      object: (key, version) => samples.object(key, version),
      ...(shut === undefined
        ? {}
        : { shut: (key: string) => ({ ...samples.object(key, 1), [shut.field]: shut.value }) }),
      refused: (key, secret) => samples.refused(key, secret),
      held: async () => system.held(kind).map((one) => JSON.stringify(one)),
      loseNextAnswer: () => system.show('broken-after-commit'),
      withWrongSecret: () => this.#sink(system, PATIENT, (text) => text.replace('right', 'wrong')),
      close: () => system.stop(),
    };
  }

  async faultWorld(kind: string): Promise<VendorFaultWorld> {
    const { system, sink, references } = await this.#open(kind, IMPATIENT);
    const samples = this.#samples(kind);
    return {
      ...{ sink, references, objectKind: kind },
      object: (key, version) => samples.object(key, version),
      held: async () => system.held(kind).map((one) => JSON.stringify(one)),
      show: (fault) => system.show(fault),
      close: () => system.stop(),
    };
  }

  async #open(kind: string, limits: JsonObject): Promise<OpenedSystem> {
    const system = await this.#start();
    const sink = await this.#sink(system, limits);
    const references: Record<string, string> = {};
    for (const needed of this.#neededBy(kind)) await this.#make(sink, needed, references);
    return { system, sink, references };
  }

  async #sink(
    system: SystemBehind,
    limits: JsonObject,
    change = (text: string) => text,
  ): Promise<ObjectSink> {
    this.#registry ??= loadConnectors([dirname(this.#folder)]).then(({ registry }) => registry);
    const registry = await this.#registry;
    const { name } = this.#manifest;
    const connector = await registry.open(name);
    const login = JSON.parse(change(JSON.stringify(Object(system.logins)[this.#login])));
    const schema = registry.manifest(name)?.options ?? {};
    const options = applyDefaults(schema, { url: system.url, ...login, ...limits });
    const objectSchema = (kind: string) => registry.objectSchema(name, kind);
    const context = { ...testContext(tmpdir()), objectSchema };
    const sink = await connector.openSink?.(options, context);
    if (sink?.mode !== 'operations') throw new Error('the connector has no sink of operations');
    return sink;
  }

  /** Kinds that the objects of a kind cannot be without, each after those that it needs itself. */
  #neededBy(kind: string): readonly string[] {
    const own = Object.values(this.#requiredOf(kind));
    return [...new Set(own.flatMap((one) => [...this.#neededBy(one), one]))];
  }

  /** Field -> kind of what an object refers to and is nothing without. */
  #requiredOf(kind: string): Readonly<Record<string, string>> {
    const direct = referencePaths(this.#schemaOf(kind)).filter(({ path }) => path.length === 1);
    const required = direct.filter((one) => one.required);
    return Object.fromEntries(required.map(({ path, kind: to }) => [path[0] ?? '', to]));
  }

  async #make(sink: ObjectSink, kind: string, references: Record<string, string>): Promise<void> {
    const key = neededKey(kind);
    const operation: Operation = {
      ...{ action: 'create', objectKind: kind, key, formerKey: null, references },
      ...{ object: this.#samples(kind).object(key, 1), previous: null, remoteId: null },
    };
    const [outcome] = await sink.apply([operation], SIGNAL);
    if (outcome === undefined || outcome.kind === 'failed') throw new Error(`no ${kind} was made`);
    references[`${kind}/${key}`] = outcome.remoteId ?? key;
  }

  #samples(kind: string): Samples {
    const needed = Object.entries(this.#requiredOf(kind));
    const fixed = Object.fromEntries(needed.map(([field, to]) => [field, neededKey(to)]));
    const object = this.#manifest.sink?.objects.find((one) => one.kind === kind);
    return new Samples(this.#schemaOf(kind), object?.match?.[0]?.field ?? 'externalId', fixed);
  }

  #schemaOf(kind: string): JsonObject {
    const file = this.#manifest.sink?.objects.find((one) => one.kind === kind)?.schema ?? '';
    return JSON.parse(readFileSync(join(this.#folder, file), 'utf8'));
  }
}

function neededKey(kind: string): string {
  return `the-${kind}`;
}
