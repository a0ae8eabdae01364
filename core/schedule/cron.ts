import { saying } from '../failure/saying.ts';
import type { Saying } from '../message/message.ts';

interface Field {
  readonly name: Saying;
  readonly least: number;
  readonly most: number;
}

const FIELDS: readonly Field[] = [
  { name: saying('cronMinute', {}), least: 0, most: 59 },
  { name: saying('cronHour', {}), least: 0, most: 23 },
  { name: saying('cronDay', {}), least: 1, most: 31 },
  { name: saying('cronMonth', {}), least: 1, most: 12 },
  { name: saying('cronWeekday', {}), least: 0, most: 7 },
];

/** What is wrong with a five-field cron expression; null if nothing is. */
export function cronFault(expression: string): Saying | null {
  const written = expression.trim().split(/\s+/);
  if (written.length !== FIELDS.length) {
    return saying('cronFields', {});
  }
  for (const [index, field] of FIELDS.entries()) {
    const parts = (written[index] ?? '').split(',');
    if (!parts.every((part) => valuesOf(part, field).length > 0)) {
      const { name, least, most } = field;
      return saying('cronField', { field: name, least, most });
    }
  }
  return latestTurn(expression, '2033-01-01T00:00') === null ? saying('cronNever', {}) : null;
}

/** The values of one part: `*`, `a`, `a-b`, each with a `/n`; none where it is not well formed. */
function valuesOf(part: string, { least, most }: Field): readonly number[] {
  const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
  if (match === null) return [];
  const [, first, last, step] = match;
  const from = first === undefined ? least : Number(first);
  const isOne = first !== undefined && last === undefined && step === undefined;
  const to = isOne ? from : last === undefined ? most : Number(last);
  if (from < least || to > most || step === '0') return [];
  const values: number[] = [];
  for (let value = from; value <= to; value += Number(step ?? 1)) values.push(value);
  return values;
}

const DAY_MS = 86_400_000;
/** Far enough back for 29 February. */
const MOST_DAYS = 8 * 366;

/**
 * The latest turn of an expression at or before a time, both as a clock on the wall shows them
 * (`2026-09-01T02:15`); null if it never comes. On the wall a turn in the hour that summer time
 * skips is due when the clock has leapt past it, and one in the hour that comes twice is due once:
 * the second time it is no later turn.
 */
export function latestTurn(expression: string, wall: string): string | null {
  const [minutes, hours, days, months, weekdays] = fieldsOf(expression);
  const [, , day = '*', , weekday = '*'] = expression.trim().split(/\s+/);
  const [date = '', time = ''] = wall.split('T');
  for (let back = 0; back < MOST_DAYS; back++) {
    const at = new Date(Date.parse(`${date}T00:00Z`) - back * DAY_MS);
    const isDay = days?.has(at.getUTCDate()) === true;
    const isWeekday =
      weekdays?.has(at.getUTCDay()) === true || (at.getUTCDay() === 0 && weekdays?.has(7) === true);
    // As in every cron: where both are limited, either is enough.
    const either = day !== '*' && weekday !== '*';
    const isDue = either ? isDay || isWeekday : isDay && isWeekday;
    if (!isDue || months?.has(at.getUTCMonth() + 1) !== true) continue;
    const found = latestTime(hours ?? new Set(), minutes ?? new Set(), back === 0 ? time : '24:00');
    if (found !== null) return `${at.toISOString().slice(0, 10)}T${found}`;
  }
  return null;
}

const MINUTE_MS = 60_000;

/** The first turn after a time on the wall; null if none comes. */
export function nextTurn(expression: string, wall: string): string | null {
  const from = Date.parse(`${wall}Z`);
  const wallAt = (minutes: number) =>
    new Date(from + minutes * MINUTE_MS).toISOString().slice(0, 16);
  const isPast = (minutes: number) => (latestTurn(expression, wallAt(minutes)) ?? '') > wall;
  let late = 1;
  for (; !isPast(late); late *= 2) if (late * MINUTE_MS > MOST_DAYS * DAY_MS) return null;
  let early = Math.floor(late / 2);
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (isPast(middle)) late = middle;
    else early = middle;
  }
  return wallAt(late);
}

/** A search for the next turn reads an expression some twenty times. */
const READ = new Map<string, readonly ReadonlySet<number>[]>();
const MOST_READ = 1000;

/** The values of each field. */
function fieldsOf(expression: string): readonly ReadonlySet<number>[] {
  const known = READ.get(expression);
  if (known !== undefined) return known;
  const fields = expression
    .trim()
    .split(/\s+/)
    .map((text, index) => new Set(text.split(',').flatMap((part) => valuesIn(part, index))));
  if (READ.size >= MOST_READ) READ.clear();
  READ.set(expression, fields);
  return fields;
}

function valuesIn(part: string, index: number): readonly number[] {
  const field = FIELDS[index];
  return field === undefined ? [] : valuesOf(part, field);
}

/** The latest `HH:MM` of these hours and minutes that is not after a time. */
function latestTime(
  hours: ReadonlySet<number>,
  minutes: ReadonlySet<number>,
  most: string,
): string | null {
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  for (const hour of [...hours].sort((a, b) => b - a)) {
    for (const minute of [...minutes].sort((a, b) => b - a)) {
      const time = `${twoDigits(hour)}:${twoDigits(minute)}`;
      if (time <= most) return time;
    }
  }
  return null;
}
