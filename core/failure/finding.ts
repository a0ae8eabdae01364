import type { Problem, Saying } from '../message/message.ts';
import { CATALOGUE, type FailureCode } from './catalogue.ts';
import { inEnglish } from './saying.ts';

/** What kind of thing was found: what waits, what went wrong, what is odd in what was brought. */
export type FindingKind =
  | ('hold' | 'run' | 'failed' | 'late' | 'at risk' | 'override' | 'silent' | 'pause' | 'unread')
  | (
      | 'odd'
      | 'shown'
      | 'missing'
      | 'nobody'
      | 'shared'
      | 'numbering'
      | 'circle'
      | 'named'
      | 'out'
      | 'gone'
    );

/** Something that a person should know; it is there as long as its cause is. No personal data. */
export interface Finding extends Pick<Problem, 'code' | 'text' | 'hint' | 'said' | 'hintSaid'> {
  readonly kind: FindingKind;
  /** The same for the same cause. */
  readonly id: string;
  /** What it is about: `flow lms`, `intake register`, a target. */
  readonly subject: string;
}

/** A kind, what tells a cause from others of that kind, and what it is about. */
export interface Cause extends Pick<Finding, 'kind' | 'subject'> {
  readonly name: string;
}

/** A finding whose hint is that of its code, unless it has one of its own. */
export function finding(cause: Cause, code: FailureCode, said: Saying, hintSaid?: Saying): Finding {
  const hint = hintSaid === undefined ? CATALOGUE[code].hint : inEnglish(hintSaid);
  const what = { code, text: inEnglish(said), hint, said };
  return findingOf(cause, hintSaid === undefined ? what : { ...what, hintSaid });
}

/** A finding that says what a problem says. */
export function findingOf(
  { kind, name, subject }: Cause,
  { code, text, hint, said, hintSaid }: Omit<Problem, 'place' | 'waitsFor'>,
): Finding {
  const sayings = {
    ...(said === undefined ? {} : { said }),
    ...(hintSaid === undefined ? {} : { hintSaid }),
  };
  return { kind, id: `${kind} ${name}`, subject, code, text, hint, ...sayings };
}
