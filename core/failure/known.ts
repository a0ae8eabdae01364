import { CATALOGUE } from './catalogue.ts';

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
