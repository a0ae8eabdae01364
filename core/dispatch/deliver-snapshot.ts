import type { SnapshotSink } from '../connector/sink.ts';
import { printOfRunning } from '../flow/known/workspace-print.ts';
import type { Target } from '../flow/target.ts';
import type { Json, JsonObject } from '../message/message.ts';
import { keptValue, type Store } from '../store/store.ts';

export interface SnapshotContext {
  readonly store: Pick<Store, 'ledger' | 'getValue' | 'putValue'>;
  readonly signal: AbortSignal;
  /** Nothing of the set that is in place is taken over. */
  readonly isWhole: boolean;
  /** Objects written so far. */
  readonly onWritten: (objects: number) => void;
}

/**
 * Writes the whole set of a target: what it has confirmed, with what is proposed laid over it. So
 * an object that cannot be made now appears as it was last delivered. Where the set before is in
 * place as it was written, only what is around a change is made anew. Only when the set is in place
 * is what was proposed taken into the ledger; a crash in between repeats the same set.
 */
export async function deliverSnapshot(
  target: Target,
  sink: SnapshotSink,
  { store, signal, isWhole, onWritten }: SnapshotContext,
): Promise<void> {
  const program = printOfRunning();
  const kept = await LAST_SET.read(store, target.name);
  const before = isWhole || kept?.program !== program ? null : kept;
  // From here on nobody knows what is in place, until it is confirmed.
  if (kept !== null) await LAST_SET.write(store, target.name, null);
  const writer = await sink.begin(signal, before?.memory ?? null);
  const ends: Record<string, readonly string[]> = {};
  let written = 0;
  const write = async (kind: string, objects: readonly JsonObject[]) => {
    await writer.write(kind, objects);
    written += objects.length;
    onWritten(written);
  };
  try {
    for (const { kind } of target.kinds) {
      const own = before?.ends[kind] ?? [];
      const former = writer.former?.holds(kind, own.length) === true ? writer.former : null;
      const now: string[] = [];
      for await (const span of store.ledger.proposedSet(target.name, kind, former ? own : [])) {
        signal.throwIfAborted();
        if ('objects' in span) await write(kind, span.objects);
        else await former?.keep(kind, span.from, span.to);
        now.push(...('objects' in span ? [span.end] : own.slice(span.from, span.to)));
      }
      ends[kind] = now;
    }
    await writer.commit();
  } catch (failure) {
    await writer.abort();
    throw failure;
  }
  await store.ledger.confirm(target.name);
  const memory = writer.memory?.() ?? null;
  if (memory === null || !isSmall(ends)) return;
  await LAST_SET.write(store, target.name, { program, ends, memory });
}

/** What a store keeps under one name has a limit, that of some four million objects. */
function isSmall(ends: Readonly<Record<string, readonly string[]>>): boolean {
  const lists = Object.values(ends);
  return lists.flat().reduce((sum, end) => sum + end.length + WRITTEN, 0) < MOST_CHARACTERS;
}

/** Of the digits that the sink remembers for each place. */
const WRITTEN = 30;
const MOST_CHARACTERS = 8_000_000;

/** The set that is in place at a target, as the ledger says it. */
interface LastSet {
  /** Print of the program that wrote it. */
  readonly program: string;
  /** By kind: where its spans end in the ledger. */
  readonly ends: Readonly<Record<string, readonly string[]>>;
  /** What its writer remembers of it. */
  readonly memory: Json;
}

/** By target; of one store: it has places in the order of the ledger that wrote it. */
export const LAST_SET = keptValue<LastSet>('last set');

/** By target: the wish that one that takes whole sets gets its set again. */
export const REWRITE = keptValue<boolean>('rewrite');
