import { USUAL_RULES } from '../config/rules/source-rules.ts';
import { openFailures, resolvedOf } from '../dispatch/still-open.ts';
import type { Flow } from '../flow/compiled.ts';
import { intake } from '../intake/intake.ts';
import { mergeAnew } from '../intake/merge/merge-anew.ts';
import { settleIdentities } from '../intake/merge/settle-identities.ts';
import { releaseProtections } from '../intake/release-protections.ts';
import { endOverrides } from '../plan/override/given.ts';
import { intakeContext, mergeRulesOf, newRunId } from '../run/context.ts';
import { type Engine, targetOfFlow } from '../run/engine.ts';
import { type Reading, readUnread, sharingOf } from '../run/leases/sharing.ts';
import { takeUpMappings } from '../run/shared-mappings.ts';
import type { SyncReport, SyncRequest } from '../run/sync-request.ts';
import { pausesOf } from '../schedule/pauses.ts';
import type { Run } from '../store/run-store.ts';
import { runTogether } from './run-together.ts';

/** Reads the sources of the flows that are named, then runs the flows. */
export function sync(engine: Engine, request: SyncRequest): Promise<SyncReport> {
  return syncFlows(engine, flowsNamed(engine, request.flow), request);
}

/** The same of these flows, whatever the request names. */
export function syncFlows(
  engine: Engine,
  flows: readonly Flow[],
  request: SyncRequest,
): Promise<SyncReport> {
  const startedAt = engine.now();
  return sharingOf(engine).whole(request, async (held) => {
    const modules = held.plan === undefined ? flows.flatMap((flow) => flow.from) : [];
    const read: Reading = (those, alone) => readAll(engine, those, alone);
    const intakes = await readUnread(engine, modules, held, read);
    return {
      intakes,
      flows: await runFlows(engine, flows, held),
      elapsedMs: engine.now() - startedAt,
    };
  });
}

/**
 * Reads one source that may have news, and runs those of its flows that a doorbell may move, whole
 * sets last. Null if there are none after all, or a person has paused all that read it.
 */
export function syncChanged(
  engine: Engine,
  module: string,
  isNews: () => Promise<boolean>,
  request: SyncRequest,
): Promise<SyncReport | null> {
  const startedAt = engine.now();
  const { whole, reading } = sharingOf(engine);
  return whole(request, async (held) => {
    const news = await reading(held, async (alone) => {
      const flows = await unpausedReadersOf(engine, module);
      if (flows.length === 0 || !(await isNews())) return null;
      return { flows, intakes: await readAll(engine, [module], alone) };
    });
    if (news === null) return null;
    const takesSet = (flow: Flow) => targetOfFlow(engine, flow).mode === 'full';
    const moved = news.flows.filter((flow) => flow.doorbell ?? !takesSet(flow));
    const ordered = [...moved].sort((a, b) => Number(takesSet(a)) - Number(takesSet(b)));
    const flows = await runFlows(engine, ordered, held);
    return { intakes: news.intakes, flows, elapsedMs: engine.now() - startedAt };
  });
}

async function unpausedReadersOf(
  { store, workspace }: Engine,
  module: string,
): Promise<readonly Flow[]> {
  const flows = workspace.flows.filter(({ from }) => from.includes(module));
  const names = flows.map(({ name }) => name);
  const pauses = await pausesOf(store, names);
  return flows.filter(({ name }) => !pauses.has(name));
}

async function readAll(
  engine: Engine,
  modules: readonly string[],
  request: SyncRequest,
): Promise<readonly Run[]> {
  await takeUpMappings(engine);
  const context = intakeContext(engine, request);
  await mergeAnew(newRunId(engine), mergeRulesOf(engine), context);
  await settleIdentities(newRunId(engine), context);
  const intakes: Run[] = [];
  for (const module of new Set(modules)) {
    intakes.push(...(await takeIn(engine, module, request)));
  }
  await releaseProtections(context);
  await endOverrides(context);
  for (const one of intakes) await request.onEnded?.(one);
  return intakes;
}

async function runFlows(
  engine: Engine,
  flows: readonly Flow[],
  request: SyncRequest,
): Promise<readonly Run[]> {
  const runs: Run[] = [];
  const { conducted } = sharingOf(engine);
  for (const { those, conducting } of conducted(request.deliver ? flows : [])) {
    runs.push(...(await conducting(request, (held) => runTogether(engine, those, held))));
  }
  return runs;
}

/** All flows, or the one named; an unknown name gives none. */
export function flowsNamed(engine: Engine, name: string | null): readonly Flow[] {
  const flows = [...engine.workspace.flows];
  return name === null ? flows : flows.filter((flow) => flow.name === name);
}

/**
 * Takes in all that lies at a source, each delivery in a run of its own; counts with the last one
 * the bad records of before that are mended now.
 */
async function takeIn(
  engine: Engine,
  module: string,
  request: SyncRequest,
): Promise<readonly Run[]> {
  const { store, workspace } = engine;
  const { config, inbound } = workspace;
  const bad = await openFailures(store, module);
  const task = {
    module,
    openSource: () => engine.openSource(module),
    mappings: inbound.get(module) ?? [],
    rules: config.sources.get(module) ?? USUAL_RULES,
  };
  const earlier: Run[] = [];
  const context = intakeContext(engine, request);
  let last = await intake({ ...task, run: newRunId(engine), remarks: [] }, context);
  while (last.more) {
    earlier.push(last.run);
    const { remarks = [] } = last.run;
    last = await intake({ ...task, run: newRunId(engine), remarks }, context);
  }
  const resolved = await resolvedOf(store, bad);
  if (resolved === 0) return [...earlier, last.run];
  const told = { ...last.run, counts: { ...last.run.counts, resolved } };
  await store.runs.put(told);
  return [...earlier, told];
}
