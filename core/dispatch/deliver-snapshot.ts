import type { SnapshotSink } from '../connector/sink.ts';
import type { Target } from '../flow/target.ts';
import type { LedgerStore } from '../store/ledger-store.ts';
import { keptValue } from '../store/store.ts';

export interface SnapshotContext {
  readonly ledger: LedgerStore;
  readonly signal: AbortSignal;
  /** Objects written so far. */
  readonly onWritten: (objects: number) => void;
}

/**
 * Writes the whole set of a target: what it has confirmed, with what is proposed laid over it. So
 * an object that cannot be made now appears as it was last delivered. Only when the set is in place
 * is what was proposed taken into the ledger; a crash in between repeats the same set.
 */
export async function deliverSnapshot(
  target: Target,
  sink: SnapshotSink,
  { ledger, signal, onWritten }: SnapshotContext,
): Promise<void> {
  const writer = await sink.begin(signal);
  let written = 0;
  try {
    for (const { kind } of target.kinds) {
      for await (const objects of ledger.proposedObjects(target.name, kind)) {
        signal.throwIfAborted();
        await writer.write(kind, objects);
        written += objects.length;
        onWritten(written);
      }
    }
    await writer.commit();
  } catch (failure) {
    await writer.abort();
    throw failure;
  }
  await ledger.confirm(target.name);
}

/** By target: the wish that one that takes whole sets gets its set again. */
export const REWRITE = keptValue<boolean>('rewrite');
