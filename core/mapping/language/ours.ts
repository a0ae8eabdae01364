import { isObject } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';

/**
 * True of an organisation, or an enrolment, that no other responsible body (huvudman) governs: what
 * another one's pupils do is that one's to tell, and ours only to keep watch over.
 */
export function isOurs(item: Json): boolean {
  const ours = isObject(item) ? item['skolnav'] : undefined;
  const governedBy = isObject(ours) ? ours['governedBy'] : undefined;
  return (governedBy ?? 'Municipal') === 'Municipal';
}
