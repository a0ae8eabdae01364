import type { Flow } from '../flow/compiled.ts';
import { inOnePass, type Place } from '../plan/together/pass.ts';
import { flowContext, limitsOf, newRunId } from '../run/context.ts';
import { type Engine, plannedNow, rulesOf, targetOfFlow } from '../run/engine.ts';
import { takeUpMappings } from '../run/shared-mappings.ts';
import type { SyncRequest } from '../run/sync-request.ts';
import type { Run } from '../store/run-store.ts';
import { checkRetracted } from '../withdraw/check-retracted.ts';
import { lookWhereMoved } from '../withdraw/moved-target.ts';
import { runFlow } from './run-flow.ts';

/**
 * Runs flows. Those that look at everything wait for one another, are planned in one pass, and then
 * delivered one after the other; the others are delivered before the next one begins. Throws only
 * the signal's reason, and not before all have ended.
 */
export function runTogether(
  engine: Engine,
  flows: readonly Flow[],
  request: SyncRequest,
): Promise<readonly Run[]> {
  const works = flows.map((flow) => (place: Place) => run(engine, flow, request, place));
  return inOnePass(plannedNow(engine), works);
}

async function run(engine: Engine, flow: Flow, request: SyncRequest, place: Place): Promise<Run> {
  await takeUpMappings(engine);
  const target = targetOfFlow(engine, flow);
  const done = await runFlow(
    {
      ...{ run: newRunId(engine), plan: request.plan ?? null, target },
      ...{ limits: limitsOf(engine, flow), rules: rulesOf(engine, flow) },
      findTarget: () => lookWhereMoved(engine, flow, request.signal),
      openSink: () => engine.openSink(flow.to),
    },
    { ...flowContext(engine, flow, request), place },
  );
  await checkRetracted(engine, flow, request.signal);
  await request.onEnded?.(done);
  return done;
}
