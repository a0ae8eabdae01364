import { setTimeout as sleep } from 'node:timers/promises';
import type { Route } from './route.ts';

/** Longer than it takes to look for somebody, also in a large city. */
export const LEAST_MS = 100;

/**
 * That nobody is found takes as long for a protected person as for nobody: neither answer comes
 * before this time is over. What is found comes at once.
 */
export function evenly(answer: Route['answer']): Route['answer'] {
  return async (ask, house) => {
    const begunAt = performance.now();
    const told = await answer(ask, house);
    const isFound = told.kind !== 'missing' && !(told.kind === 'page' && told.status === 404);
    const left = () => LEAST_MS - (performance.now() - begunAt);
    // A timer that is begun in the middle of other work comes before its time.
    while (!isFound && left() > 0) await sleep(Math.ceil(left()));
    return told;
  };
}
