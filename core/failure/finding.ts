import { CATALOGUE, type FailureCode } from './catalogue.ts';

/** Something that a person should know; it is there as long as its cause is. No personal data. */
export interface Finding {
  /** The same for the same cause. */
  readonly id: string;
  readonly code: string;
  /** What it is about: `flow lms`, `intake register`, a target. */
  readonly subject: string;
  readonly text: string;
  readonly hint: string;
  /** What its text says beside the meaning of its code, for a face that says it in its language. */
  readonly values?: FindingValues;
}

/** Counts, and names of modules and flows. */
export type FindingValues = Readonly<Record<string, string | number>>;

/** A finding whose hint is that of its code. */
export function finding(
  id: string,
  code: FailureCode,
  subject: string,
  text: string,
  values?: FindingValues,
): Finding {
  const found = { id, code, subject, text, hint: CATALOGUE[code].hint };
  return values === undefined ? found : { ...found, values };
}
