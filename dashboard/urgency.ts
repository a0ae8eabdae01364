import type { Finding } from '../core/control/control-bus.ts';

/** How findings begin, from what keeps a city waiting to what can wait itself. */
const KINDS = ['late', 'run', 'hold', 'at risk', 'failed', 'silent', 'unread'] as const;

/** What most needs a person first; a protected person who is still shown comes before all else. */
export function inUrgency(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ id, code }: Finding): number {
  if (code === 'PROTECTED_SHOWN') return -1;
  const rank = KINDS.findIndex((kind) => id.startsWith(`${kind} `));
  return rank < 0 ? KINDS.length : rank;
}
