import { type Finding, finding } from '../failure/finding.ts';
import { saying } from '../failure/saying.ts';
import type { FlowOutline } from '../flow/known/outline.ts';
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

/** Whom targets showed when they were asked after they were told to forget them: by flow. */
export async function stillShown(
  store: Store,
  flows: readonly FlowOutline[],
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const { target } of flows) {
    for (const { objectKind, origin, shownIn } of await readRetracted(store, target)) {
      if (shownIn.length === 0) continue;
      const said = saying('stillShown', { target, ...origin, where: shownIn });
      const about = { name: `${target} ${objectKind} ${origin.id}`, subject: target };
      found.push(finding({ kind: 'shown', ...about }, 'PROTECTED_SHOWN', said));
    }
  }
  return found;
}
