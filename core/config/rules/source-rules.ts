import type { MissingRule, SourceRules } from '../config.ts';
import { parseDuration, parseFraction } from '../quantities.ts';
import { guardsOf, type UsualGuards, type WrittenGuards } from './guards.ts';

/** One of `sources` in config/hub.yaml, checked against schemas/hub/config.v1.json. */
export interface SourceEntry {
  readonly guards?: WrittenGuards;
  readonly protections?: { readonly maxNew?: string | number; readonly minimum?: number };
  readonly cuts?: 'hold' | 'pass';
  readonly maxAge?: string;
  readonly watch?: string;
  readonly missing?: Readonly<Record<string, 'delete' | 'keep' | { readonly after: number }>>;
}

/** The rule of the streams that `missing` does not name. */
export const OTHER_STREAMS = '*';
/** What is gone tonight may be back tomorrow: struck out at one school, entered at another. */
const USUAL_MISSING: MissingRule = { kind: 'after', runs: 2 };

/** A source deletes by what it lacks. One school is small: a fifth of it may go in a night. */
const USUAL_GUARDS: UsualGuards = {
  whole: { maxCreate: 100, maxUpdate: 1, maxReplace: 1, maxDelete: 0.05, minimum: 0 },
  perUnit: { maxCreate: 100, maxUpdate: 1, maxReplace: 1, maxDelete: 0.2, minimum: 10 },
};
/** One in a hundred is protected; that as many become so in one night is a mistake in a file. */
const MAX_NEWLY_PROTECTED = 0.01;
const NEWLY_PROTECTED_MINIMUM = 50;

export function rulesOf(entry: SourceEntry): SourceRules {
  const { guards = {}, missing = {} } = entry;
  const { maxNew, minimum = NEWLY_PROTECTED_MINIMUM } = entry.protections ?? {};
  const rules = Object.entries(missing).map(([stream, rule]): [string, MissingRule] => {
    if (typeof rule === 'string') return [stream, { kind: rule }];
    return [stream, { kind: 'after', runs: rule.after }];
  });
  return {
    guards: guardsOf(guards, USUAL_GUARDS),
    protections: { maxNew: parseFraction(maxNew) ?? MAX_NEWLY_PROTECTED, minimum },
    passesCuts: entry.cuts === 'pass',
    maxAgeMs: parseDuration(entry.maxAge),
    watchMs: parseDuration(entry.watch),
    missing: new Map(rules),
  };
}

/** The rules of a source that the configuration says nothing of. */
export const USUAL_RULES: SourceRules = rulesOf({});

/** What becomes of what a full stream no longer holds. */
export function missingRuleOf(
  { missing }: Pick<SourceRules, 'missing'>,
  stream: string,
): MissingRule {
  return missing.get(stream) ?? missing.get(OTHER_STREAMS) ?? USUAL_MISSING;
}
