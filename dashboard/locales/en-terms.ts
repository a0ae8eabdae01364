import type {
  ObjectTrace,
  ReportedChange,
  Right,
  Run,
  TargetTrace,
} from '../../core/control/control-bus.ts';
import { countsIn } from './counts.ts';
import { n } from './en-numbers.ts';
import type { Words } from './sv.ts';

/** What the hub calls by fixed names, in English. */
export const STATES: Readonly<Record<ObjectTrace['state'], string>> = {
  delivered: 'delivered',
  open: 'goes with the next run',
  waits: 'waits for something else',
  held: 'waits for a decision',
  'to go': 'is removed with the next run',
  suspended: 'shut, deleted after its grace',
  parked: 'cannot be made',
  superseded: 'superseded by newer data',
  waiting: 'waits for its turn',
  retrying: 'is tried again',
  failed: 'failed',
  blocked: 'waits for something else',
};

export const OUTCOMES: Readonly<Record<Run['outcome'], string>> = {
  running: 'running',
  done: 'done',
  held: 'waits for a decision',
  failed: 'failed',
};

export const VERDICTS: Readonly<Record<TargetTrace['verdict'], string>> = {
  sent: 'is to be there',
  protected: 'protected',
  'not selected': 'is not to be there',
  'nothing wanted': 'is not to be there',
};

export const RIGHTS: Readonly<Record<Right, string>> = {
  list: 'see the lists',
  contents: 'see personal data',
  protected: 'see protected persons',
  administer: 'look after accounts',
  act: 'act',
};

export const ACTIONS: Readonly<Record<ReportedChange['action'], string>> = {
  create: 'new',
  update: 'changed',
  rekey: 'gets another key',
  suspend: 'shut',
  delete: 'deleted',
};

/** The counts of runs and plans in words; those that are new go by their own name. */
const COUNTS: Readonly<Record<string, string>> = {
  considered: 'looked at',
  create: 'new',
  update: 'changed',
  delete: 'deleted',
  parked: 'could not be made',
  delivered: 'delivered',
  removed: 'removed',
  superseded: 'superseded',
  retried: 'retried',
  failed: 'failed',
  blocked: 'waiting',
  resolved: 'resolved',
  gone: 'gone there',
  records: 'records',
  changed: 'changed',
  unchanged: 'unchanged',
  leftOut: 'left out by a rule',
  quarantined: 'set aside',
  invalid: 'contradicted',
  cleaned: 'cleaned',
  same: 'the same files as before',
  missing: 'missing',
  held: 'in the target',
  bad: 'set aside',
  withheld: 'withheld',
  replace: 'replaced',
  read: 'read',
  kept: 'there before',
};

/** What a finding or a decision is about, by the first word of its subject. */
export const SUBJECTS: Readonly<Record<string, string>> = {
  flow: 'flow',
  intake: 'source',
  target: 'target',
  leavers: 'who is missing in',
  protections: 'new protections from',
  protection: 'the protection of',
  identity: 'who it is:',
  canonical: 'data of kind',
};

export const { counted, differing } = countsIn(COUNTS, n);

/** Of runs, and of what is under way. */
export const RUNS: Words['runs'] = {
  title: 'Runs',
  none: 'Nothing has run yet.',
  now: 'Under way',
  idle: 'Nothing is under way.',
  step: (step: string, done: number, total: number | null) =>
    `${step}: ${n(done)}${total === null ? '' : ` of ${n(total)}`}`,
  started: 'Started',
  took: 'Took',
  seconds: (seconds: number) =>
    seconds < 120 ? `${n(Math.round(seconds * 10) / 10)} s` : `${n(Math.round(seconds / 60))} min`,
  subject: 'What',
  outcome: 'How it went',
  counts: 'Counts',
  intake: 'intake',
  flow: 'flow',
  code: 'Cause',
  of: (subject) => `Runs: ${subject}`,
  since: 'Against the run before',
  all: 'All runs',
  asBefore: 'as before',
};
