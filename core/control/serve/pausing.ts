import { flowsNamed } from '../../night/sync.ts';
import type { Engine } from '../../run/engine.ts';
import { PAUSES, pausesOf } from '../../schedule/pauses.ts';
import { audit } from '../audit.ts';

/** A flow, or all, and who says so. */
export interface PauseRequest {
  /** Null: all flows. */
  readonly flow: string | null;
  readonly who: string;
  readonly reason: string;
}

/** Lets flows run only where a person tells them to; answers those that ran by themselves. */
export async function pause(engine: Engine, request: PauseRequest): Promise<readonly string[]> {
  const { store, now } = engine;
  const { who, reason } = request;
  const names = flowsNamed(engine, request.flow).map(({ name }) => name);
  const paused = await pausesOf(store, names);
  const meant = names.filter((name) => !paused.has(name));
  for (const flow of meant) {
    await audit(engine, who, 'pause', flow, reason);
    await PAUSES.write(store, flow, { flow, who, at: now(), reason });
  }
  return meant;
}

/** Lets flows run by themselves again, what they have missed at once; answers which. */
export async function resume(engine: Engine, request: PauseRequest): Promise<readonly string[]> {
  const { store } = engine;
  const { who, reason } = request;
  const names = flowsNamed(engine, request.flow).map(({ name }) => name);
  const paused = [...(await pausesOf(store, names)).keys()];
  for (const flow of paused) {
    await audit(engine, who, 'resume', flow, reason);
    await PAUSES.write(store, flow, null);
  }
  return paused;
}
