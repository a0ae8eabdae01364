import type { IntakeContext } from '../intake-task.ts';
import { openKeepers } from '../keepers.ts';
import { applyBatch } from './apply.ts';
import { closeResolved } from './invalid-entity.ts';

const MERGED_BY = 'merged by';
/** In the place of a source: nothing was read. */
const NO_SOURCE = 'field owners';

/**
 * Merges every entity anew from its parts, where the rules of merging are not those by which it was
 * last done: whose word counts, what only supplements, what is valid. A crash begins it again.
 */
export async function mergeAnew(run: string, rules: string, context: IntakeContext): Promise<void> {
  const { store, onProgress } = context;
  if ((await store.getValue(MERGED_BY)) === rules) return;
  const keepers = await openKeepers(context);
  const { protections } = keepers;
  const step = 'merge anew';
  let done = 0;
  for await (const entities of store.intake.all()) {
    context.signal.throwIfAborted();
    const { good } = await applyBatch(run, NO_SOURCE, entities, keepers, context);
    await closeResolved(good, context);
    done += entities.length;
    onProgress({ step, done, total: null, ended: false });
  }
  await protections.enact();
  await keepers.doubles.settle();
  await protections.ask(run, null);
  if (done > 0) onProgress({ step, done, total: done, ended: true });
  await store.putValue(MERGED_BY, rules);
}
