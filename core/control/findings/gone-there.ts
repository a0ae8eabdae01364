import { type Finding, finding } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import { sayTime } from '../../schedule/calendar.ts';
import type { Looking } from '../looking.ts';
import { lastDriftAt } from '../reconcile/inspection.ts';

const MOST_RUNS = 1000;

/**
 * Targets in which runs have met the loss of what they had confirmed, since somebody has looked for
 * drift there: each may have been restored from a backup, and only a look tells what else differs.
 */
export async function goneThere({ store, outline }: Looking): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const { name, target } of outline.flows) {
    const from = (await lastDriftAt(store, name)) ?? 0;
    const runs = await store.runs.list({ subject: name, type: 'flow', from, limit: MOST_RUNS });
    const those = runs.filter(({ counts }) => (counts['gone'] ?? 0) > 0);
    const first = those.at(-1);
    if (first === undefined) continue;
    const count = those.reduce((sum, { counts }) => sum + (counts['gone'] ?? 0), 0);
    const since = sayTime(outline.timeZone, first.startedAt);
    const said = saying('lostThere', { target, count, since });
    const hint = saying('lostThereHint', { flow: name });
    const about = { name: `${target} ${first.id}`, subject: `flow ${name}` };
    found.push(finding({ kind: 'gone', ...about }, 'TARGET_RESTORED', said, hint));
  }
  return found;
}
