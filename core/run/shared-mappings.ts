import { Failure } from '../failure/failure.ts';
import type { Workspace } from '../flow/workspace.ts';
import { digestOf } from '../message/digest.ts';
import type { Engine } from './engine.ts';

/** Names the state of mappings and tables that the last mending has left. */
const NAME = 'mappings mended';

/** The same for all that have read the same mappings and tables. */
export function stateOf({ inbound, outbound }: Pick<Workspace, 'inbound' | 'outbound'>): string {
  const all = [...inbound.values(), ...outbound.values()].flat();
  return digestOf(all.map(({ file, fingerprint }) => [file, fingerprint]));
}

/** Lets all processes take up what one has mended in mappings and tables; this one does at once. */
export async function shareMappings(engine: Engine): Promise<void> {
  await engine.reloadMappings(null);
  await engine.store.putValue(NAME, stateOf(engine.workspace));
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
