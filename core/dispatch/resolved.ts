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
  for (let at = 0; at < ids.length; at += 1000) {
    open += (await store.messages.get(ids.slice(at, at + 1000))).length;
  }
  return ids.length - open;
}
