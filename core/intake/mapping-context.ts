import type { IntakeContext } from '../mapping/compiled.ts';
import type { IntakeSurroundings, IntakeTask } from './intake-task.ts';

/** What mappings may ask about while they read a record of a module. */
export function mappingContext(
  { module }: Pick<IntakeTask, 'module'>,
  { identity, today }: Pick<IntakeSurroundings, 'identity' | 'today'>,
): IntakeContext {
  const unsaid = identity.unsaidOf(module);
  return {
    today: today(),
    identify: (of, ...about) => identity.idOf(of ?? unsaid, ...about),
    identifyOwn: (of, ...about) => identity.ownIdOf(of ?? unsaid, ...about),
  };
}
