import type { Place, SaidValue, Saying } from '../message/message.ts';
import { SENTENCES_CONFIG } from './sentences-config.ts';
import { SENTENCES_FILES } from './sentences-files.ts';
import { SENTENCES_OUTSIDE } from './sentences-outside.ts';
import { SENTENCES_SYSTEMS } from './sentences-systems.ts';

/**
 * What reasons, findings and remarks say: the English sentence of each, made of values between
 * braces. `{name%}` is a number of 0 to 1 as a share, `{name,}` a list with commas. A face has the
 * same sentences in its other languages.
 */
export const SENTENCES = {
  someAndMore: '{named} and {more} more',
  ofModule: '{module}: {what}',
  withMore: '{first}; and {more} more: skolnav hold list',
  refusedBefore: '{what}; refused by {who}',
  refusedHint:
    'Nothing was changed. Ask the sender for another export, then `skolnav sync`. If it is right after all: `skolnav hold approve {hold} --reason "..."`.',

  createOver:
    '{about}: the plan would create {count} beside {held} {kind} ({share%}); {limit} allows {allowed%}',
  updateOver:
    '{about}: the plan would update {count} of {held} {kind} ({share%}); {limit} allows {allowed%}',
  deleteOver:
    '{about}: the plan would delete {count} of {held} {kind} ({share%}); {limit} allows {allowed%}',
  replaceOver:
    '{about}: the plan would replace {count} of {held} {kind} ({share%}), {count} out and {count} in; {limit} allows {allowed%}',
  createUnusual:
    '{about}: the plan would create {count} {kind}; runs of this weekday usually create {usual}',
  updateUnusual:
    '{about}: the plan would update {count} {kind}; runs of this weekday usually update {usual}',
  deleteUnusual:
    '{about}: the plan would delete {count} {kind}; runs of this weekday usually delete {usual}',
  replaceUnusual:
    '{about}: the plan would replace {count} {kind}; runs of this weekday usually replace {usual}',
  targetWaits: '{target} waits for a person since {since}',
  lostThere:
    '{target}: at {count} objects it was seen, since {since}, that something it had confirmed was not there any more',
  lostThereHint:
    'If it was restored from a backup: `skolnav drift {flow}`, then `skolnav drift {flow} --repair`, then `skolnav sync`. If somebody has only deleted some there, `skolnav drift {flow}` shows that nothing else differs.',
  targetMoved: '{target} is bound to another address than before, and has not been asked there',
  attemptsWait: '{count} wait for their next attempt: {why}',
  notSent: '{target}: {count} have not been sent',

  tooLittle: '{module} delivered too little: {lacks} (maxDelete allows {allowed%})',
  streamEmpty: '{stream}: nothing where the last good run left {kept}',
  streamUnread: '{stream}: nothing reads it any more, and {kept} are kept of it',
  streamShrunk: '{stream}: {read} where the last good run left {kept}',
  streamReplaced:
    '{stream}: {read} where the last good run left {kept}, but {gone} of those are not among them',
  unitLacks: '{module}, {unit}: missing are {lacks,} (perUnit.maxDelete allows {allowed%})',
  someOf: '{count} of {all} {what}',
  cutTail: 'the last {count} of {stream} are missing ({from} to {to} of before)',
  cutBlock: '{count} of {stream} are missing that stood in one block ({from} to {to} of before)',
  leaversUnsure: '{count} of {stream} are missing and stay, since {where} may be one of them',
  tooOld:
    '{module}: what was sent was made {hours} hours ago, longer ago than its maxAge of {most} hours',
  olderThanRead: '{file} is of {date}, before {read}, which was read: nothing newer is there',
  ofFile: '{file}: {what}',
  sameDay: 'it is of the same day as {read}, which was read',
  earlierDay: 'its day, {date}, is before {read}, which was read',
  sameNumber: 'it has the same number as {read}, which was read',
  lowerNumber: 'its number, {number}, is below that of {read}, which was read',
  changedSince: 'it was changed after it had its turn: {read} was read after it',
  numbersMissing: 'no file came with the number {numbers}, and those after it were read',
  unmarked: 'its marker is not there',
  dateIsNone: 'what its name has in the place of the date is no date',
  dayToCome: 'its day, {date}, is yet to come',
  fileMissing: '{file} is not there',
  fileMisdated: '{file} is not there; {other} is, but {why}',
  newColumns: '{columns,} is new and is not read',
  otherOrder: 'the columns stand in another order',
  spoiltLetters: 'holds letters that were spoilt by the sender (Ã¤ in place of ä)',
  columnsLost: '{file}: has no column {names,} any more, in which the file before had values',
  columnsAlike:
    '{file}: all records have the same {names,}, by which those of the file before differed',
  columnsGone: '{file}: no record has {names,} any more, which most of the file before had',
  cameTwice: '{module}: {count} of {stream} came twice, and not the same: {where}',
  unused:
    '{module}: of {records} records of {stream} {leftOut} became nothing, and {mapping} makes nothing of any of them',
  unusedWhen:
    '{module}: of {records} records of {stream} {leftOut} became nothing, and {mapping} makes nothing of any of them: {why}',

  heardWaiting: '{module}: what waits there calls {count} protected: they are, from now on',
  unheard: '{file}, line {line}: a word of protection stands there, and nobody knows whose',
  manyProtected: '{where}: {count} of {named} persons are called protected for the first time',
  releaseProtected: 'what the source says now no longer marks this person as protected',
  releaseHint:
    'Ask the school whether it is so, by telephone. Approve the hold to release the person.',
  identityChanged: 'an id that was known comes with another number, birth date and name',
  identityChangedAt: '{place}: an id that was known comes with another number, birth date and name',
  identityTaken:
    'an id that was known comes with the number and the account of another who is there',
  identityTakenAt:
    '{place}: an id that was known comes with the number and the account of another who is there',
  identityHint:
    'Ask the sender. `skolnav hold approve <id> --reason "..."`: it is the same person. `skolnav hold reject <id> --reason "..."`: it is another, who gets an id of their own; the one who was there leaves.',
  stillShown: '{target} still shows {kind} {id} in {where,}',
  notYetTaken: 'protected and not yet gone from {target}: {count}, the first since {since}',
  notYetTakenEver: 'protected and not yet gone from {target}: {count}',

  conditionNotMet: '{place} where: {condition}',
  notNamed: '{file} does not name {kind}',
  spokenOfNoMore: '{file} selects {kind}, but no source speaks of this one any more',
  otherSchools: '{file} has schools: {schools}, and the school unit of this {kind} is none of them',
  givesNothing: '{place} gives nothing for this {kind}',
  wasSetAside: 'set aside, nothing of it is taken in: {code} {text}',
  wasSetAsideAt: 'set aside, nothing of it is taken in: {code} {text} ({place})',
  toldUnshown: 'what {module} is told is not shown',
  nothingTold: 'nothing is told to {module}',

  openFindings: '{open} open: skolnav findings',
  mailResolved: '{ended} resolved, {open} open',
  resolved: 'Resolved:',
  nothingToSee: 'Nothing to see to.',
  dayQuiet: 'the day, nothing to see to',
  dayToSee: 'the day, {open} to see to',
  dayUntil: 'The day until {until}',
  dayRested: '{what}: no run',
  dayRuns: '{what}: {done} of {runs} runs done; {counts}',
  overridesEnd: '{count} end within a week: skolnav override list',

  messageFailed: '1 message has failed.',
  messagesFailed: '{count} messages have failed.',
  overridesWait: '{count} in {target}.',
  sourceSilent: '{module} has brought nothing new for {hours} hours',
  flowPaused: '{flow} has been paused by {who} since {since}',
  brokerOut:
    'out since {since} ({why}). Sources are read and whole sets put in place; {count} messages wait in the store, and go on by themselves when it is back',
  deadlineMissed: '{flow} should have been done by {due}',
  deadlineAtRisk: '{flow} takes {usual} minutes and must be done by {due}',

  anotherSync: 'another sync is under way in this workspace',
  anotherDelivers: 'another process delivers to {target}',
  anotherLooks: 'somebody else looks into what the target of {flow} holds',
  atField: '{field}: {what}',
  noSuchObject: 'no {kind} of that key is wanted',
  manyOpen: '{open} overrides are open, and at most {most} may be',
  countsAlready: 'it counts already',
  wantedAlready: '{who} has wanted it already, and another person must',
  nothingChanged: 'nothing would be changed',
  dayBetween: 'must be a day from {from} to {until}',
  isMissing: 'is missing',
  notFilled: 'is not filled by the mapping',
  isLocked: 'is locked ({lock})',
  needsContents: 'only who may see personal contents may set it',
  mostSigns: 'may have at most {most} signs',
  codeSigns: 'a code and its value must be 1 to {most} signs on one line',

  nothing: '',

  atLine: '{file}, line {line}: {what}',
  atRow: '{file}, row {line}: {what}',
  byRule: '{what} (rule {rule})',
  fieldIs: '{field} {what}',
  noValue: 'has no value',
  isNull: 'is null',
  isEmpty: 'is empty',
  noSuchHere: 'no such {kind} here',
  noRecordId: 'the record has no id',
  noId: 'has no id',
  noDateOf: 'is not a date of the form {format}',
  noDateWrittenAs: 'is not a date written as {format}',
  noNumber: 'is not a number',
  noDecimalsSeen: 'has a comma, although its decimals are implied',
  shortened: 'holds a number as spreadsheets shorten it: its digits are lost',
  noneOf: 'is none of {values,}',
  notOne: 'is not 1 (a person)',
  unknownWord: 'is none that is known',
  mustBeOneOf: 'must be one of {values}',
  mustMatch: 'must match {pattern}',
  mustBe: 'must be {value}',
  mustBeDay: 'must be a date, YYYY-MM-DD',
  mustBeBirth: 'must be a day on which one can be born: from 1900-01-01 to today',
  mustBeRealDay: 'must be a day that can be: from the year 1000 to the year 2899',
  mustBeLastDay:
    'must be a day that can be: from the year 1000 on, or left out where there is none',
  mustNotBeBefore: 'must not be before {field}',
  unknownKey: 'unknown key "{key}"',
  misfit: 'does not fit its pattern {pattern}',
  tooLong: 'has {count} characters; the most is {most}',
  noSuchLetter: 'holds a letter that {encoding} does not have',
  theCode: 'the code',
  thisCode: 'the code "{code}"',
  theTable: 'the table',
  noRow: '{what} has no row in {table}',
  noRowOf: '{what} has no row in {table}, which has {rows}',
  otherWidth: 'the line has {found} fields instead of {width}',
  valueBeside: 'a value stands in a column that has no name',
  headerAgain: 'the header stands here again',
  unknownType: 'is of a record type that the layout does not have',
  otherLength: 'has {found} characters instead of {fewest} to {most}',
  noParent: 'is not known: no good record of "{stream}" stands before it',
  keyIsTaken: '{target}: another entity already has the key of this {kind} ({origin})',
  itemAt: 'item {number}',
  withinIs: '{within,} {what}',
  asSentence: '{what}.',
  withHint: '{what}. {hint}',
  answersElsewhere: '{what}: the target answers {status}, a redirection elsewhere.',
  answersPage: '{what}: the target answers {status} with a web page.',
  waitsForOther: '{target}: waits for a {kind} that the target does not hold yet',

  protectedNamed:
    'the title of {kind} {id} (unit {unit}) holds the name of a protected person: {where}',
  circle: '{count} of kind {kind} lead back to themselves by {field}: {where}',
  addedToNobody:
    'no source has delivered {count} of kind {kind} that {stream} of {source} adds to: {where}',
  missing: 'no source has delivered {count} of kind {kind} to which {from} records refer',
  missingAt:
    'no source has delivered {count} of kind {kind} to which {from} records refer, such as in {where}',
  numberingShared:
    '{modules,} number what they say of kind {kind} together: the same id is the same one',
  valueShared: '{count} of {as} stand at more than one {kind}: {where}',
  valueSharedOnce:
    '{count} of {as} stand at more than one {kind}: {where}; files name it for the first of them only',
  ...SENTENCES_CONFIG,
  ...SENTENCES_FILES,
  ...SENTENCES_OUTSIDE,
  ...SENTENCES_SYSTEMS,
} as const;

