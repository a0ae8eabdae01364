import { digestOf } from '../../message/digest.ts';
import type { EntityRef, JsonObject } from '../../message/message.ts';
import type { Part } from '../../store/intake-store.ts';
import type { IntakeContext } from '../intake-task.ts';
import type { Keepers } from '../keepers.ts';
import { applyCommitted } from './apply.ts';

/** In the place of a source: nothing was read. */
const NO_SOURCE = 'identities';

/**
 * All that is said of one entity is said of another from now on, also in what refers to it. It is a
 * run of its own, so that a crash leaves all of it or nothing.
 */
export async function moveParts(
  run: string,
  from: EntityRef,
  to: EntityRef,
  nameOf: (part: Part) => string,
  keepers: Keepers,
  context: IntakeContext,
): Promise<void> {
  const { store } = context;
  const own = await store.entities.parts(from);
  const referrers = (await store.entities.referrers([from])).flat();
  if (own.length + referrers.length === 0) return;
  await store.intake.open(run, NO_SOURCE);
  const moved = own.map((part) => ({ ...part, entity: to, part: nameOf(part) }));
  await store.intake.stage(run, moved);
  await store.intake.stageRemovals(run, own);
  for (const referrer of referrers) {
    const parts = await store.entities.parts(referrer);
    const renamed = parts.map((part) => withId(part, from.id, to.id));
    await store.intake.stage(run, renamed);
  }
  await store.intake.commit(run, NO_SOURCE, {});
  await applyCommitted(keepers, context);
}

/** An id of ours stands nowhere but where it is meant. */
function withId(part: Part, from: string, to: string): Part {
  const content: JsonObject = JSON.parse(JSON.stringify(part.content).replaceAll(from, to));
  return { ...part, content, hash: digestOf(content) };
}
