import { randomUUID } from 'node:crypto';
import { Failure } from '../failure/failure.ts';
import type { Engine } from './engine.ts';

/** Names the state of mappings and tables that the last mending has left. */
const NAME = 'mappings mended';

/** Lets all processes take up what one has mended in mappings and tables; this one does at once. */
export async function shareMappings(engine: Engine): Promise<void> {
  const state = randomUUID();
  await engine.reloadMappings(state);
  await engine.store.putValue(NAME, state);
}

/**
 * Reads mappings and tables anew where another process has mended them since. Files that are not to
 * be read leave those in force that were: whoever starts the next time is told.
 */
export async function takeUpMappings(engine: Engine): Promise<void> {
  const state = await engine.store.getValue(NAME);
  if (state === null) return;
  try {
    await engine.reloadMappings(String(state));
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    engine.log.warn({ code: failure.code }, 'mended mappings were not taken up');
  }
}
