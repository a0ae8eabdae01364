import { randomUUID } from 'node:crypto';
import type { SinkLimits } from '../dispatch/delivery.ts';
import type { Flow } from '../flow/compiled.ts';
import type { Context } from '../flow/context.ts';
import type { IntakeContext } from '../intake/intake-task.ts';
import { supplementNames, supplementsIn } from '../mapping/siblings.ts';
import { digestOf } from '../message/digest.ts';
import { dateIn } from '../schedule/calendar.ts';
import { type Engine, liveViewsOf, todayOf, viewNeedsOf } from './engine.ts';
import type { FlowContext } from './flow-task.ts';
import type { SyncRequest } from './sync-request.ts';

/** What one sync works with. */
function contextOf(engine: Engine, { signal, onProgress }: Told): Context {
  const { store, now, sleep, log } = engine;
  const { canonical, config } = engine.workspace;
  return {
    ...{ store, canonical, log, now, sleep, signal, onProgress },
    today: () => todayOf(engine),
    dateOf: (epochMs) => dateIn(config.timeZone, epochMs),
  };
}

/** Who is told of progress, and may stop it. */
type Told = Pick<SyncRequest, 'signal' | 'onProgress'>;

/** What intakes need of the hub. */
export function intakeContext(engine: Engine, told: Told): IntakeContext {
  const { identity, workspace } = engine;
  const isSupplement = supplementsIn(supplementNames(workspace.inbound));
  return { ...contextOf(engine, told), config: workspace.config, isSupplement, identity };
}

/** Changes when merging itself does: 2, a part's mark of protection counts whoever owns the field. */
const MERGING = 2;

/** Digest of all by which parts are merged into entities. */
export function mergeRulesOf(engine: Engine): string {
  const { config, canonical, inbound } = engine.workspace;
  const owners = [...config.ownership].map(([kind, fields]) => [kind, [...fields]]);
  const schemas = canonical.kinds.map((kind) => canonical.get(kind)?.schema ?? null);
  return digestOf([MERGING, owners, [...supplementNames(inbound)], schemas]);
}

/** What a flow needs of the hub, by the present binding of its module. */
export function flowContext(
  engine: Engine,
  flow: Flow,
  request: Told & Pick<SyncRequest, 'patienceMs'>,
): FlowContext {
  const needs = viewNeedsOf(engine, flow);
  return {
    ...contextOf(engine, request),
    ...{ broker: engine.broker, needs, patienceMs: request.patienceMs, withheld: new Set() },
    views: liveViewsOf(engine, flow),
  };
}

/** How many objects the target of a flow takes at once. */
export function limitsOf(engine: Engine, flow: Flow): SinkLimits {
  const sink = engine.workspace.sinkOf(flow.to);
  return {
    batchSize: sink?.batchSize ?? 1,
    concurrency: Math.min(sink?.concurrency ?? 1, flow.delivery.concurrency),
  };
}

/** Sorts by time and is unique: `20260901T020000-1f3a90c2`. */
export function newRunId({ now }: Engine): string {
  const time = new Date(now()).toISOString().replaceAll(/[-:]|\..*$/g, '');
  return `${time}-${randomUUID().slice(0, 8)}`;
}
