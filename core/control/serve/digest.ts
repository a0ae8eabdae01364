import type { Finding } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import { daysAfter } from '../../message/dates.ts';
import type { Saying } from '../../message/message.ts';
import { isInForce } from '../../plan/override/given.ts';
import type { Engine } from '../../run/engine.ts';
import { dateIn, sayTime, wallClockIn } from '../../schedule/calendar.ts';
import type { Run } from '../../store/run-store.ts';
import type { Mail } from '../../transport/mail.ts';
import { findFindings } from '../findings/findings.ts';
import { type Looking, lookingOf } from '../looking.ts';
import { findingIn, type Speech, sayIn } from './speech.ts';
import { sendToAll, titleOf } from './tell-findings.ts';

const DAY_MS = 86_400_000;
const MOST_RUNS = 10_000;
/** Who has set something hears so many days before that it ends. */
const SOON_DAYS = 7;
const TOLD = 'digest told';

/** The last day at a glance. It holds no personal data. */
export interface Digest {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  /** Sources first, then flows, each in the order of the configuration; also those that rested. */
  readonly subjects: readonly DayOf[];
  /** What a person should see to now. */
  readonly findings: readonly Finding[];
  /** Values in the place of mappings whose last day is less than a week away. */
  readonly overridesEnding: number;
}

/** What a source or a flow did in a day. */
export interface DayOf extends Pick<Run, 'type' | 'subject'> {
  readonly runs: number;
  /** Of these, how many ended well. */
  readonly done: number;
  /** Of all runs together, what `Run.counts` says of one. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Of an intake and of a flow, what a day is made of. */
const TOLD_COUNTS: Readonly<Record<Run['type'], readonly string[]>> = {
  intake: ['records', 'changed', 'removed', 'bad'],
  flow: ['create', 'update', 'delete', 'failed', 'parked'],
};

/** The day that ends now. */
export async function digestOf(
  looking: Looking,
  sees: (subject: string) => boolean = () => true,
): Promise<Digest> {
  const { store, outline, now } = looking;
  const until = now();
  const from = until - DAY_MS;
  const runs = await store.runs.list({ from, limit: MOST_RUNS });
  const { flows, timeZone } = outline;
  const sources = [...new Set(flows.flatMap((flow) => flow.from))];
  const all = await store.overrides.list({ isOpen: true });
  const open = all.filter(({ target }) => sees(`target ${target}`));
  const today = dateIn(timeZone, until);
  const soon = daysAfter(today, SOON_DAYS);
  return {
    ...{ from, until },
    subjects: [
      ...sources.map((subject) => dayOf('intake', subject, runs)),
      ...flows.map(({ name }) => dayOf('flow', name, runs)),
    ].filter(({ type, subject }) => sees(`${type} ${subject}`)),
    findings: await findFindings(looking),
    overridesEnding: open.filter((one) => isInForce(one, today) && one.until < soon).length,
  };
}

function dayOf(type: Run['type'], subject: string, all: readonly Run[]): DayOf {
  const own = all.filter((one) => one.type === type && one.subject === subject);
  const counts = TOLD_COUNTS[type].map((name) => {
    return [name, own.reduce((sum, run) => sum + (run.counts[name] ?? 0), 0)] as const;
  });
  const done = own.filter(({ outcome }) => outcome === 'done').length;
  return { type, subject, runs: own.length, done, counts: Object.fromEntries(counts) };
}

/** Mails the digest once a day, at the time that config names or after it; null if none is due. */
export async function mailDigest(engine: Engine, speech: Speech): Promise<Mail | null> {
  const { store, workspace, now } = engine;
  const { mail: rules, timeZone } = workspace.config;
  if (rules === null || rules.digest === null) return null;
  const [today = '', time = ''] = wallClockIn(timeZone, now()).split('T');
  if (time < rules.digest || (await store.getValue(TOLD)) === today) return null;
  const mail = mailOf(await digestOf(lookingOf(engine)), timeZone, speech);
  await sendToAll(engine, rules, mail);
  await store.putValue(TOLD, today);
  return mail;
}

function mailOf(digest: Digest, timeZone: string, speech: Speech): Mail {
  const { until, subjects, findings, overridesEnding } = digest;
  const say = (saying: Saying) => sayIn(speech, saying);
  const open = findings.length;
  const lines = [
    say(saying('dayUntil', { until: sayTime(timeZone, until) })),
    '',
    ...subjects.map((one) => say(dayIn(speech, one))),
    '',
    ...findings.flatMap((one) => [
      `${titleOf(speech, one)} (${one.code})`,
      `  ${findingIn(speech, one)[0]}`,
    ]),
    say(open === 0 ? saying('nothingToSee', {}) : saying('openFindings', { open })),
  ];
  if (overridesEnding > 0) lines.push(say(saying('overridesEnd', { count: overridesEnding })));
  const state = say(open === 0 ? saying('dayQuiet', {}) : saying('dayToSee', { open }));
  return { subject: `Skolnav: ${state}`, text: lines.join('\n') };
}

function dayIn(speech: Speech, { type, subject, runs, done, counts }: DayOf): Saying {
  const what = `${type} ${subject}`;
  if (runs === 0) return saying('dayRested', { what });
  return saying('dayRuns', { what, done, runs, counts: speech.counts(counts) });
}
