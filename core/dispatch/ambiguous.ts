import type { Json } from '../message/message.ts';
import type { Store } from '../store/store.ts';

/** Who may be which object of the target, and nobody has decided: kind -> our key -> its ids. */
export type Ambiguous = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** What adoption has left for a person to decide. */
export async function readAmbiguous(store: Store, target: string): Promise<Ambiguous> {
  // SAFETY: only `writeAmbiguous` writes it.
  const kept = ((await store.getValue(nameOf(target))) ?? {}) as Record<
    string,
    Record<string, string[]>
  >;
  return new Map(
    Object.entries(kept).map(([kind, keys]) => [kind, new Map(Object.entries(keys))] as const),
  );
}

export async function writeAmbiguous(store: Store, target: string, all: Ambiguous): Promise<void> {
  const kinds = [...all].map(([kind, keys]): [string, Json] => [kind, Object.fromEntries(keys)]);
  await store.putValue(nameOf(target), Object.fromEntries(kinds));
}

function nameOf(target: string): string {
  return `undecided ${target}`;
}
