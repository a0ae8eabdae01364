import { knownFailure } from '../../failure/catalogue.ts';
import { type Finding, finding, findingOf } from '../../failure/finding.ts';
import { inEnglish, saying } from '../../failure/saying.ts';
import type { FlowOutline } from '../../flow/known/outline.ts';
import { asItIs } from '../../run/leases/holder.ts';
import { minutesBetween, nextAt, wallClockIn } from '../../schedule/calendar.ts';
import { latestTurn } from '../../schedule/cron.ts';
import { hasTakenIn, type Run } from '../../store/run-store.ts';
import { notYetTaken } from '../../withdraw/not-yet-taken.ts';
import { stillShown } from '../../withdraw/still-shown.ts';
import { usualMinutes } from '../overview/usual.ts';
import { brokerOut } from './broker-out.ts';
import { circularReferences } from './circular-references.ts';
import type { Looking } from './looking.ts';
import { addedToNobody, missingReferences } from './missing-references.ts';
import { pausedFlows } from './paused-flows.ts';
import { protectedNames } from './protected-names.ts';
import { sharedNumbering } from './shared-numbering.ts';
import { sharedValues } from './shared-values.ts';
import { waitingOverrides } from './waiting-overrides.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** What a run usually takes is known from so many days. */
const USUAL_DAYS = 14;
const MOST_RUNS = 5000;
/** How long a source may be silent of which the configuration does not say it. */
const USUAL_SILENCE_MS = 14 * DAY_MS;
/** More runs of one source are never under way, or were when their process died. */
const MOST_UNENDED = 20;

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
    ...(await pausedFlows(looking)),
    ...(await lateFlows(looking)),
  ];
}

async function heldOnes({ store }: Looking): Promise<readonly Finding[]> {
  const holds = await store.runs.holds({ state: 'open' });
  return holds.map(({ id, subject, reasons }) => {
    const { code = '', text = '', said } = reasons[0] ?? {};
    const hint = `\`skolnav hold show ${id}\``;
    const what = said === undefined ? { code, text, hint } : { code, text, hint, said };
    return findingOf({ kind: 'hold', name: `${subject} ${code}`, subject }, what);
  });
}

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
    const [newest] = await store.runs.list({ subject, limit: 1 });
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

/** Sources that have brought nothing new for longer than their rules allow. */
async function silentSources({ store, outline, now }: Looking): Promise<readonly Finding[]> {
  const { flows } = outline;
  const found: Finding[] = [];
  const ages = new Map(outline.sources.map(({ module, maxAgeMs }) => [module, maxAgeMs]));
  for (const module of new Set([...ages.keys(), ...flows.flatMap(({ from }) => from)])) {
    const maxAgeMs = ages.get(module) ?? USUAL_SILENCE_MS;
    const about = { subject: module, type: 'intake' } as const;
    const begin = now() - maxAgeMs;
    const late = await store.runs.list({ ...about, from: begin, limit: MOST_RUNS });
    if (late.some(hasBrought)) continue;
    const earlier = await store.runs.list({ ...about, until: begin, limit: MOST_RUNS });
    const since = earlier.find(hasBrought) ?? earlier.at(-1);
    if (since === undefined) continue;
    const hours = Math.round((now() - since.startedAt) / (60 * MINUTE_MS));
    const said = saying('sourceSilent', { module, hours });
    const cause = { kind: 'silent', name: module, subject: `intake ${module}` } as const;
    found.push(finding(cause, 'SOURCE_LATE', said));
  }
  return found;
}

/** Files without a date are news where something in them is: the same again is silence. */
function hasBrought(run: Run): boolean {
  const { asOf, counts } = run;
  const isNews = asOf !== undefined || (counts['changed'] ?? 0) + (counts['removed'] ?? 0) > 0;
  return isNews && hasTakenIn(run);
}

/**
 * What was odd about the files of each source's newest intake that brought any. What came twice is
 * odd until a whole set comes in which it does not.
 */
async function oddFiles({ store, outline }: Looking): Promise<readonly Finding[]> {
  const found = new Map<string, Finding>();
  for (const module of new Set(outline.flows.flatMap(({ from }) => from))) {
    const runs = await store.runs.list({ subject: module, type: 'intake', limit: 200 });
    const newest = runs.find(({ counts }) => (counts['records'] ?? 0) > 0);
    const whole = newest?.isWhole === true ? null : runs.find(({ isWhole }) => isWhole);
    const repeated = whole?.remarks?.filter(({ code }) => code === 'RECORD_REPEATED') ?? [];
    for (const one of [...(newest?.remarks ?? []), ...repeated]) {
      // The file has another name every night; what is odd about it stays the same.
      const name = `${module} ${one.code} ${one.place?.field ?? ''}`;
      const cause = { kind: 'odd', name, subject: `intake ${module}` } as const;
      found.set(`${name} ${one.text}`, findingOf(cause, one));
    }
  }
  return [...found.values()];
}

/** What lay at each source when its newest intake ended, and was not read. */
async function unreadFiles({ store, outline }: Looking): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const module of new Set(outline.flows.flatMap(({ from }) => from))) {
    const runs = await store.runs.list({ subject: module, type: 'intake', limit: MOST_UNENDED });
    const newest = runs.find(({ endedAt }) => endedAt !== null);
    for (const one of newest?.unread ?? []) {
      // What the run itself has failed for is told as its failure.
      if (one.text === newest?.problem?.text) continue;
      const about = { name: `${module} ${one.place?.file ?? ''}`, subject: `intake ${module}` };
      found.push(findingOf({ kind: 'unread', ...about }, one));
    }
  }
  return found;
}

/** Flows whose run of the latest turn has missed its deadline, or will. */
async function lateFlows(looking: Looking): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const flow of looking.outline.flows) {
    const late = await lateness(looking, flow);
    if (late !== null) found.push(late);
  }
  return found;
}

async function lateness(
  { store, outline, now }: Looking,
  { name, schedule, deadline }: FlowOutline,
): Promise<Finding | null> {
  const { timeZone } = outline;
  const wall = wallClockIn(timeZone, now());
  const turn = schedule === null ? null : latestTurn(schedule, wall);
  // Where nothing has been scheduled yet, nothing is late.
  if (deadline === null || turn === null || (await store.getValue(`turn ${name}`)) === null) {
    return null;
  }
  const from = now() - USUAL_DAYS * DAY_MS;
  const runs = await store.runs.list({ subject: name, type: 'flow', from, limit: MOST_RUNS });
  const ofTurn = runs.filter((run) => wallClockIn(timeZone, run.startedAt) >= turn);
  if (ofTurn.some(({ outcome }) => outcome === 'done')) return null;
  const due = nextAt(turn, deadline);
  const about = { name: `${name} ${turn}`, subject: `flow ${name}` };
  if (wall >= due) {
    const said = saying('deadlineMissed', { flow: name, due: due.replace('T', ' ') });
    return finding({ kind: 'late', ...about }, 'DEADLINE_MISSED', said);
  }
  const usual = usualMinutes(runs, timeZone);
  const running = ofTurn.find(({ outcome }) => outcome === 'running');
  // One that waits for others is as good as not begun.
  const begun =
    running?.waitedMs === undefined
      ? wall
      : wallClockIn(timeZone, running.startedAt + running.waitedMs);
  if (usual === null || minutesBetween(begun, due) >= usual) return null;
  const said = saying('deadlineAtRisk', { flow: name, due: due.replace('T', ' '), usual });
  return finding({ kind: 'at risk', ...about }, 'DEADLINE_AT_RISK', said);
}
