import { InvalidArgumentError } from 'commander';

/** Reads the day that an option takes: one that the calendar has. */
export function aDay(written: string): string {
  const at = Date.parse(`${written}T00:00Z`);
  const isDay = !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === written;
  if (!isDay) throw new InvalidArgumentError('It must be a day, YYYY-MM-DD.');
  return written;
}
