import { daysAfter, earlierOf, FOREVER, isDate, isOpenEnd } from '../../message/dates.ts';
import { isList, isObject } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import { remembered } from '../../message/remembered.ts';

/** The first day on which what is being judged may be otherwise; see `judgedUntil`. */
let recheck = FOREVER;

/** A city has few days, and asks for each of them often. */
const MOST_DAYS = 10_000;

/**
 * Judges something, and answers with it the first day on which the dates that it asked about may
 * say something else: until then only a change of data can change the judgement.
 */
export function judgedUntil<T>(judge: () => T): { readonly result: T; readonly until: string } {
  const outer = recheck;
  recheck = FOREVER;
  try {
    const result = judge();
    return { result, until: recheck };
  } finally {
    recheck = outer;
  }
}

/** Notes that what is being judged may be otherwise from that day on. */
export function mayChangeOn(day: string): void {
  recheck = earlierOf(day, recheck);
}

/** Notes that what is being judged may be otherwise tomorrow. */
export function mayChangeTomorrow(today: string): void {
  mayChangeOn(daysAfter(today, 1));
}

/** SS 12000: dates are inclusive, an absent end is open; `cancelled` was broken off in advance. */
export function isActive(item: Json, today: string): boolean {
  return isRecent(item, 0, today);
}

/** Active, or still to come. */
export function isNotEnded(item: Json, today: string): boolean {
  const { endDate, cancelled } = datesIn(item);
  return cancelled !== true && lasts(endDate, 0, today);
}

/** Active, or ended at most so many days ago: a grace, so that a summer takes no account away. */
export function isRecent(item: Json, days: number, today: string): boolean {
  const { startDate, endDate, cancelled } = datesIn(item);
  return cancelled !== true && lasts(endDate, days, today) && hasBegun(startDate, today);
}

/** Whole years from a date to today; 0 for what is no date. */
export function wholeYears(date: Json, today: string): number {
  if (typeof date !== 'string') return 0;
  if (today !== agesOn.today) agesOn = { today, of: remembered(MOST_DAYS) };
  const { years, until } = agesOn.of(date, () => ageOn(date, today));
  mayChangeOn(until);
  return years;
}

interface Age {
  readonly years: number;
  /** The next birthday. */
  readonly until: string;
}

/** Ages by birth dates, of the day that was asked about last. */
let agesOn = { today: '', of: remembered<Age>(MOST_DAYS) };

function ageOn(date: string, today: string): Age {
  if (!isDate(date)) return { years: 0, until: FOREVER };
  const thisYear = Number(today.slice(0, 4));
  const years = thisYear - Number(date.slice(0, 4));
  const isAhead = today.slice(5) < date.slice(5);
  const birthday = isAhead ? thisYear : thisYear + 1;
  const until = birthday <= LAST_YEAR ? `${birthday}`.padStart(4, '0') + date.slice(4) : FOREVER;
  return { years: isAhead ? years - 1 : years, until };
}

/**
 * A day of the month, the last so many times that it has come, the latest first. Where today is not
 * known, one day that is none: what is looked up is the same on all of them.
 */
export function monthlyDays(day: number, last: number, today: string): readonly string[] {
  if (today === '') return [''];
  const [year = 0, month = 0] = today.split('-').map(Number);
  const inMonth = (offset: number) =>
    new Date(Date.UTC(year, month - 1 + offset, day)).toISOString().slice(0, 10);
  const hasCome = inMonth(0) <= today;
  mayChangeOn(inMonth(hasCome ? 1 : 0));
  return Array.from({ length: last }, (_, index) => inMonth((hasCome ? 0 : -1) - index));
}

/** Whether it is active on another day than today; what is known of it may change, that day not. */
export function isActiveOn(item: Json, day: string): boolean {
  return judgedUntil(() => isActive(item, day)).result;
}

/**
 * Whether a child has to go to school: from the autumn term of the year in which it turns six, ten
 * years long (skollagen 7:10-12, without deferral and without what comes after early or late ends).
 */
export function isOfSchoolAge(birthDate: Json, today: string): boolean {
  if (typeof birthDate !== 'string' || !isDate(birthDate)) return false;
  const year = Number(birthDate.slice(0, 4));
  return isWithin(`${year + 6}-08-01`, `${year + 16}-07-31`, today);
}

const LAST_YEAR = Number(FOREVER.slice(0, 4));

/** Begun, and not ended: a first and a last day, both inclusive, either of which may lack. */
export function isWithin(first: Json | undefined, last: Json | undefined, today: string): boolean {
  return lasts(last, 0, today) && hasBegun(first, today);
}

function hasBegun(start: Json | undefined, today: string): boolean {
  if (typeof start !== 'string' || start <= today) return true;
  mayChangeOn(start);
  return false;
}

function lasts(end: Json | undefined, days: number, today: string): boolean {
  if (typeof end !== 'string') return true;
  const over = overOf(end, days);
  if (over === null) return true;
  if (over <= today) return false;
  mayChangeOn(over);
  return true;
}

/** By days of grace: the first day on which each last day that was asked about is over. */
const overs = new Map<number, (end: string, make: () => string | null) => string | null>();
const MOST_GRACES = 100;

/** Null where the last day says that there is none. */
function overOf(end: string, days: number): string | null {
  let known = overs.get(days);
  if (known === undefined) {
    if (overs.size >= MOST_GRACES) overs.clear();
    known = remembered(MOST_DAYS);
    overs.set(days, known);
  }
  return known(end, () => (isOpenEnd(end) ? null : daysAfter(end, days + 1)));
}

/** What tells of an item when it is active; read by name, which costs a fraction of `fieldIn`. */
function datesIn(item: Json): JsonObject {
  return isObject(item) ? item : NO_DATES;
}

const NO_DATES: JsonObject = {};

/** A field of what may be no object at all. */
export function fieldIn(item: Json | undefined, field: string): Json | undefined {
  return typeof item === 'object' && item !== null && !isList(item) ? item[field] : undefined;
}
