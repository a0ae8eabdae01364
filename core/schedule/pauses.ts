import { keptValue, type Store } from '../store/store.ts';

/** By whose word a flow does not run by itself. */
export interface Pause {
  readonly flow: string;
  readonly who: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly reason: string;
}

/** By flow. Each is a value of its own: two who pause at once lose no word. */
export const PAUSES = keptValue<Pause>('pause');

/** The pauses of these flows. */
export async function pausesOf(
  store: Store,
  flows: readonly string[],
): Promise<ReadonlyMap<string, Pause>> {
  const found = new Map<string, Pause>();
  for (const flow of flows) {
    const pause = await PAUSES.read(store, flow);
    if (pause !== null) found.set(flow, pause);
  }
  return found;
}
