import type { Finding, FindingKind } from '../core/control/control-bus.ts';

/** The kinds of findings, from what keeps a city waiting to what can wait itself. */
const KINDS: readonly FindingKind[] = [
  ...(['shown', 'named', 'out', 'late', 'run', 'hold', 'at risk'] as const),
  ...(['failed', 'gone', 'override', 'silent', 'pause', 'unread'] as const),
];

/**
 * What most needs a person first; a protected person who is still shown or named comes before all
 * else. Of the same kind, what weighs more.
 */
export function inUrgency(
  findings: readonly Finding[],
  weightOf: (finding: Finding) => number = () => 0,
): readonly Finding[] {
  return [...findings].sort((a, b) => rankOf(a) - rankOf(b) || weightOf(b) - weightOf(a));
}

/** What is odd in what was brought comes last. */
function rankOf({ kind }: Finding): number {
  const rank = KINDS.indexOf(kind);
  return rank === -1 ? KINDS.length : rank;
}
