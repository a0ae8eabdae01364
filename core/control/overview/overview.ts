import type { Flow } from '../../flow/compiled.ts';
import { outlineOf } from '../../flow/known/outline.ts';
import { type Engine, targetOfFlow } from '../../run/engine.ts';
import { asItIs } from '../../run/leases/holder.ts';
import { wallClockIn } from '../../schedule/calendar.ts';
import { nextTurn } from '../../schedule/cron.ts';
import type { MessageGroup } from '../../store/message-store.ts';
import { hasTakenIn, type Run } from '../../store/run-store.ts';
import { usualMinutes } from '../findings/flow-findings.ts';

/** How far back it is looked for the last problem and the last good contact. */
const MOST_RUNS = 200;
/** How long a flow usually takes is told from so many runs. */
const RECENT_RUNS = 20;

/** How the last night went, and what comes next: a first look in the morning. */
export interface Overview {
  readonly flows: readonly FlowOutcome[];
  readonly sources: readonly SourceContact[];
  /** Open holds of plans and sources. */
  readonly holds: number;
  /** When the newest run with a problem ended; null where none of those that are kept had one. */
  readonly lastProblem: number | null;
  /** When the first of the runs began that are looked at; null where nothing has run. */
  readonly firstRun: number | null;
}

export interface FlowOutcome {
  readonly flow: string;
  readonly module: string;
  readonly target: string;
  /** Its newest run. */
  readonly run: Run | null;
  /** What is open now, whatever the run left behind: a person may have mended it since. */
  readonly failed: number;
  readonly waiting: number;
  /** On the clock on the wall, `YYYY-MM-DDTHH:MM`; null where it has no schedule. */
  readonly nextTurn: string | null;
  /** So long a good run of it takes; null where none was. */
  readonly usualMinutes: number | null;
  /** The time of day by which it must be done, `HH:MM`; null where none is set. */
  readonly deadline: string | null;
}

export interface SourceContact {
  readonly module: string;
  /** Its newest run. */
  readonly run: Run | null;
  /** When records were last taken in; null where none of the newest runs did. */
  readonly takenInAt: number | null;
  /** Records that are set aside. */
  readonly setAside: number;
}

/** Of `flow lms`, `intake register` and holds what may be seen. */
export async function overview(
  engine: Engine,
  sees: (subject: string) => boolean = () => true,
): Promise<Overview> {
  const { store, workspace } = engine;
  const groups = await store.messages.summary();
  const flows: FlowOutcome[] = [];
  const seen = workspace.flows.filter(({ name }) => sees(`flow ${name}`));
  for (const flow of seen) flows.push(await outcomeOf(engine, flow, groups));
  const sources: SourceContact[] = [];
  for (const module of new Set(seen.flatMap(({ from }) => from))) {
    sources.push(await contactOf(engine, module, groups));
  }
  const all = await store.runs.list({ limit: MOST_RUNS });
  const runs = all.filter(({ type, subject }) => sees(`${type} ${subject}`));
  return {
    ...{ flows, sources },
    holds: (await store.runs.holds({ state: 'open' })).filter(({ subject }) => sees(subject))
      .length,
    lastProblem: runs.find(hadProblem)?.endedAt ?? null,
    firstRun: runs.at(-1)?.startedAt ?? null,
  };
}

async function outcomeOf(
  engine: Engine,
  flow: Flow,
  groups: readonly MessageGroup[],
): Promise<FlowOutcome> {
  const { workspace, now } = engine;
  const { name, to, schedule, deadline } = flow;
  const target = targetOfFlow(engine, flow).name;
  const own = groups.filter((group) => group.target === target);
  const wall = wallClockIn(workspace.config.timeZone, now());
  const runs = await engine.store.runs.list({ subject: name, type: 'flow', limit: RECENT_RUNS });
  return {
    ...{ flow: name, module: to, target, deadline },
    run: await newestRun(engine, name),
    usualMinutes: usualMinutes(runs, workspace.config.timeZone),
    failed: sum(own.filter(({ state }) => state === 'failed')),
    waiting: sum(own.filter(({ state }) => state !== 'failed')),
    nextTurn: schedule === null ? null : nextTurn(schedule, wall),
  };
}

async function contactOf(
  engine: Engine,
  module: string,
  groups: readonly MessageGroup[],
): Promise<SourceContact> {
  const { runs } = engine.store;
  const newest = await runs.list({ subject: module, type: 'intake', limit: MOST_RUNS });
  return {
    module,
    run: await newestRun(engine, module),
    takenInAt: newest.find(hasTakenIn)?.endedAt ?? null,
    setAside: sum(groups.filter(({ target }) => target === module)),
  };
}

/** A run whose process has died is not under way. */
async function newestRun(engine: Engine, subject: string): Promise<Run | null> {
  const [newest] = await engine.store.runs.list({ subject, limit: 1 });
  return newest === undefined ? null : asItIs(newest, engine, outlineOf(engine.workspace).flows);
}

function hadProblem({ outcome, counts }: Run): boolean {
  const left = (counts['failed'] ?? 0) + (counts['bad'] ?? 0);
  return outcome === 'held' || outcome === 'failed' || left > 0;
}

function sum(groups: readonly MessageGroup[]): number {
  return groups.reduce((total, { count }) => total + count, 0);
}
