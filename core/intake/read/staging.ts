import type { IntakeStore, Part, PartRemoval } from '../../store/intake-store.ts';

/** What records do, in their order. */
export type Change = { readonly put: Part } | { readonly remove: PartRemoval };

/** Stages what the records of one run do, and counts it. */
export class Staging {
  readonly #intake: IntakeStore;
  readonly #run: string;
  readonly counts = { changed: 0, unchanged: 0, removed: 0 };

  constructor(intake: IntakeStore, run: string) {
    this.#intake = intake;
    this.#run = run;
  }

  async stage(changes: readonly Change[]): Promise<void> {
    for (const { parts, removals } of inRounds(changes)) {
      const { changed, unchanged } = await this.#intake.stage(this.#run, parts);
      const isIdle = removals.length === 0;
      const removed = isIdle ? 0 : await this.#intake.stageRemovals(this.#run, removals);
      this.counts.changed += changed;
      this.counts.unchanged += unchanged;
      this.counts.removed += removed;
    }
  }
}

interface Round {
  readonly parts: Part[];
  readonly removals: PartRemoval[];
}

/**
 * As few rounds as keep the order, the parts of each before its removals: who goes out and comes in
 * again in one file is in, who comes in and goes out again is out.
 */
function inRounds(changes: readonly Change[]): readonly Round[] {
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
