import { INSIDE } from './catalogue-inside.ts';
import { OUTSIDE } from './catalogue-outside.ts';

/**
 * Every failure code: what it means to an administrator and what to do, at a target where that is
 * another thing. docs/failures.md is made from it. Codes are stable; a code that is gone is never
 * used for something else.
 */
export const CATALOGUE = { ...OUTSIDE, ...INSIDE } as const satisfies Record<
  string,
  { meaning: string; hint: string; targetHint?: string }
>;

export type FailureCode = keyof typeof CATALOGUE;

/** What a code means to an administrator, and what to do; at a target, where that differs. */
export interface CauseAndRemedy {
  readonly meaning: string;
  readonly hint: string;
  readonly targetHint?: string;
}

const ENTRIES: ReadonlyMap<string, CauseAndRemedy> = new Map(Object.entries(CATALOGUE));

/** The catalogue's entry of a code; null for a code of another version of Skolnav. */
export function knownFailure(code: string): CauseAndRemedy | null {
  return ENTRIES.get(code) ?? null;
}
