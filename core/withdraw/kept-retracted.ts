import type { EntityRef } from '../message/message.ts';
import { keptValue, type Store } from '../store/store.ts';

/** An object that a target was told to forget, since it shows a protected person. */
export interface Retracted {
  readonly objectKind: string;
  readonly key: string;
  readonly remoteId: string | null;
  /** The protected person, or what is nothing without one. */
  readonly origin: EntityRef;
  /** Kinds of objects in which the target has shown it since. */
  readonly shownIn: readonly string[];
}

/** By target. */
const RETRACTED = keptValue<readonly Retracted[]>('retracted');

/** What a target was told to forget, and is not yet known to have forgotten. */
export async function readRetracted(store: Store, target: string): Promise<readonly Retracted[]> {
  return (await RETRACTED.read(store, target)) ?? [];
}

export async function writeRetracted(
  store: Store,
  target: string,
  all: readonly Retracted[],
): Promise<void> {
  await RETRACTED.write(store, target, all.length === 0 ? null : all);
}
