import type { Json } from '../../message/message.ts';
import { fieldIn } from './dates.ts';

/**
 * True of an organisation, or an enrolment, that no other responsible body (huvudman) governs: what
 * another one's pupils do is that one's to tell, and ours only to keep watch over.
 */
export function isOurs(item: Json): boolean {
  const governedBy = fieldIn(fieldIn(item, 'skolnav'), 'governedBy');
  return (governedBy ?? 'Municipal') === 'Municipal';
}
