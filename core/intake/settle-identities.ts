import { digestOf } from '../message/digest.ts';
import type { EntityRef, JsonObject } from '../message/message.ts';
import type { Part } from '../store/store.ts';
import { applyBatch, applySealed } from './apply.ts';
import type { IntakeSurroundings } from './intake-task.ts';
import { type Keepers, openKeepers } from './keepers.ts';
import { SUBJECT } from './strangers.ts';

/** In the place of a source: nothing was read. */
const NO_SOURCE = 'identities';

/**
 * Does what persons have said of ids that came with other traits: the same person is taken in as
 * they are now; another one gets an id of their own, to which the source's leads from then on, and
 * all that is said of that id is theirs. The one who was there is spoken of no more, and leaves.
 */
export async function settleIdentities(run: string, with_: IntakeSurroundings): Promise<void> {
  const { store } = with_;
  const holds = (await store.runs.holds({})).filter(({ subject }) => subject.startsWith(SUBJECT));
  const said = holds.filter(({ state, decidedBy }) => {
    return state === 'approved' || (state === 'rejected' && decidedBy !== null);
  });
  for (const hold of said) {
    const entity = { kind: 'person', id: hold.subject.slice(SUBJECT.length) };
    const keepers = await openKeepers(with_);
    if (hold.state === 'approved') {
      const parts = await store.entities.parts(entity);
      await applyBatch(run, NO_SOURCE, [{ entity, parts, repeated: [] }], keepers, with_);
    } else {
      await passOn(run, entity, hold.id, keepers, with_);
    }
    await store.runs.putHold({ ...hold, state: 'used' });
  }
}

async function passOn(
  run: string,
  from: EntityRef,
  occasion: string,
  keepers: Keepers,
  with_: IntakeSurroundings,
): Promise<void> {
  const { store, identity } = with_;
  const { protections } = keepers;
  await applySealed(keepers, with_);
  const to = { kind: from.kind, id: identity.passOn(from.id, occasion) };
  await identity.keep();
  protections.share(from, to);
  await protections.keep();
  const own = await store.entities.parts(from);
  const referrers = await store.entities.referrers(from);
  await store.intake.open(run, NO_SOURCE);
  await store.intake.stage(
    run,
    own.map((part) => ({ ...part, entity: to })),
  );
  await store.intake.stageRemovals(run, own);
  for (const referrer of referrers) {
    const parts = await store.entities.parts(referrer);
    await store.intake.stage(
      run,
      parts.map((part) => renamed(part, from.id, to.id)),
    );
  }
  await store.intake.seal(run, NO_SOURCE, {});
  await applySealed(keepers, with_);
}

/** An id of ours stands nowhere but where it is meant. */
function renamed(part: Part, from: string, to: string): Part {
  const content: JsonObject = JSON.parse(JSON.stringify(part.content).replaceAll(from, to));
  return { ...part, content, hash: digestOf(content) };
}
