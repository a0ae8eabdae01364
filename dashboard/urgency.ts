import type { Finding } from '../core/control/control-bus.ts';

/** How findings begin, from what keeps a city waiting to what can wait itself. */
const KINDS = [
  'late',
  'run',
  'hold',
  'at risk',
  'failed',
  'override',
  'silent',
  'pause',
  'unread',
] as const;

export type FindingKind = (typeof KINDS)[number];

/** What kind of finding it is; null for those that have no page of their own. */
export function kindOf({ id }: Finding): FindingKind | null {
  return KINDS.find((kind) => id.startsWith(`${kind} `)) ?? null;
}

/**
 * What most needs a person first; a protected person who is still shown comes before all else. Of
 * the same kind, what weighs more.
 */
export function inUrgency(
  findings: readonly Finding[],
  weightOf: (finding: Finding) => number = () => 0,
): readonly Finding[] {
  return [...findings].sort((a, b) => rankOf(a) - rankOf(b) || weightOf(b) - weightOf(a));
}

function rankOf(finding: Finding): number {
  if (finding.code === 'PROTECTED_SHOWN') return -1;
  const kind = kindOf(finding);
  return kind === null ? KINDS.length : KINDS.indexOf(kind);
}
