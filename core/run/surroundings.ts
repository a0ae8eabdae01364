import { randomUUID } from 'node:crypto';
import type { Flow } from '../flow/compiled.ts';
import type { IntakeSurroundings } from '../intake/intake-task.ts';
import { supplementsAmong } from '../mapping/siblings.ts';
import { digestOf } from '../message/digest.ts';
import type { OnProgress } from '../message/progress.ts';
import { type Engine, liveViewsOf, targetOfFlow, todayOf } from './engine.ts';
import type { SyncRequest } from './sync-request.ts';

/** What intakes need of the hub. */
export function intakeSurroundings(engine: Engine, onProgress: OnProgress): IntakeSurroundings {
  const { store, identity, now, log } = engine;
  const { config, canonical } = engine.workspace;
  const today = () => todayOf(engine);
  const { isSupplement } = supplementsAmong(engine.workspace.inbound);
  return { store, config, canonical, isSupplement, identity, now, today, log, onProgress };
}

/** Changes when merging itself does: 2, a part's mark of protection counts whoever owns the field. */
const MERGING = 2;

/** Digest of all by which parts are merged into entities. */
export function mergeRulesOf(engine: Engine): string {
  const { config, canonical, inbound } = engine.workspace;
  const owners = [...config.ownership].map(([kind, fields]) => [kind, [...fields]]);
  const schemas = canonical.kinds.map((kind) => canonical.get(kind)?.schema ?? null);
  return digestOf([MERGING, owners, [...supplementsAmong(inbound).names], schemas]);
}

/** What delivering a flow needs, by the present binding of its module. */
export function deliveryOf(
  engine: Engine,
  flow: Flow,
  { signal, onProgress, patienceMs }: Pick<SyncRequest, 'signal' | 'onProgress' | 'patienceMs'>,
) {
  const { store, broker, now, sleep, workspace } = engine;
  const sink = workspace.connectors.manifest(connectorOf(engine, flow))?.sink;
  const limits = {
    batchSize: sink?.batchSize ?? 1,
    concurrency: Math.min(sink?.concurrency ?? 1, flow.delivery.concurrency),
  };
  const views = liveViewsOf(engine, flow);
  const surroundings = {
    ...{ store, broker, now, sleep, views, signal, onProgress, patienceMs },
    today: () => todayOf(engine),
    withheld: new Set<string>(),
  };
  return { target: targetOfFlow(engine, flow), limits, surroundings };
}

function connectorOf(engine: Engine, flow: Flow): string {
  return engine.workspace.config.modules.get(flow.to)?.connector ?? '';
}

/** Sorts by time and is unique: `20260901T020000-1f3a`. */
export function newRunId({ now }: Engine): string {
  const time = new Date(now()).toISOString().replaceAll(/[-:]|\..*$/g, '');
  return `${time}-${randomUUID().slice(0, 4)}`;
}
