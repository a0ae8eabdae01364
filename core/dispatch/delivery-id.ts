import { idOf } from '../message/digest.ts';
import type { EntityRef } from '../message/message.ts';

/** The id of the message that delivers an object: one open delivery per object of a target. */
export function deliveryId(target: string, objectKind: string, key: string): string {
  return idOf('deliver', target, objectKind, key);
}

/** The id of the message about an object that cannot be made; no key: nothing of the entity can. */
export function parkedId(
  target: string,
  objectKind: string,
  { kind, id }: EntityRef,
  key: string | null,
): string {
  return idOf('parked', target, objectKind, kind, id, key ?? '');
}
