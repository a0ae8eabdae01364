import { CATALOGUE } from '../../failure/catalogue.ts';
import { inEnglish, saying } from '../../failure/saying.ts';
import { idOf } from '../../message/digest.ts';
import type { EntityRef, Message } from '../../message/message.ts';
import type { Invalidity } from '../../schema/canonical.ts';
import type { TouchedEntity } from '../../store/intake-store.ts';
import { messageOf } from '../aside/set-aside.ts';
import type { IntakeContext } from '../intake-task.ts';

/** Where an entity contradicts its schema, and the organisation that it belongs to; '' if none. */
export interface Contradiction extends Invalidity {
  readonly unit: string;
}

/**
 * The last good entity stays; the message says which field of which record contradicts the schema.
 */
export function invalidMessage(
  run: string,
  source: string,
  { entity, parts }: TouchedEntity,
  { field, what, unit }: Contradiction,
  at: number,
): Message {
  const top = field.split(/[.[]/, 1)[0] ?? field;
  const speaker = parts.find((part) => top in part.content) ?? parts[0];
  const file = speaker?.file ?? '';
  const rule = saying('fieldIs', { field, what });
  const said = saying('atField', { field: entity.kind, what: rule });
  const problem = {
    code: 'ENTITY_INVALID',
    text: inEnglish(said),
    said,
    hint: CATALOGUE.ENTITY_INVALID.hint,
    place: { file, line: speaker?.line ?? null, field },
  };
  const { kind, id: key } = entity;
  const about = { target: source, objectKind: kind, origin: entity, key, problem, run };
  const message = messageOf({ id: entityMessageId(entity), type: 'entity', ...about }, at);
  return unit === '' ? message : { ...message, unit };
}

/** The id of the message about an entity whose sources contradict its schema. */
export function entityMessageId(entity: EntityRef): string {
  return idOf('entity', entity.kind, entity.id);
}

export async function closeResolved(
  good: readonly EntityRef[],
  { store: { messages } }: IntakeContext,
): Promise<void> {
  const open = await messages.get(good.map(entityMessageId));
  await messages.settle(open.map((message) => ({ message, result: { kind: 'superseded' } })));
}
