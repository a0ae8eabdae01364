import type { Change, Double } from '../entity-store.ts';

/** Who has become the first of those who have the same, or is it no more. */
export function changedBy(
  kind: string,
  before: readonly Double[],
  after: readonly Double[],
): readonly Change[] {
  const changed = laterOnes(before).symmetricDifference(laterOnes(after));
  return [...changed].map((one) => {
    return { kind, id: one.slice(one.indexOf(' ') + 1), what: 'content' };
  });
}

/** Those who do not keep what is double. */
function laterOnes(doubles: readonly Double[]): Set<string> {
  return new Set(doubles.flatMap(({ as, ids }) => ids.slice(1).map((id) => `${as} ${id}`)));
}
