import { idOf } from '../message/digest.ts';

/** The id of the message that delivers an object: one open delivery per object of a target. */
export function deliveryId(target: string, objectKind: string, key: string): string {
  return idOf('deliver', target, objectKind, key);
}
