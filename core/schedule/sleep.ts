import { setTimeout as sleepMs } from 'node:timers/promises';

/**
 * Resolves after so many milliseconds. Throws the signal's reason where that fires first: whoever
 * loses a lease while it waits has lost a lease, and has no defect.
 */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleepMs(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
