import { askBroker, knownOutage } from '../../broker/outage.ts';
import { type Finding, finding } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import { sayTime } from '../../schedule/calendar.ts';
import type { Looking } from './looking.ts';

/**
 * That the broker is out, since when, and what goes on meanwhile. Whoever has no way to it tells
 * what others have noted.
 */
export async function brokerOut({
  store,
  broker,
  now,
  outline,
}: Looking): Promise<readonly Finding[]> {
  const outage =
    broker === null ? await knownOutage(store) : await askBroker(broker, { store, now });
  if (outage === null) return [];
  const since = sayTime(outline.timeZone, outage.since);
  const count = await store.messages.count({ type: ['deliver'], state: ['waiting', 'retrying'] });
  const why = outage.problem.said ?? outage.problem.text;
  const about = { kind: 'out', name: `broker ${outage.since}`, subject: 'broker' } as const;
  return [finding(about, 'BROKER_OUT', saying('brokerOut', { since, count, why }))];
}
