import { createHash } from 'node:crypto';
import { missingRuleOf } from '../../config/rules/source-rules.ts';
import { nameOf } from '../../message/digest.ts';
import type { UnseenPart } from '../../store/intake-store.ts';
import type { Store } from '../../store/store.ts';
import type { IntakeTask } from '../intake-task.ts';
import type { Receiver } from '../read/receive.ts';

export type MissingPart = UnseenPart;

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
 * What every full stream no longer holds, by stream, but for those of which the rules say that it
 * stays in any case.
 */
export async function findMissing(
  task: Task,
  store: Store,
  receiver: Receiver,
): Promise<ReadonlyMap<string, Missing>> {
  const found = new Map<string, Missing>();
  for (const stream of receiver.fullStreams().keys()) {
    if (missingRuleOf(task.rules, stream).kind === 'keep') continue;
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

/** Whether what is missing has been so in as many runs as the rules ask for, this one included. */
export function isDue(
  { missedRuns }: MissingPart,
  rules: IntakeTask['rules'],
  stream: string,
): boolean {
  const rule = missingRuleOf(rules, stream);
  return missedRuns >= (rule.kind === 'after' ? rule.runs - 1 : 0);
}

/** What is missing goes, or goes after some more runs; what is withheld stays as it was. */
export async function removeMissing(
  { run, rules }: Task,
  store: Store,
  receiver: Receiver,
  missing: ReadonlyMap<string, Missing>,
  isDoubted: (part: MissingPart) => boolean,
  withoutHeld: (parts: readonly MissingPart[]) => Promise<readonly MissingPart[]>,
): Promise<void> {
  for (const [stream, { batches }] of missing) {
    for await (const batch of batches()) {
      const parts = await withoutHeld(batch);
      const mayGo = (part: MissingPart) => !isDoubted(part) && isDue(part, rules, stream);
      const gone = parts.filter(mayGo);
      const missed = parts.filter((part) => !mayGo(part));
      await store.intake.stageRemovals(run, gone);
      await store.intake.markMissed(run, missed);
      receiver.countRemoved(gone.length);
    }
  }
}
