import { isList } from '../message/digest.ts';
import type { Json } from '../message/message.ts';

/** What never changes by the calendar alone. */
export const FOREVER = '9999-12-31';

/** The first day on which what is being judged may be otherwise; see `judgedUntil`. */
let horizon = FOREVER;

/**
 * Judges something, and answers with it the first day on which the dates that it asked about may
 * say something else: until then only a change of data can change the judgement.
 */
export function judgedUntil<T>(judge: () => T): { readonly result: T; readonly until: string } {
  const outer = horizon;
  horizon = FOREVER;
  try {
    const result = judge();
    return { result, until: horizon };
  } finally {
    horizon = outer;
  }
}

/** Notes that what is being judged may be otherwise from that day on. */
function mayChangeOn(day: string): void {
  if (day < horizon) horizon = day;
}

/** Notes that what is being judged may be otherwise tomorrow. */
export function mayChangeTomorrow(today: string): void {
  mayChangeOn(daysAfter(today, 1));
}

/** SS 12000: dates are inclusive, an absent end is open; `cancelled` was broken off in advance. */
export function isActive(item: Json, today: string): boolean {
  return isNotEnded(item, today) && hasBegun(item, today);
}

/** Active, or still to come. */
export function isNotEnded(item: Json, today: string): boolean {
  return endsAfter(item, 0, today);
}

/** Active, or ended at most so many days ago: a grace, so that a summer takes no account away. */
export function isRecent(item: Json, days: number, today: string): boolean {
  return endsAfter(item, days, today) && hasBegun(item, today);
}

/** Whole years from a date to today; 0 for what is no date. */
export function wholeYears(date: Json, today: string): number {
  if (typeof date !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return 0;
  const thisYear = Number(today.slice(0, 4));
  const years = thisYear - Number(date.slice(0, 4));
  const isAhead = today.slice(5) < date.slice(5);
  mayChangeOn(`${isAhead ? thisYear : thisYear + 1}${date.slice(4)}`);
  return isAhead ? years - 1 : years;
}

export function earlierOf(one: string, other: string): string {
  if (one < other) return one;
  return other;
}

function hasBegun(item: Json, today: string): boolean {
  const start = dateIn(item, 'startDate');
  if (start === undefined || start <= today) return true;
  mayChangeOn(start);
  return false;
}

/** Not cancelled, and ended at most so many days ago, if at all. */
function endsAfter(item: Json, days: number, today: string): boolean {
  if (fieldIn(item, 'cancelled') === true) return false;
  const end = dateIn(item, 'endDate');
  if (end === undefined) return true;
  const over = daysAfter(end, days + 1);
  if (over <= today) return false;
  mayChangeOn(over);
  return true;
}

/** Sums of dates and days that were asked for: a city has few, and asks for them often. */
const sums = new Map<number, Map<string, string>>();
const MOST_SUMS = 10_000;

/** The day so many days after another, or before it. */
export function daysAfter(date: string, days: number): string {
  const known = sums.get(days) ?? new Map<string, string>();
  if (known.size > MOST_SUMS) known.clear();
  sums.set(days, known);
  const sum = known.get(date) ?? added(date, days);
  known.set(date, sum);
  return sum;
}

/** A date that no calendar has is taken for one that has passed. */
function added(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return '';
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

function dateIn(item: Json, field: string): string | undefined {
  const value = fieldIn(item, field);
  return typeof value === 'string' ? value : undefined;
}

/** A field of what may be no object at all. */
export function fieldIn(item: Json | undefined, field: string): Json | undefined {
  return typeof item === 'object' && item !== null && !isList(item) ? item[field] : undefined;
}
