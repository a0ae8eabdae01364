import { setFlagsFromString } from 'node:v8';

/** Above what lives, in hundredths. */
const GROWTH = 50;

/**
 * Lets the heap grow by half of what lives in it before it is collected. Left alone it grows to
 * four times that on a machine with much memory: a third more for the whole process, no faster.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}
