import type { Problem, Saying } from '../message/message.ts';
import { CATALOGUE, type FailureCode } from './catalogue.ts';
import { inEnglish } from './saying.ts';

/** Something that a person should know; it is there as long as its cause is. No personal data. */
export interface Finding extends Pick<Problem, 'code' | 'text' | 'hint' | 'said' | 'hintSaid'> {
  /** The same for the same cause. */
  readonly id: string;
  /** What it is about: `flow lms`, `intake register`, a target. */
  readonly subject: string;
}

/** A finding whose hint is that of its code. */
export function finding(id: string, code: FailureCode, subject: string, said: Saying): Finding {
  return { id, code, subject, text: inEnglish(said), hint: CATALOGUE[code].hint, said };
}

/** A finding that says what a problem says. */
export function findingOf(
  id: string,
  subject: string,
  { place: _place, waitsFor: _waitsFor, ...what }: Problem,
): Finding {
  return { id, subject, ...what };
}
