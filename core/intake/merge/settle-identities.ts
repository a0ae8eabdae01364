import type { EntityRef } from '../../message/message.ts';
import { subjectIn } from '../../store/run-store.ts';
import type { IntakeContext } from '../intake-task.ts';
import { type Keepers, openKeepers } from '../keepers.ts';
import { applyBatch, applyCommitted } from './apply.ts';
import { moveParts } from './move-parts.ts';

/** In the place of a source: nothing was read. */
const NO_SOURCE = 'identities';

/**
 * Does what persons have said of ids that came with other traits: the same person is taken in as
 * they are now; another one gets an id of their own, to which the source's leads from then on, and
 * all that is said of that id is theirs. The one who was there is spoken of no more, and leaves.
 */
export async function settleIdentities(run: string, context: IntakeContext): Promise<void> {
  const { store } = context;
  const said = (await store.runs.holds({})).filter(({ state, decidedBy }) => {
    return state === 'approved' || (state === 'rejected' && decidedBy !== null);
  });
  for (const hold of said) {
    const id = subjectIn(hold, 'identity');
    if (id === null) continue;
    const entity = { kind: 'person', id };
    const keepers = await openKeepers(context);
    if (hold.state === 'approved') {
      const parts = await store.entities.parts(entity);
      await applyBatch(run, NO_SOURCE, [{ entity, parts, repeated: [] }], keepers, context);
    } else {
      await passOn(run, entity, hold.id, keepers, context);
    }
    await store.runs.putHold({ ...hold, state: 'used' });
  }
}

async function passOn(
  run: string,
  from: EntityRef,
  occasion: string,
  keepers: Keepers,
  context: IntakeContext,
): Promise<void> {
  const { identity } = context;
  const { protections } = keepers;
  await applyCommitted(keepers, context);
  const to = { kind: from.kind, id: identity.passOn(from.id, occasion) };
  await identity.keep();
  protections.share(from, to);
  await protections.keep();
  await moveParts(run, from, to, ({ part }) => part, keepers, context);
}
