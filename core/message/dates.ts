/** The last day of dates of four digits: what never changes by the calendar alone. */
export const FOREVER = '9999-12-31';

/**
 * The first day of the calendar as programs write it that must not leave a first day empty: since
 * ever. As a last day, a birth date or any other it is none.
 */
export const SINCE_EVER = '0001-01-01';

const DAY_MS = 86_400_000;
/** More days than that lead out of the calendar from wherever one begins. */
const MOST_DAYS = 4_000_000;

/** Sums of dates and days that were asked for: a city has few, and asks for them often. */
const sums = new Map<number, Map<string, string>>();
const MOST_SUMS = 10_000;

/**
 * The day so many days after another (`YYYY-MM-DD`), or before it. The calendar ends with `FOREVER`,
 * and begins with the year 0: a sum that leads out of it is its last day, or its first. Of what is
 * no date it is the empty text, which comes before every day.
 */
export function daysAfter(date: string, days: number): string {
  const known = sums.get(days) ?? new Map<string, string>();
  if (known.size > MOST_SUMS) known.clear();
  if (sums.size > MOST_SUMS) sums.clear();
  sums.set(days, known);
  const sum = known.get(date) ?? added(date, days);
  known.set(date, sum);
  return sum;
}

const BEGIN = '0000-01-01';
const LAST_MS = Date.parse(`${FOREVER}T00:00Z`);
const FIRST_MS = Date.parse(`${BEGIN}T00:00Z`);

function added(date: string, days: number): string {
  if (!isDate(date)) return '';
  const within = Math.max(-MOST_DAYS, Math.min(MOST_DAYS, Math.trunc(days)));
  const atMs = Date.parse(`${date}T00:00Z`) + within * DAY_MS;
  if (atMs >= LAST_MS) return FOREVER;
  return atMs <= FIRST_MS ? BEGIN : new Date(atMs).toISOString().slice(0, 10);
}

/** Whether the calendar has such a day, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const atMs = Date.parse(`${text}T00:00Z`);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text);
}

/** Days from one date to another; NaN where one of them is none. */
export function daysBetween(from: string, to: string): number {
  if (!isDate(from) || !isDate(to)) return Number.NaN;
  return Math.round((Date.parse(`${to}T00:00Z`) - Date.parse(`${from}T00:00Z`)) / DAY_MS);
}

export function earlierOf(one: string, other: string): string {
  return one < other ? one : other;
}

const NO_DAY = /^(?:0[0\-./: T]*|9{2,4}[-./]?9{2}[-./]?9{2,4})$/;
/** No register knows a last day so far ahead; those that cannot leave one out write one. */
const OPEN_FROM_YEAR = 2900;

/**
 * Whether a last day says that there is none: registers write 9999-12-31, 2999-12-31, or a date of
 * nothing but noughts or nines where theirs must not be empty.
 */
export function isOpenEnd(lastDay: string): boolean {
  const text = lastDay.trim();
  if (NO_DAY.test(text)) return true;
  return /^\d{4}-\d{2}-\d{2}/.test(text) && Number(text.slice(0, 4)) >= OPEN_FROM_YEAR;
}

/** What a day of a record may be: the annotation `x-day` of canonical schemas. */
export type DayKind = 'first' | 'born' | 'plain';

/** Nobody who is in a register was born before. */
const FIRST_BIRTH = '1900-01-01';
const FIRST_YEAR = 1000;

/**
 * Whether something of a record can have happened on a day (`YYYY-MM-DD`), or will: no birth after
 * `today`, nothing in a year of three digits or so far ahead that only open ends are written so.
 */
export function canBe(day: string, kind: DayKind, today: string): boolean {
  if (kind === 'born') return day >= FIRST_BIRTH && day <= today;
  if (kind === 'first' && day === SINCE_EVER) return true;
  return isNotTooEarly(day) && Number(day.slice(0, 4)) < OPEN_FROM_YEAR;
}

/** Whether a last day can be one: an open end can, a day that only stands for none there cannot. */
export function isNotTooEarly(day: string): boolean {
  return Number(day.slice(0, 4)) >= FIRST_YEAR;
}
