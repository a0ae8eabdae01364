import { InvalidArgumentError } from 'commander';

/** Reads the whole number that an option takes. */
export function wholeNumber(written: string): number {
  if (!/^\d{1,9}$/.test(written)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(written);
}
