import { isObject } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';
import type { Shown } from '../shown/shown.ts';

/** Of which school units a flow sees what belongs to them: by who governs them. */
export type Schools = 'ours' | 'others' | 'all';

/** Who governs an organisation, an enrolment, a group ..., where it is said. */
export function governorOf(item: Json | undefined): string | null {
  const ours = isObject(item) ? item['skolnav'] : undefined;
  const governedBy = isObject(ours) ? ours['governedBy'] : undefined;
  return typeof governedBy === 'string' ? governedBy : null;
}

/**
 * True of an organisation, an enrolment or whatever else belongs to a school unit, that no other
 * responsible body (huvudman) governs: what another one's pupils do is that one's to tell, and ours
 * only to keep watch over.
 */
export function isOurs(item: Json): boolean {
  return isOurWord(governorOf(item));
}

/** The same of the word that says who governs. */
export function isOurWord(governor: string | null): boolean {
  return (governor ?? 'Municipal') === 'Municipal';
}

/** Whether who governs is read anywhere in it, by `ours` or as it stands there. */
export function asksWhose(shown: Shown): boolean {
  if (shown === true) return false;
  return [...shown].some(([name, inner]) => {
    const isWord = name === 'skolnav' && inner !== true && inner.has('governedBy');
    return isWord || asksWhose(inner);
  });
}
