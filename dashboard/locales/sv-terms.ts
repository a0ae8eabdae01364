import type {
  ObjectTrace,
  ReportedChange,
  Right,
  Run,
  TargetTrace,
} from '../../core/control/control-bus.ts';
import { countsIn } from './counts.ts';
import { n } from './sv-numbers.ts';

/** What the hub calls by fixed names, in Swedish. */
export const STATES: Readonly<Record<ObjectTrace['state'], string>> = {
  delivered: 'levererat',
  open: 'levereras vid nästa körning',
  waits: 'väntar på något annat',
  held: 'väntar på ett beslut',
  'to go': 'tas bort vid nästa körning',
  suspended: 'stängt, raderas efter sin frist',
  parked: 'kan inte göras',
  superseded: 'ersatt av nyare uppgifter',
  waiting: 'väntar på sin tur',
  retrying: 'försöks igen',
  failed: 'misslyckat',
  blocked: 'väntar på något annat',
};

export const OUTCOMES: Readonly<Record<Run['outcome'], string>> = {
  running: 'pågår',
  done: 'klar',
  held: 'väntar på beslut',
  failed: 'misslyckad',
};

export const VERDICTS: Readonly<Record<TargetTrace['verdict'], string>> = {
  sent: 'ska finnas där',
  protected: 'skyddad',
  'not selected': 'ska inte finnas där',
  'nothing wanted': 'ska inte finnas där',
};

/** Kinds of records and objects that are the same in most systems; others go by their own name. */
export const KINDS: Readonly<Record<string, string>> = {
  absence: 'frånvaro',
  account: 'konto',
  'action-programme': 'åtgärdsprogram',
  activity: 'undervisningstillfälle',
  application: 'ansökan',
  assessment: 'bedömning',
  assignment: 'uppgift',
  attendance: 'närvaro',
  'attendance-schedule': 'närvaroschema',
  'calendar-event': 'kalenderhändelse',
  child: 'barn',
  choice: 'val',
  class: 'klass',
  course: 'kurs',
  duty: 'tjänst',
  enrolment: 'inskrivning',
  grade: 'betyg',
  group: 'grupp',
  'group-membership': 'gruppmedlemskap',
  guardian: 'vårdnadshavare',
  member: 'medlem',
  membership: 'medlemskap',
  organisation: 'organisation',
  person: 'person',
  placement: 'placering',
  presence: 'vistelse',
  programme: 'studieväg',
  pupil: 'elev',
  'queue-application': 'köansökan',
  result: 'resultat',
  schedule: 'schema',
  school: 'skola',
  'school-duty': 'tjänst på skola',
  student: 'elev',
  syllabus: 'kursplan',
  teacher: 'lärare',
  team: 'team',
  user: 'användare',
};

export const RIGHTS: Readonly<Record<Right, string>> = {
  list: 'se listorna',
  contents: 'se personuppgifter',
  protected: 'se skyddade personer',
  act: 'åtgärda',
  administer: 'sköta konton',
};

export const ACTIONS: Readonly<Record<ReportedChange['action'], string>> = {
  create: 'ny',
  update: 'ändrad',
  rekey: 'byter nyckel',
  suspend: 'stängs',
  delete: 'tas bort',
};

/** The counts of runs and plans in words; those that are new go by their own name. */
const COUNTS: Readonly<Record<string, string>> = {
  considered: 'granskade',
  create: 'nya',
  update: 'ändrade',
  delete: 'borttagna',
  parked: 'kunde inte göras',
  delivered: 'levererade',
  removed: 'raderade',
  superseded: 'ersatta',
  retried: 'omförsök',
  failed: 'misslyckades',
  blocked: 'väntar',
  resolved: 'lagade av sig själva',
  gone: 'borta där',
  records: 'poster',
  changed: 'ändrade',
  unchanged: 'oförändrade',
  leftOut: 'utelämnade enligt regel',
  quarantined: 'avvisade',
  invalid: 'motsägs av källorna',
  cleaned: 'städade',
  same: 'samma filer som förut',
  missing: 'saknas',
  held: 'finns i målet',
  bad: 'avvisade',
  withheld: 'hölls tillbaka',
  replace: 'utbytta',
  read: 'lästa',
  kept: 'fanns förut',
};

/** What a finding or a decision is about, by the first word of its subject. */
export const SUBJECTS: Readonly<Record<string, string>> = {
  flow: 'flödet',
  intake: 'källan',
  target: 'målet',
  leavers: 'de som saknas i',
  protections: 'nya skydd från',
  protection: 'skyddet av',
  identity: 'vem det är:',
  canonical: 'uppgifter av slaget',
  broker: 'meddelandeförmedlaren',
  serving: 'tjänsten',
  sync: 'körningarna',
};

export const { counted, differing } = countsIn(COUNTS, n);

/** Of runs, and of what is under way. */
export const RUNS = {
  title: 'Körningar',
  none: 'Inget har körts än.',
  now: 'Pågår nu',
  idle: 'Inget pågår just nu.',
  step: (step: string, done: number, total: number | null) =>
    `${step}: ${n(done)}${total === null ? '' : ` av ${n(total)}`}`,
  started: 'Började',
  took: 'Tog',
  seconds: (seconds: number) =>
    seconds < 120 ? `${n(Math.round(seconds * 10) / 10)} s` : `${n(Math.round(seconds / 60))} min`,
  subject: 'Vad',
  outcome: 'Hur det gick',
  counts: 'Antal',
  intake: 'intag',
  flow: 'flöde',
  code: 'Orsak',
  of: (subject: string) => `Körningar: ${subject}`,
  since: 'Mot körningen före',
  all: 'Alla körningar',
  asBefore: 'som förra',
};
