import type { InboundContext } from '../mapping/compiled.ts';
import type { IntakeContext, IntakeTask } from './intake-task.ts';

/** What mappings may ask about while they read a record of a module. */
export function inboundContext(
  { module }: Pick<IntakeTask, 'module'>,
  { identity, today }: Pick<IntakeContext, 'identity' | 'today'>,
): InboundContext {
  const unsaid = identity.unsaidOf(module);
  return {
    today: today(),
    identify: (of, ...about) => identity.idOf(of ?? unsaid, ...about),
    identifyOwn: (of, ...about) => identity.ownIdOf(of ?? unsaid, ...about),
  };
}
