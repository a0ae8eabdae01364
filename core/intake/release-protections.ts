import { closeHolds, HEALED } from '../guard/holds.ts';
import { inBatches } from '../message/batches.ts';
import type { EntityRef } from '../message/message.ts';
import type { TouchedEntity } from '../store/intake-store.ts';
import { type Hold, subjectIn } from '../store/run-store.ts';
import type { IntakeContext } from './intake-task.ts';
import { openKeepers } from './keepers.ts';
import { applyBatch } from './merge/apply.ts';
import { protectSamePerson } from './merge/same-person.ts';
import { isOfMany, manyOf } from './protection/many-protected.ts';

/** In the place of a source: nothing was read. */
const NO_SOURCE = 'release of protections';
const BATCH = 500;

/**
 * Lets go of the protections that a person has released, as the sources speak of them now. Where
 * one calls the person protected again by now, the release is void.
 */
export async function releaseProtections(context: IntakeContext): Promise<void> {
  const { runs } = context.store;
  const approved = await runs.holds({ state: 'approved' });
  for (const hold of approved) {
    const id = subjectIn(hold, 'protection');
    if (id === null) continue;
    await release(hold.run, [id], context);
    await runs.putHold({ ...hold, state: 'used' });
  }
  for (const hold of approved.filter(isOfMany)) await releaseMany(hold, context);
}

/**
 * Of many who became protected at once, those whom no record calls so any more, and whom no other
 * source did. Where there are none the sender has not mended it yet: it is asked again, so that a
 * word of today does not release whoever leaves that state in a year.
 */
async function releaseMany(hold: Hold, context: IntakeContext): Promise<void> {
  const { store } = context;
  const { source, ids } = await manyOf(store, hold);
  const said = await store.protections.all();
  const others = new Set(said.flatMap((one) => (one.source === source ? [] : [one.entity.id])));
  const released = await release(
    hold.run,
    [...ids].filter((id) => !others.has(id)),
    context,
  );
  if (released > 0 || ids.size === 0) {
    await store.runs.putHold({ ...hold, state: 'used' });
    await store.putValue(hold.subject, null);
    return;
  }
  const undecided = { decidedAt: null, decidedBy: null, reason: null, version: 0 } as const;
  await store.runs.putHold({ ...hold, ...undecided, state: 'open', approvals: [] });
}

/** Answers how many persons are released: those whom no record that stands calls protected. */
async function release(
  run: string,
  ids: readonly string[],
  context: IntakeContext,
): Promise<number> {
  const { store, canonical } = context;
  const rules = canonical.get('person')?.protection;
  const keepers = await openKeepers(context);
  await protectSamePerson(keepers.protections, context);
  let released = 0;
  for (const batch of inBatches(ids, BATCH)) {
    const touched: TouchedEntity[] = [];
    for (const id of batch) {
      const entity: EntityRef = { kind: 'person', id };
      const whole: TouchedEntity[] = [];
      for (const one of [entity, ...keepers.protections.twinsOf(entity)]) {
        whole.push({ entity: one, parts: await store.entities.parts(one), repeated: [] });
      }
      const said = whole.flatMap(({ parts }) => parts);
      if (!said.every(({ content }) => rules?.marksOf(content) === null)) continue;
      for (const one of whole) {
        await keepers.protections.release(one.entity);
        await closeHolds(store, `protection ${one.entity.id}`, HEALED);
        touched.push(one);
      }
    }
    if (touched.length > 0) await applyBatch(run, NO_SOURCE, touched, keepers, context);
    released += touched.length;
  }
  return released;
}
