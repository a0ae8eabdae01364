import { comparableId } from '../../connector/objects/held-ids.ts';
import type { Operation, Outcome } from '../../connector/sink.ts';
import type { Operate } from './decide.ts';

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
