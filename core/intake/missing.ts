import { createHash } from 'node:crypto';
import { missingRuleOf } from '../config/source-rules.ts';
import { nameOf } from '../message/digest.ts';
import type { PartRemoval, Store } from '../store/store.ts';
import type { IntakeTask } from './intake-task.ts';
import type { Receiver } from './receive.ts';

export type MissingPart = PartRemoval & { readonly missedRuns: number };

/** What a full stream no longer holds of what is kept from it. */
export interface Missing {
  readonly count: number;
  /** The same for the same parts. */
  readonly digest: string;
  /** All of it as often as asked for; few are in memory, many are read again. */
  readonly batches: () => AsyncIterable<readonly MissingPart[]>;
}

type Task = Pick<IntakeTask, 'module' | 'run' | 'rules'>;

const IN_MEMORY = 10_000;

/**
 * What every full stream no longer holds, by stream. Streams whose missing parts stay in any case
 * are left out: those of which the rules say so, and those of which a bad record could not even be
 * identified; it might be the one that seems to be missing.
 */
export async function findMissing(
  task: Task,
  store: Store,
  receiver: Receiver,
): Promise<ReadonlyMap<string, Missing>> {
  const found = new Map<string, Missing>();
  for (const [stream, { unidentified }] of receiver.fullStreams()) {
    if (unidentified > 0 || missingRuleOf(task.rules, stream).kind === 'keep') continue;
    found.set(stream, await missingOf(task, store, stream));
  }
  return found;
}

async function missingOf({ run, module }: Task, store: Store, stream: string): Promise<Missing> {
  const unseen = () => store.intake.unseen(run, module, stream);
  const hash = createHash('sha256');
  const first: MissingPart[] = [];
  let count = 0;
  for await (const batch of unseen()) {
    for (const { entity, part } of batch) hash.update(JSON.stringify([entity, part]));
    if (count + batch.length <= IN_MEMORY) first.push(...batch);
    count += batch.length;
  }
  const digest = nameOf(hash.digest('base64url'));
  const inMemory = async function* () {
    if (first.length > 0) yield first;
  };
  return { count, digest, batches: count === first.length ? inMemory : unseen };
}

/** What is missing goes, or goes after some more runs; what is withheld stays as it was. */
export async function removeMissing(
  { run, rules }: Task,
  store: Store,
  receiver: Receiver,
  missing: ReadonlyMap<string, Missing>,
  withoutHeld: (parts: readonly MissingPart[]) => Promise<readonly MissingPart[]>,
): Promise<void> {
  for (const [stream, { batches }] of missing) {
    const rule = missingRuleOf(rules, stream);
    const runsBefore = rule.kind === 'after' ? rule.runs - 1 : 0;
    for await (const batch of batches()) {
      const parts = await withoutHeld(batch);
      const gone = parts.filter((part) => part.missedRuns >= runsBefore);
      const missed = parts.filter((part) => part.missedRuns < runsBefore);
      await store.intake.stageRemovals(run, gone);
      await store.intake.markMissed(run, missed);
      receiver.countRemoved(gone.length);
    }
  }
}