export type SentenceName = keyof typeof SENTENCES;

/** The sentences of one language, by name. */
export type Sentences = Readonly<Record<SentenceName, string>>;

/** The names between a sentence's braces. */
type Named<S extends string> = S extends `${string}{${infer N}}${infer Rest}`
  ? (N extends `${infer Plain}${'%' | ','}` ? Plain : N) | Named<Rest>
  : never;

/** A sentence with its values: what a face says in its language, and the core in English. */
export function saying<N extends SentenceName>(
  name: N,
  values: Readonly<Record<Named<(typeof SENTENCES)[N]>, SaidValue>>,
): Saying {
  return { name, values };
}

/** The values of the first sentence of a name, in what was said or within it; null if none is. */
export function valuesOf(name: SentenceName, said: Saying): Saying['values'] | null {
  if (said.name === name) return said.values;
  for (const value of Object.values(said.values)) {
    for (const one of typeof value === 'object' ? [value].flat() : []) {
      const found = typeof one === 'object' ? valuesOf(name, one) : null;
      if (found !== null) return found;
    }
  }
  return null;
}

/**
 * The saying in words: in English, or by another language's sentences and its way with numbers.
 * Null where it has a name that this version does not know.
 */
export function inWords(
  { name, values }: Saying,
  sentences: Sentences = SENTENCES,
  number: (value: number) => string = String,
): string | null {
  const known: Readonly<Record<string, string>> = sentences;
  const sentence = Object.hasOwn(known, name) ? known[name] : undefined;
  if (sentence === undefined) return null;
  const say = (value: SaidValue | undefined): string[] => {
    if (value === undefined) return [];
    if (typeof value === 'number') return [number(value)];
    if (typeof value === 'string') return [value];
    return [value].flat().flatMap((one) => {
      return typeof one === 'string' ? [one] : (inWords(one, sentences, number) ?? []);
    });
  };
  return sentence.replaceAll(/\{(\w+)([%,]?)\}/g, (_all, key: string, form: string) => {
    const value = values[key];
    if (form === '%') return `${number(Math.round(Number(value) * 1000) / 10)} %`;
    return say(value).join(form === ',' ? ', ' : '; ');
  });
}

/** The text as it is kept and logged. */
export function inEnglish(text: string | Saying): string {
  return typeof text === 'string' ? text : (inWords(text) ?? '');
}

/** `pupils.csv:3, pupils.csv:9 and 4 more`: some of `count` places. */
export function sayPlaces(
  some: readonly Pick<Place, 'file' | 'line'>[],
  count: number,
): string | Saying {
  const places = some.map(({ file, line }) => (line === null ? file : `${file}:${line}`));
  const [named, more] = [places.join(', '), count - places.length];
  return more > 0 ? saying('someAndMore', { named, more }) : named;
}
