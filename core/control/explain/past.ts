import { deliveryId, parkedId } from '../../dispatch/delivery-id.ts';
import { daysAfter } from '../../message/dates.ts';
import type { EntityRef, Problem } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import { dateIn, startOf } from '../../schedule/calendar.ts';
import type { Ending } from '../../store/message-store.ts';
import type { Run } from '../../store/run-store.ts';
import { groupsOn, type NamedGroup } from './members.ts';
import { type TargetTrace, traceEntity } from './trace.ts';
import type { ObjectTrace } from './trace-object.ts';

/**
 * What is still known of an entity as it was when a day ended. Neither entities nor what targets
 * held are kept as they were: what is told follows from when the target confirmed what it holds
 * now, from what had failed, and from how the runs of then ended.
 */
export interface Past {
  readonly entity: EntityRef;
  /** Nothing else is told of a protected one. */
  readonly isProtected: boolean;
  /** `YYYY-MM-DD`; of a day that is not over, until now. */
  readonly day: string;
  /** The first day of which runs and failures are kept. */
  readonly keptFrom: string;
  /** Of which groups it was a member, as their sources say it now. */
  readonly groups: readonly NamedGroup[];
  /** The last run until then of each source; a source of which none is kept is left out. */
  readonly intakes: readonly Run[];
  readonly targets: readonly PastTarget[];
}

export interface PastTarget extends Pick<TargetTrace, 'flow' | 'target' | 'module'> {
  /** What today's data, rules and marks of protection would have made of it on that day. */
  readonly verdict: TargetTrace['verdict'];
  readonly because: TargetTrace['because'];
  readonly becauseSaid: TargetTrace['becauseSaid'];
  /** The flow's last run until then; null where none is kept. */
  readonly run: Run | null;
  /** Why plans of the flow waited for a person then. */
  readonly held: readonly Problem[];
  readonly objects: readonly PastObject[];
}

export interface PastObject extends Pick<ObjectTrace, 'objectKind' | 'key'> {
  /**
   * `there`: the target has held since then what it holds now; `changed`: it was told something
   * else since, and what it held then is not kept; `unknown`: it holds nothing now, and whether it
   * did then is not kept.
   */
  readonly was: 'there' | 'changed' | 'unknown';
  /** When the target confirmed what it holds now, in epoch milliseconds; null: it holds nothing. */
  readonly confirmedAt: number | null;
  /** What had failed and was open then, in its last words; null where nothing is known of any. */
  readonly problem: Problem | null;
  /** How that ended since, and when; null where it is still open, or there was none. */
  readonly ended: Pick<Ending, 'how' | 'at'> | null;
}

/** How far back that reaches. */
export function keptFrom({ workspace, now }: Engine): string {
  const { timeZone, retention } = workspace.config;
  return dateIn(timeZone, now() - retention.runsMs);
}

/** Reads only. */
export async function pastOf(engine: Engine, entity: EntityRef, day: string): Promise<Past> {
  const { store, workspace, now } = engine;
  const until = Math.min(startOf(workspace.config.timeZone, daysAfter(day, 1)), now());
  const trace = await traceEntity({ ...engine, now: () => until - 1 }, entity);
  const { isProtected } = trace;
  const about = { entity, isProtected, day, keptFrom: keptFrom(engine) };
  if (isProtected) return { ...about, groups: [], intakes: [], targets: [] };
  const sources = new Set(workspace.flows.flatMap(({ from }) => from));
  const intakes: Run[] = [];
  for (const subject of sources) {
    intakes.push(...(await store.runs.list({ subject, type: 'intake', until, limit: 1 })));
  }
  const targets: PastTarget[] = [];
  for (const told of trace.targets) targets.push(await pastTarget(engine, told, until));
  return { ...about, groups: await groupsOn(engine, entity, day), intakes, targets };
}

async function pastTarget(engine: Engine, told: TargetTrace, until: number): Promise<PastTarget> {
  const { runs } = engine.store;
  const { flow, target, module, verdict, because, becauseSaid } = told;
  const [run = null] = await runs.list({ subject: flow, type: 'flow', until, limit: 1 });
  const holds = [
    ...(await runs.holds({ subject: `flow ${flow}` })),
    ...(await runs.holds({ subject: `target ${target}` })),
  ];
  const held = holds
    .filter(({ createdAt, decidedAt }) => createdAt < until && (decidedAt ?? until) >= until)
    .flatMap(({ reasons }) => reasons);
  const objects: PastObject[] = [];
  for (const object of told.objects) {
    const found = await pastObject(engine, target, object, until);
    // What is wanted now and was not heard of then is no news of that day.
    if (found.was !== 'unknown' || found.problem !== null) objects.push(found);
  }
  return { flow, target, module, verdict, because, becauseSaid, run, held, objects };
}

async function pastObject(
  { store }: Engine,
  target: string,
  { objectKind, key, origin, confirmed }: ObjectTrace,
  until: number,
): Promise<PastObject> {
  const ids = [deliveryId(target, objectKind, key), parkedId(target, objectKind, origin, key)];
  const isOpen = ({ createdAt }: { readonly createdAt: number }) => createdAt < until;
  const open = (await store.messages.get(ids)).find((one) => one.problem !== null && isOpen(one));
  const over = (await store.messages.ended(ids)).find(
    ({ message, at }) => isOpen(message) && at >= until,
  );
  const confirmedAt = confirmed?.at ?? null;
  const isThere = confirmedAt !== null && confirmedAt < until;
  const was = confirmedAt === null ? 'unknown' : isThere ? 'there' : 'changed';
  const problem = open?.problem ?? over?.message.problem ?? null;
  const ended = open === undefined && over !== undefined ? { how: over.how, at: over.at } : null;
  return { objectKind, key, was, confirmedAt, problem, ended };
}
