import type { Json } from '../../message/message.ts';
import { Parked, type RulePlace } from '../language/parked.ts';
import type { Evaluate, Scope } from './evaluation.ts';

/** Evaluates an expression; what it cannot make of its values parks, and is not quoted. */
export function guarded(evaluate: Evaluate, scope: Scope, place: RulePlace): Json | undefined {
  try {
    return evaluate(scope);
  } catch (error) {
    if (error instanceof Parked || !(error instanceof Error)) throw error;
    throw new Parked('EXPRESSION_FAILED', reasonOf(error), place);
  }
}

/** The kind of a CEL fault: a key of a schema may be told, a value never. */
export function reasonOf(error: Error): string {
  const key = /^No such key: ([A-Za-z]\w*)/.exec(error.message)?.[1];
  return key === undefined ? 'the expression does not fit the value' : `the value has no ${key}`;
}
