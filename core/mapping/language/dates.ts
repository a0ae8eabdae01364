import { daysAfter, earlierOf, FOREVER, isDate, isOpenEnd } from '../../message/dates.ts';
import { isList } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';

/** The first day on which what is being judged may be otherwise; see `judgedUntil`. */
let recheck = FOREVER;

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
  return isNotEnded(item, today) && hasBegun(fieldIn(item, 'startDate'), today);
}

/** Active, or still to come. */
export function isNotEnded(item: Json, today: string): boolean {
  return endsAfter(item, 0, today);
}

/** Active, or ended at most so many days ago: a grace, so that a summer takes no account away. */
export function isRecent(item: Json, days: number, today: string): boolean {
  return endsAfter(item, days, today) && hasBegun(fieldIn(item, 'startDate'), today);
}

/** Whole years from a date to today; 0 for what is no date. */
export function wholeYears(date: Json, today: string): number {
  if (typeof date !== 'string' || !isDate(date)) return 0;
  const thisYear = Number(today.slice(0, 4));
  const years = thisYear - Number(date.slice(0, 4));
  const isAhead = today.slice(5) < date.slice(5);
  const birthday = isAhead ? thisYear : thisYear + 1;
  if (birthday <= LAST_YEAR) mayChangeOn(`${birthday}`.padStart(4, '0') + date.slice(4));
  return isAhead ? years - 1 : years;
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

/** Not cancelled, and ended at most so many days ago, if at all. */
function endsAfter(item: Json, days: number, today: string): boolean {
  if (fieldIn(item, 'cancelled') === true) return false;
  return lasts(fieldIn(item, 'endDate'), days, today);
}

function lasts(end: Json | undefined, days: number, today: string): boolean {
  if (typeof end !== 'string' || isOpenEnd(end)) return true;
  const over = daysAfter(end, days + 1);
  if (over <= today) return false;
  mayChangeOn(over);
  return true;
}

/** A field of what may be no object at all. */
export function fieldIn(item: Json | undefined, field: string): Json | undefined {
  return typeof item === 'object' && item !== null && !isList(item) ? item[field] : undefined;
}
