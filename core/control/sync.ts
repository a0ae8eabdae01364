import { randomUUID } from 'node:crypto';
import type { SourceRules } from '../config/config.ts';
import { hasEnded } from '../config/owner.ts';
import { runFlow } from '../dispatch/run-flow.ts';
import { TransientFailure } from '../failure/failure.ts';
import type { Flow } from '../flow/compiled.ts';
import { intake } from '../intake/intake.ts';
import type { IntakeSurroundings } from '../intake/intake-task.ts';
import { releaseProtections } from '../intake/protections.ts';
import type { OnProgress } from '../message/progress.ts';
import { PointViews } from '../plan/point-views.ts';
import { surveyViews } from '../plan/survey.ts';
import { dateIn } from '../schedule/calendar.ts';
import type { Run } from '../store/run-store.ts';
import type { Part } from '../store/store.ts';
import type { SyncReport, SyncRequest } from './control-bus.ts';
import { type Engine, targetOfFlow, todayOf, viewNeedsOf } from './engine.ts';

const EVERYTHING_COUNTS: SourceRules = {
  ...{ minRecords: 0.95, maxAgeMs: null, missing: new Map() },
};

const LEASE = 'sync';
const LEASE_MS = 60_000;

/** Reads the sources of the flows, then runs the flows one after the other; one sync at a time. */
export async function sync(engine: Engine, request: SyncRequest): Promise<SyncReport> {
  const { store, owner, now } = engine;
  if (!(await takeLease(engine))) {
    throw new TransientFailure('BUSY', 'another sync is under way in this workspace');
  }
  const renewal = setInterval(() => {
    void store.runs.lease(LEASE, owner, now(), LEASE_MS);
  }, LEASE_MS / 3);
  try {
    return await syncAll(engine, request);
  } finally {
    clearInterval(renewal);
    await store.runs.release(LEASE, owner);
  }
}

/** A process that was killed does not hold up the next one. */
async function takeLease({ store, owner, now }: Engine): Promise<boolean> {
  if (await store.runs.lease(LEASE, owner, now(), LEASE_MS)) return true;
  const other = await store.runs.leaseOwner(LEASE);
  if (other === null || !hasEnded(other)) return false;
  await store.runs.release(LEASE, other);
  return store.runs.lease(LEASE, owner, now(), LEASE_MS);
}

async function syncAll(engine: Engine, request: SyncRequest): Promise<SyncReport> {
  const startedAt = engine.now();
  const flows = flowsNamed(engine, request.flow);
  const intakes: Run[] = [];
  const modules = request.plan === undefined ? flows.flatMap((flow) => flow.from) : [];
  for (const module of new Set(modules)) {
    intakes.push(await takeIn(engine, module, request));
  }
  await releaseProtections(intakeSurroundings(engine, request.onProgress));
  const runs: Run[] = [];
  if (request.deliver) for (const flow of flows) runs.push(await run(engine, flow, request));
  return { intakes, flows: runs, elapsedMs: engine.now() - startedAt };
}

/** All flows, or the one named; an unknown name gives none. */
export function flowsNamed(engine: Engine, name: string | null): readonly Flow[] {
  const flows = [...engine.workspace.flows];
  return name === null ? flows : flows.filter((flow) => flow.name === name);
}

export function intakeSurroundings(engine: Engine, onProgress: OnProgress): IntakeSurroundings {
  const { store, identity, now, log } = engine;
  const { config, canonical } = engine.workspace;
  const today = () => todayOf(engine);
  const isSupplement = supplementsOf(engine);
  return { store, config, canonical, isSupplement, identity, now, today, log, onProgress };
}

function supplementsOf({ workspace }: Engine): (part: Part) => boolean {
  const named = new Set<string>();
  for (const [module, mappings] of workspace.inbound) {
    for (const { isSupplement, from, to } of mappings) {
      if (isSupplement) named.add(`${module}/${from.stream}/${to.kind}`);
    }
  }
  return ({ source, stream, entity }) => named.has(`${source}/${stream}/${entity.kind}`);
}

async function takeIn(engine: Engine, module: string, request: SyncRequest): Promise<Run> {
  const { config, inbound } = engine.workspace;
  const task = {
    ...{ module, run: newRunId(engine), signal: request.signal },
    openSource: () => engine.openSource(module),
    mappings: inbound.get(module) ?? [],
    rules: config.sources.get(module) ?? EVERYTHING_COUNTS,
  };
  return intake(task, intakeSurroundings(engine, request.onProgress));
}

async function run(engine: Engine, flow: Flow, request: SyncRequest): Promise<Run> {
  const { store, broker, now, sleep, log, workspace } = engine;
  const needs = viewNeedsOf(engine, flow);
  const { signal, onProgress, patienceMs } = request;
  const sink = workspace.connectors.manifest(connectorOf(engine, flow))?.sink;
  const limits = {
    batchSize: sink?.batchSize ?? 1,
    concurrency: Math.min(sink?.concurrency ?? 1, flow.delivery.concurrency),
  };
  const target = targetOfFlow(engine, flow);
  const planViews = await surveyViews(store.entities, workspace.canonical, needs);
  const views = new PointViews(store.entities, workspace.canonical, needs);
  const openSink = () => engine.openSink(flow.to);
  return runFlow(
    { run: newRunId(engine), plan: request.plan ?? null, target, limits, openSink },
    {
      ...{ store, broker, now, sleep, log, views, planViews, signal, onProgress, patienceMs },
      today: () => todayOf(engine),
      dateOf: (epochMs) => dateIn(workspace.config.timeZone, epochMs),
      withheld: new Set(),
    },
  );
}

function connectorOf(engine: Engine, flow: Flow): string {
  return engine.workspace.config.modules.get(flow.to)?.connector ?? '';
}

/** Sorts by time and is unique: `20260901T020000-1f3a`. */
function newRunId({ now }: Engine): string {
  const time = new Date(now()).toISOString().replaceAll(/[-:]|\..*$/g, '');
  return `${time}-${randomUUID().slice(0, 4)}`;
}
