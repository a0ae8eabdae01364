import { type Finding, finding } from '../failure/finding.ts';
import { saying } from '../failure/saying.ts';
import type { FlowOutline } from '../flow/known/outline.ts';
import type { Store } from '../store/store.ts';
import { readRetracted } from './kept-retracted.ts';

/** Whom targets showed when they were asked after they were told to forget them: by flow. */
export async function stillShown(
  store: Store,
  flows: readonly FlowOutline[],
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const { target } of flows) {
    for (const { objectKind, origin, shownIn } of await readRetracted(store, target)) {
      if (shownIn.length === 0) continue;
      const said = saying('stillShown', { target, ...origin, where: shownIn });
      const about = { name: `${target} ${objectKind} ${origin.id}`, subject: target };
      found.push(finding({ kind: 'shown', ...about }, 'PROTECTED_SHOWN', said));
    }
  }
  return found;
}
