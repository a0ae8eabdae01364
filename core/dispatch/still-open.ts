import type { FailureCode } from '../failure/catalogue.ts';
import { type Failure, TransientFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import { inBatches } from '../message/batches.ts';
import type { Store } from '../store/store.ts';

/** Ids of what has failed at a target or source, to tell afterwards what is resolved. */
export async function openFailures(store: Store, target: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const batch of store.messages.scan({ target, state: ['failed', 'blocked'] })) {
    ids.push(...batch.map(({ id }) => id));
  }
  return ids;
}

/** How many of them are there no more. */
export async function resolvedOf(store: Store, ids: readonly string[]): Promise<number> {
  let open = 0;
  for (const batch of inBatches(ids, 1000)) {
    open += (await store.messages.get(batch)).length;
  }
  return ids.length - open;
}

/** Not delivered is not done: why something waits for its next attempt, as the run's failure. */
export async function whyWaiting(store: Store, target: string): Promise<Failure | null> {
  const open = { target, type: ['deliver'], state: ['waiting', 'retrying'] } as const;
  const count = await store.messages.count(open);
  if (count === 0) return null;
  for await (const messages of store.messages.scan(open)) {
    const problem = messages.find((message) => message.problem !== null)?.problem;
    if (problem == null) continue;
    // SAFETY: only failures of ours become problems of deliveries.
    const code = problem.code as FailureCode;
    const why = problem.said ?? problem.text;
    return new TransientFailure(code, saying('attemptsWait', { count, why }));
  }
  const said = saying('notSent', { target, count });
  return new TransientFailure('CONNECTION_LOST', said);
}
