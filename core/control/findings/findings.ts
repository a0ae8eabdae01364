import { askBroker, knownOutage } from '../../broker/outage.ts';
import { knownFailure } from '../../failure/catalogue.ts';
import { type Finding, finding, findingOf } from '../../failure/finding.ts';
import { inEnglish, saying } from '../../failure/saying.ts';
import { asItIs } from '../../run/leases/holder.ts';
import { sayTime } from '../../schedule/calendar.ts';
import type { Run } from '../../store/run-store.ts';
import { stillShown } from '../../withdraw/kept-retracted.ts';
import { notYetTaken } from '../../withdraw/not-yet-taken.ts';
import type { Looking } from '../looking.ts';
import { problemOf } from '../preview/stops.ts';
import {
  addedToNobody,
  circularReferences,
  missingReferences,
  sharedValues,
} from './entity-findings.ts';
import { lateFlows, pausedFlows, waitingOverrides } from './flow-findings.ts';
import { goneThere } from './gone-there.ts';
import { protectedNames } from './protected-names.ts';
import { oddFiles, sharedNumbering, silentSources, unreadFiles } from './source-findings.ts';

/** Everything that waits, has failed, is late, or will be late. */
export async function findFindings(looking: Looking): Promise<readonly Finding[]> {
  return [
    ...(await brokerOut(looking)),
    ...(await heldOnes(looking)),
    ...(await failedRuns(looking)),
    ...(await failedMessages(looking)),
    ...(await waitingOverrides(looking)),
    ...(await silentSources(looking)),
    ...(await oddFiles(looking)),
    ...(await unreadFiles(looking)),
    ...(await missingReferences(looking.store)),
    ...(await addedToNobody(looking.store, looking.outline.supplements)),
    ...sharedNumbering(looking),
    ...(await sharedValues(looking)),
    ...(await circularReferences(looking)),
    ...(await protectedNames(looking)),
    ...(await stillShown(looking.store, looking.outline.flows)),
    ...(await notYetTaken(looking.store, looking.outline)),
    ...(await goneThere(looking)),
    ...(await pausedFlows(looking)),
    ...(await lateFlows(looking)),
  ];
}

async function heldOnes({ store }: Looking): Promise<readonly Finding[]> {
  const holds = await store.runs.holds({ state: 'open' });
  return holds.map((hold) => {
    const { subject } = hold;
    const problem = problemOf(hold);
    return findingOf({ kind: 'hold', name: `${subject} ${problem.code}`, subject }, problem);
  });
}

const AHEAD_MS = 86_400_000;

/** Subjects whose newest run did not end well; a hold speaks for what it holds. */
async function failedRuns(looking: Looking): Promise<readonly Finding[]> {
  const { store, outline } = looking;
  const { flows } = outline;
  const held = await store.runs.holds({ state: 'open' });
  const targets = new Map(flows.map(({ name, target }) => [name, target]));
  const isSpokenFor = ({ id, outcome, type, subject }: Run) =>
    outcome === 'held' &&
    held.some((hold) => {
      const named = [`${type} ${subject}`, `target ${targets.get(subject)}`];
      return hold.run === id || named.includes(hold.subject);
    });
  const subjects = [
    ...new Set(flows.flatMap(({ from }) => from)),
    ...flows.map(({ name }) => name),
  ];
  const found: Finding[] = [];
  for (const subject of subjects) {
    // A clock that was ahead has left runs that are yet to come: they are newest for too long.
    const until = looking.now() + AHEAD_MS;
    const [newest] = await store.runs.list({ subject, until, limit: 1 });
    if (newest === undefined) continue;
    const run = await asItIs(newest, looking, flows);
    if (run.problem === null || run.outcome === 'done' || isSpokenFor(run)) continue;
    const { code } = run.problem;
    const about = { name: `${subject} ${code}`, subject: `${run.type} ${subject}` };
    found.push(findingOf({ kind: 'run', ...about }, run.problem));
  }
  return found;
}

async function failedMessages({ store }: Looking): Promise<readonly Finding[]> {
  const counts = new Map<string, { target: string; code: string; count: number }>();
  for (const { target, state, code, count } of await store.messages.summary()) {
    if (state !== 'failed' || code === null) continue;
    const one = counts.get(`${target} ${code}`) ?? { target, code, count: 0 };
    counts.set(`${target} ${code}`, { ...one, count: one.count + count });
  }
  return [...counts.values()].map(({ target, code, count }) => {
    const hint = knownFailure(code)?.hint ?? '';
    const said = count === 1 ? saying('messageFailed', {}) : saying('messagesFailed', { count });
    const about = { name: `${target} ${code}`, subject: target };
    return findingOf({ kind: 'failed', ...about }, { code, text: inEnglish(said), hint, said });
  });
}

/**
 * That the broker is out, since when, and what goes on meanwhile. Whoever has no way to it tells
 * what others have noted.
 */
async function brokerOut({ store, broker, now, outline }: Looking): Promise<readonly Finding[]> {
  const outage =
    broker === null ? await knownOutage(store) : await askBroker(broker, { store, now });
  if (outage === null) return [];
  const since = sayTime(outline.timeZone, outage.since);
  const count = await store.messages.count({ type: ['deliver'], state: ['waiting', 'retrying'] });
  const why = outage.problem.said ?? outage.problem.text;
  const about = { kind: 'out', name: `broker ${outage.since}`, subject: 'broker' } as const;
  return [finding(about, 'BROKER_OUT', saying('brokerOut', { since, count, why }))];
}
