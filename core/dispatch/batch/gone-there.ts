import { comparableId } from '../../connector/objects/held-ids.ts';
import type { Operation, Outcome } from '../../connector/sink.ts';
import type { Run } from '../../store/run-store.ts';
import { keptValue, type Store } from '../../store/store.ts';
import type { Operate } from './decide.ts';

/** What runs have met of a target's losses. */
interface Lost {
  /** The first of them, and when it began, epoch milliseconds. */
  readonly run: string;
  readonly since: number;
  /** At how many objects, over all of them. */
  readonly count: number;
}

/** By target, until somebody has looked for drift there. */
export const LOST = keptValue<Lost>('lost there');

/** Takes note of how many objects a run met it at. */
export async function noteLost(
  store: Store,
  target: string,
  { id, startedAt }: Pick<Run, 'id' | 'startedAt'>,
  count: number,
): Promise<void> {
  if (count === 0) return;
  const before = (await LOST.read(store, target)) ?? { run: id, since: startedAt, count: 0 };
  await LOST.write(store, target, { ...before, count: before.count + count });
}

/**
 * `<kind>/<key>` of what was to be changed by the id that the target gave, and is another there by
 * now: as after somebody has deleted it there, or has restored a backup.
 */
export function goneIn(
  batch: readonly Pick<Operate, 'operation'>[],
  outcomes: readonly Outcome[],
): readonly string[] {
  return batch.flatMap(({ operation }, index) =>
    isGone(operation, outcomes[index]) ? [`${operation.objectKind}/${operation.key}`] : [],
  );
}

function isGone(
  { action, previous, remoteId, formerKey }: Operation,
  outcome: Outcome | undefined,
): boolean {
  const isKnown = previous !== null && remoteId !== null && formerKey === null;
  if (!isKnown || action === 'delete' || outcome === undefined) return false;
  const { remoteId: shown } = outcome.kind === 'failed' ? (outcome.notTaken ?? {}) : outcome;
  const isAnother = outcome.kind !== 'failed' && outcome.isAnother === true;
  return isAnother || (shown !== undefined && comparableId(shown) !== comparableId(remoteId));
}
