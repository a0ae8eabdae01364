import { HeldFailure } from '../failure/failure.ts';
import type { Trouble } from '../message/message.ts';

/** Limits on what one plan may change; fractions of what the target holds of a kind, 0-1. */
export interface Limits {
  readonly maxCreate: number;
  readonly maxDelete: number;
  readonly maxUpdate: number;
  /** Up to this many changes of a kind always pass. */
  readonly minimum: number;
}

export interface GuardedCounts {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly held: number;
}

/** From so many objects of a kind on, a target counts as loaded. */
const LOADED = 100;

/** Why this plan must wait for a person; empty if it may go. */
export function judgePlan(
  target: string,
  kinds: ReadonlyMap<string, GuardedCounts>,
  limits: Limits,
): readonly Trouble[] {
  const reasons: Trouble[] = [];
  for (const [kind, counts] of kinds) {
    const isLoaded = counts.held >= LOADED;
    const checks = [
      {
        verb: 'create',
        count: isLoaded ? counts.create : 0,
        most: limits.maxCreate,
        limit: 'maxCreate',
      },
      { verb: 'delete', count: counts.delete, most: limits.maxDelete, limit: 'maxDelete' },
      { verb: 'update', count: counts.update, most: limits.maxUpdate, limit: 'maxUpdate' },
    ];
    for (const { verb, count, most, limit } of checks) {
      if (count <= limits.minimum || count <= counts.held * most) continue;
      const percent = Math.round((count / Math.max(1, counts.held)) * 1000) / 10;
      const text =
        `${target}: the plan would ${verb} ${count} ${verb === 'create' ? 'beside' : 'of'} ${counts.held} ${kind} (${percent} %); ` +
        `${limit} allows ${Math.round(most * 1000) / 10} %`;
      reasons.push(new HeldFailure('GUARD_LIMIT', text).toTrouble());
    }
  }
  return reasons;
}
