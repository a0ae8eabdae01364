import { type Finding, finding } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import { sayTime } from '../../schedule/calendar.ts';
import { pausesOf } from '../../schedule/pauses.ts';
import type { Looking } from './looking.ts';

/** Nobody may forget a pause: what is newly protected stays in the target as long as it lasts. */
export async function pausedFlows({ store, outline }: Looking): Promise<readonly Finding[]> {
  const names = outline.flows.map(({ name }) => name);
  return [...(await pausesOf(store, names)).values()].map(({ flow, who, at }) => {
    const since = sayTime(outline.timeZone, at);
    const said = saying('flowPaused', { flow, who, since });
    const about = { name: `${flow} ${at}`, subject: `flow ${flow}` };
    return finding({ kind: 'pause', ...about }, 'FLOW_PAUSED', said);
  });
}
