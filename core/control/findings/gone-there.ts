import { LOST } from '../../dispatch/batch/gone-there.ts';
import { type Finding, finding } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import { sayTime } from '../../schedule/calendar.ts';
import type { Looking } from '../looking.ts';

/**
 * Targets in which runs have met the loss of what they had confirmed, since somebody has looked for
 * drift there: each may have been restored from a backup, and only a look tells what else differs.
 */
export async function goneThere({ store, outline }: Looking): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const { name, target } of outline.flows) {
    const lost = await LOST.read(store, target);
    if (lost === null) continue;
    const since = sayTime(outline.timeZone, lost.since);
    const said = saying('lostThere', { target, count: lost.count, since });
    const hint = saying('lostThereHint', { flow: name });
    const about = { name: `${target} ${lost.run}`, subject: `flow ${name}` };
    found.push(finding({ kind: 'gone', ...about }, 'TARGET_RESTORED', said, hint));
  }
  return found;
}
