import { keptValue, type Store } from '../store/store.ts';

/** Who may be which object of the target, and nobody has decided: kind -> our key -> its ids. */
export type Ambiguous = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** By target. */
const KEPT = keptValue<Record<string, Record<string, readonly string[]>>>('undecided');

/** What adoption has left for a person to decide. */
export async function readAmbiguous(store: Store, target: string): Promise<Ambiguous> {
  const kept = Object.entries((await KEPT.read(store, target)) ?? {});
  return new Map(kept.map(([kind, keys]) => [kind, new Map(Object.entries(keys))]));
}

export async function writeAmbiguous(store: Store, target: string, all: Ambiguous): Promise<void> {
  const kinds = [...all].map(([kind, keys]) => [kind, Object.fromEntries(keys)] as const);
  await KEPT.write(store, target, Object.fromEntries(kinds));
}
