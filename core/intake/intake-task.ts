import type { Config, SourceRules } from '../config/config.ts';
import type { Source } from '../connector/connector.ts';
import type { Context } from '../flow/context.ts';
import type { InboundContext, InboundMapping } from '../mapping/compiled.ts';
import type { Problem } from '../message/message.ts';
import type { Part } from '../store/intake-store.ts';
import type { Identity } from './identity/identity.ts';

/** What every intake of a hub shares. */
export interface IntakeContext extends Context {
  readonly config: Config;
  /** Whether what this stream says of this kind only adds to what other streams say. */
  readonly isSupplement: (part: Part) => boolean;
  readonly identity: Identity;
}

/** One intake: which module is read, how, and by which run. */
export interface IntakeTask {
  readonly module: string;
  readonly run: string;
  /** Throws where the source cannot be reached: nothing is changed then. */
  readonly openSource: () => Promise<Source>;
  readonly mappings: readonly InboundMapping[];
  readonly rules: SourceRules;
  /** What was odd in the deliveries that the same sync took in before this one. */
  readonly remarks: readonly Problem[];
}

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
