import { isObject } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';
import { nodeOf, textOf } from './cel-node.ts';

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

/**
 * Whether an expression asks for more than that something is ours: it says `ours` and means the
 * others, or reads who governs by itself. `isPlain`: where it is true, what it is about is wanted.
 */
export function asksWhose(node: unknown, isPlain = true): boolean {
  if (Array.isArray(node)) return node.some((one) => asksWhose(one, isPlain));
  const { op, args } = nodeOf(node);
  if (op === undefined) return false;
  const [first, second, third] = Array.isArray(args) ? args : [args];
  if ((op === '.' || op === '[]') && isGovernedBy(second)) return true;
  if (op === 'call' && first === 'ours') return !isPlain || asksWhose(second, false);
  if (op === '&&' || op === '||') return asksWhose(args, isPlain);
  if (op === 'rcall' && (first === 'exists' || first === 'filter')) {
    return asksWhose(second, isPlain) || asksWhose(third, isPlain);
  }
  return asksWhose(args, false);
}

/** As a name after a dot, or as a text in brackets. */
function isGovernedBy(name: unknown): boolean {
  return name === 'governedBy' || textOf(name) === 'governedBy';
}
