import type { JsonObject } from '../message/message.ts';
import type { Store } from '../store/store.ts';

/** By whose word a flow does not run by itself. */
export interface Pause {
  readonly flow: string;
  readonly who: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly reason: string;
}

const nameOf = (flow: string) => `pause ${flow}`;

/** The pauses of these flows. Each is a value of its own: two who pause at once lose no word. */
export async function pausesOf(
  store: Store,
  flows: readonly string[],
): Promise<ReadonlyMap<string, Pause>> {
  const found = new Map<string, Pause>();
  for (const flow of flows) {
    // SAFETY: only `keepPause` writes it, from a Pause.
    const pause = (await store.getValue(nameOf(flow))) as unknown as Pause | null;
    if (pause !== null) found.set(flow, pause);
  }
  return found;
}

export async function keepPause(store: Store, pause: Pause): Promise<void> {
  const json: JsonObject = { ...pause };
  await store.putValue(nameOf(pause.flow), json);
}

export async function endPause(store: Store, flow: string): Promise<void> {
  await store.putValue(nameOf(flow), null);
}
