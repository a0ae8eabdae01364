import { type Finding, finding } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import type { Looking } from './looking.ts';

/** Values that wait for another person before they count, by target. */
export async function waitingOverrides({ store }: Looking): Promise<readonly Finding[]> {
  const open = await store.overrides.list({ isOpen: true });
  const counts = new Map<string, number>();
  for (const { target, approvals, needs } of open) {
    if (approvals.length < needs) counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  return [...counts].map(([target, count]) => {
    const said = saying('overridesWait', { count, target });
    return finding({ kind: 'override', name: target, subject: target }, 'OVERRIDE_WAITS', said);
  });
}
