import { InvalidArgumentError } from 'commander';

/** Reads the whole number that an option takes. */
export function wholeNumber(written: string): number {
  if (!/^\d{1,9}$/.test(written)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(written);
}

/** Reads how many an option asks for: none of them would look as if there were none. */
export function atLeastOne(written: string): number {
  const number = wholeNumber(written);
  if (number === 0) throw new InvalidArgumentError('It must be 1 or more.');
  return number;
}

/** Reads a day of the calendar, `YYYY-MM-DD`. */
export function calendarDay(written: string): string {
  const isWritten = /^\d{4}-\d{2}-\d{2}$/.test(written);
  const day = isWritten ? new Date(`${written}T00:00:00Z`) : null;
  if (day !== null && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(written)) {
    return written;
  }
  throw new InvalidArgumentError('It must be a day of the calendar, such as 2026-09-01.');
}
