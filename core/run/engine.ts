import type { Broker } from '../broker/broker.ts';
import type { Receiver, Source } from '../connector/connector.ts';
import { objectKindsOf } from '../connector/manifest.ts';
import type { ServedApi } from '../connector/served/served-api.ts';
import type { Sink } from '../connector/sink.ts';
import type { Flow } from '../flow/compiled.ts';
import { type BoundSink, type Target, targetOf } from '../flow/target.ts';
import type { Workspace } from '../flow/workspace.ts';
import type { Identity } from '../intake/identity/identity.ts';
import type { Log } from '../log/log.ts';
import { type Shown, shownByEither, shownOfField } from '../mapping/shown/shown.ts';
import { digestOf } from '../message/digest.ts';
import type { Planned } from '../plan/together/pass.ts';
import { dateIn } from '../schedule/calendar.ts';
import type { Store } from '../store/store.ts';
import type { Credentials } from '../transport/served/served-token.ts';
import { liveViews } from '../view/live.ts';
import type { ViewNeeds, Views } from '../view/views.ts';

/** Of the planner: raised where the same rules and data give other objects. */
const VERSION = 2;

/** Of a module whose system takes nothing. */
const NO_SINK: BoundSink = { mode: 'operations', objects: [], schemaOf: () => ({}) };

/** A served module's client, and what answers it. */
export interface OpenedServed extends Credentials {
  readonly api: ServedApi;
}

/** Where the system of a module is. */
export interface SystemPlace {
  /** Digest of it: another after the binding names another place. */
  readonly address: string;
  /** The folders of this machine that it names and that are not there, absolute. */
  readonly folders: readonly string[];
}

/** The parts of a running hub, put together by hub.ts. */
export interface Engine {
  readonly workspace: Workspace;
  readonly store: Store;
  readonly broker: Broker;
  readonly identity: Identity;
  /** This process, as the holder of leases. */
  readonly owner: string;
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly log: Log;
  readonly openSource: (module: string) => Promise<Source>;
  readonly openSink: (module: string) => Promise<Sink>;
  /**
   * Where a module's system is, by the binding of the hub's workspace or of another one. Opens
   * nothing; throws SECRET_MISSING or CONFIG_INVALID.
   */
  readonly whereIs: (module: string, of?: Workspace) => Promise<SystemPlace>;
  /** Null where the module's system sends nothing by itself. */
  readonly openReceiver: (module: string) => Promise<Receiver | null>;
  /** What answers the client of a served module. */
  readonly openServed: (module: string) => Promise<OpenedServed>;
  /** What a reference of the configuration (`${env:NAME}`, `${file:PATH}`) stands for. */
  readonly secret: (reference: string) => Promise<string>;
  /** The workspace with the changed files of a folder laid over it; a failure with all lints. */
  readonly tryOut: (overlay: string) => Promise<Workspace>;
  /**
   * Reads mappings and tables anew, unless those of that state were read, or asked for last. All
   * else waits for a restart. Throws CONFIG_INVALID with all lints, and goes on with those it has.
   */
  readonly reloadMappings: (state: string | null) => Promise<void>;
}

/** `YYYY-MM-DD` where the city is. */
export function todayOf(engine: Engine): string {
  return dateIn(engine.workspace.config.timeZone, engine.now());
}

/** What plans are made from now. */
export function plannedNow(engine: Engine): Planned {
  const { store, workspace } = engine;
  const { canonical } = workspace;
  return { entities: store.entities, canonical, today: todayOf(engine), now: engine.now };
}

/** Compiled once: whoever reads mappings anew has another workspace. */
const TARGETS = new WeakMap<Workspace, Map<Flow, Target>>();

/** The target that a flow leads to, by the present binding of its module. */
export function targetOfFlow(engine: Engine, flow: Flow): Target {
  const { workspace } = engine;
  const known = TARGETS.get(workspace) ?? new Map<Flow, Target>();
  TARGETS.set(workspace, known);
  const found = known.get(flow);
  if (found !== undefined) return found;
  const { connector, sink } = boundTo(engine, flow);
  const target = targetOf(flow, connector, sink, workspace.outbound.get(flow.to) ?? []);
  known.set(flow, target);
  return target;
}

/** The flow that leads to a target, by its name; undefined if none does any more. */
export function flowOfTarget(engine: Engine, target: string): Flow | undefined {
  return engine.workspace.flows.find((flow) => targetOfFlow(engine, flow).name === target);
}

/** The connector that fills a flow's module, and what the binding makes it take. */
function boundTo({ workspace }: Pick<Engine, 'workspace'>, { to }: Flow) {
  const { connector = '', options = {} } = workspace.config.modules.get(to) ?? {};
  const sink = workspace.sinkOf(to) ?? NO_SINK;
  return { connector, sink: { ...sink, objects: objectKindsOf(sink, options) } };
}

/** Which inverse relations a flow's conditions and mappings read, by entity kind. */
export function viewNeedsOf(engine: Engine, flow: Flow): ViewNeeds {
  const inverses = new Map<string, Set<string>>();
  const add = (kind: string, names: readonly string[]) => {
    const known = inverses.get(kind) ?? new Set();
    for (const name of names) known.add(name);
    inverses.set(kind, known);
  };
  for (const [kind, selection] of flow.selects) add(kind, selection.inverses);
  for (const mapping of engine.workspace.outbound.get(flow.to) ?? []) {
    add(mapping.from.kind, mapping.inverses);
  }
  const mappings = engine.workspace.outbound.get(flow.to) ?? [];
  const { canonical } = engine.workspace;
  return {
    ...{ protectedPersons: flow.protectedPersons, schools: flow.schools, inverses },
    shownOf: (kind, inverse) => {
      if (canonical.get(kind)?.unitInverses.includes(inverse) === true) return true;
      const own = mappings.filter(({ from }) => from.kind === kind);
      const readers = [...own, flow.selects.get(kind)].filter((one) => one !== undefined);
      const all = readers.map(({ shown }) => shownOfField(shown, inverse));
      return all.reduce<Shown>(shownByEither, new Map());
    },
  };
}

/** What a flow may see, from what the store holds at that moment, as of today or that day. */
export function liveViewsOf(engine: Engine, flow: Flow, today = () => todayOf(engine)): Views {
  const { store, workspace } = engine;
  return liveViews(store.entities, workspace.canonical, viewNeedsOf(engine, flow), today);
}

/** What a flow sees now, as one entity of it is projected. */
export function sightOf(engine: Engine, flow: Flow) {
  const { store, workspace } = engine;
  const views = liveViewsOf(engine, flow);
  return { store, canonical: workspace.canonical, views, today: todayOf(engine) };
}

/**
 * Digest of everything that a flow's plan depends on beside data and calendar: its file, mappings
 * and tables, the schemas on both sides, and what plans are made with.
 */
export function rulesOf({ workspace }: Pick<Engine, 'workspace'>, flow: Flow): string {
  const { canonical, config, outbound } = workspace;
  const { connector, sink } = boundTo({ workspace }, flow);
  return digestOf([
    ...[VERSION, config.timeZone, flow.fingerprint, connector],
    (outbound.get(flow.to) ?? []).map((mapping) => [mapping.file, mapping.fingerprint]),
    canonical.kinds.map((kind) => canonical.get(kind)?.schema ?? null),
    sink.objects.map(({ kind }) => [kind, sink.schemaOf(kind)]),
  ]);
}
