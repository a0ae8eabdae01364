import type { EntityRef } from '../../message/message.ts';
import { keptValue, type Store } from '../../store/store.ts';

/** By kind of entity: id -> epoch milliseconds. */
const SINCE = keptValue<Readonly<Record<string, number>>>('protected since');

/** Since when those of a kind are protected; nobody of whom an older version has heard it. */
export async function readProtectedSince(
  store: Store,
  kind: string,
): Promise<ReadonlyMap<string, number>> {
  return new Map(Object.entries((await SINCE.read(store, kind)) ?? {}));
}

/** Notes it of those who are newly protected; a run that is repeated leaves the first time. */
export async function noteProtectedSince(
  store: Store,
  entities: readonly EntityRef[],
  now: number,
): Promise<void> {
  for (const kind of new Set(entities.map((one) => one.kind))) {
    const own = entities.filter((one) => one.kind === kind).map(({ id }) => [id, now]);
    const before = (await SINCE.read(store, kind)) ?? {};
    await SINCE.write(store, kind, { ...Object.fromEntries(own), ...before });
  }
}

/** A person has released the entity. */
export async function forgetProtectedSince(store: Store, { kind, id }: EntityRef): Promise<void> {
  const { [id]: since, ...others } = (await SINCE.read(store, kind)) ?? {};
  if (since !== undefined) await SINCE.write(store, kind, others);
}
