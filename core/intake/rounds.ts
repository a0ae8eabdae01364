import type { Part, PartRemoval } from '../store/store.ts';

/** What records do, in their order. */
export type Change = { readonly put: Part } | { readonly remove: PartRemoval };

export interface Round {
  readonly parts: Part[];
  readonly removals: PartRemoval[];
}

/**
 * As few rounds as keep the order, the parts of each before its removals: who goes out and comes in
 * again in one file is in, who comes in and goes out again is out.
 */
export function inRounds(changes: readonly Change[]): readonly Round[] {
  let round: Round = { parts: [], removals: [] };
  const rounds = [round];
  const removed = new Set<string>();
  for (const change of changes) {
    if ('remove' in change) {
      removed.add(nameOf(change.remove));
      round.removals.push(change.remove);
      continue;
    }
    if (removed.size > 0 && removed.has(nameOf(change.put))) {
      round = { parts: [], removals: [] };
      rounds.push(round);
      removed.clear();
    }
    round.parts.push(change.put);
  }
  return rounds;
}

function nameOf({ entity, source, stream, part }: PartRemoval): string {
  return JSON.stringify([entity.kind, entity.id, source, stream, part]);
}
