import type { IntakeContext } from '../intake-task.ts';
import { openKeepers } from '../keepers.ts';
import { applyBatch } from './apply.ts';
import { SUBJECT } from './protections.ts';

/** In the place of a source: nothing was read. */
const NO_SOURCE = 'release of protections';

/**
 * Lets go of the protections that a person has released, as the sources speak of them now. Where
 * one calls the person protected again by now, the release is void.
 */
export async function releaseProtections(context: IntakeContext): Promise<void> {
  const { store, canonical } = context;
  const approved = await store.runs.holds({ state: 'approved' });
  for (const hold of approved.filter(({ subject }) => subject.startsWith(SUBJECT))) {
    const entity = { kind: 'person', id: hold.subject.slice(SUBJECT.length) };
    const parts = await store.entities.parts(entity);
    const rules = canonical.get(entity.kind)?.protection;
    if (parts.every(({ content }) => rules?.marksOf(content) === null)) {
      const keepers = await openKeepers(context);
      await keepers.protections.release(entity);
      const touched = { entity, parts, repeated: [] };
      await applyBatch(hold.run, NO_SOURCE, [touched], keepers, context);
    }
    await store.runs.putHold({ ...hold, state: 'used' });
  }
}
