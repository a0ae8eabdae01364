import { daysAfter } from '../message/dates.ts';

/** Formats by their options: making one takes five times as long as using it. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** The date of an instant in a time zone, `YYYY-MM-DD`. */
export function dateIn(timeZone: string, epochMs: number): string {
  return formatIn(timeZone).format(epochMs);
}

/** What a clock on the wall shows at an instant, `YYYY-MM-DDTHH:MM`. */
export function wallClockIn(timeZone: string, epochMs: number): string {
  return formatIn(timeZone, 'short').format(epochMs).replace(' ', 'T');
}

/** The same for a person to read, `YYYY-MM-DD HH:MM:SS`. */
export function sayTime(timeZone: string, epochMs: number): string {
  return formatIn(timeZone, 'medium').format(epochMs);
}

/** When a day begins on the wall there, in epoch milliseconds. */
export function startOf(timeZone: string, date: string): number {
  const midnight = `${date}T00:00`;
  const guess = Date.parse(`${midnight}Z`);
  return guess - minutesBetween(midnight, wallClockIn(timeZone, guess)) * 60_000;
}

function formatIn(timeZone: string, timeStyle?: 'short' | 'medium'): Intl.DateTimeFormat {
  const name = `${timeZone} ${timeStyle}`;
  const known = FORMATS.get(name);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle });
  FORMATS.set(name, format);
  return format;
}

/** Minutes from one time on the wall to another; as if no summer time came between. */
export function minutesBetween(from: string, to: string): number {
  return (Date.parse(`${to}Z`) - Date.parse(`${from}Z`)) / 60_000;
}

/** The first time on the wall after one that shows this time of day (`06:00`). */
export function nextAt(wall: string, timeOfDay: string): string {
  const [date = '', time = ''] = wall.split('T');
  if (time < timeOfDay) return `${date}T${timeOfDay}`;
  return `${daysAfter(date, 1)}T${timeOfDay}`;
}
