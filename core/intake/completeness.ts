import { digestOf } from '../message/digest.ts';
import type { Store } from '../store/store.ts';
import type { IntakeTask } from './intake-task.ts';
import type { Receiver } from './receive.ts';

/** Below this many parts a stream is too small for fractions to mean anything. */
const SMALLEST_GUARDED = 20;

export interface Shrinkage {
  readonly text: string;
  readonly counts: Readonly<Record<string, number>>;
  /** The same for the same numbers: what a person approves. */
  readonly digest: string;
}

/** Full streams that hold fewer parts than `minRecords` of what is kept from them; null if none. */
export async function shrinkage(
  task: Pick<IntakeTask, 'module' | 'rules'>,
  store: Store,
  receiver: Receiver,
): Promise<Shrinkage | null> {
  const counts: Record<string, number> = {};
  const texts: string[] = [];
  for (const [stream, { parts: read }] of receiver.fullStreams()) {
    const kept = await store.intake.countParts(task.module, stream);
    if (kept < SMALLEST_GUARDED || read >= kept * task.rules.minRecords) continue;
    counts[`${stream} read`] = read;
    counts[`${stream} kept`] = kept;
    texts.push(`${stream}: ${read} where the last good run left ${kept}`);
  }
  if (texts.length === 0) return null;
  const least = `at least ${Math.round(task.rules.minRecords * 100)} % is expected`;
  return {
    text: `${task.module} delivered too little: ${texts.join('; ')} (${least})`,
    counts,
    digest: digestOf(counts),
  };
}
