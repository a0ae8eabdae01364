import type { UnitLimits } from '../config/rules/guards.ts';

export type Verb = (typeof VERBS)[number];

export const VERBS = ['replace', 'create', 'update', 'delete'] as const;
export const LIMIT_OF = {
  replace: 'maxReplace',
  create: 'maxCreate',
  update: 'maxUpdate',
  delete: 'maxDelete',
} as const;

/**
 * The one rule of all guards: whether so many, beside so many that are held, are more than passes.
 * What a source lacks of what is kept from it are deletions.
 */
export function exceeds(limits: UnitLimits, verb: Verb, count: number, held: number): boolean {
  return count > limits.minimum && count > held * limits[LIMIT_OF[verb]];
}
