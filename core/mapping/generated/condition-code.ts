import type { Entity, Json } from '../../message/message.ts';
import type { Ways } from '../compiled.ts';
import type { CompiledExpression } from '../language/cel.ts';
import type { Evaluate } from '../rules/evaluation.ts';
import { writeExpression } from './expressions.ts';
import { Source } from './source.ts';
import { inBothWays } from './ways.ts';

type Condition = (view: Entity, today: string) => unknown;

/** A condition on entities; the interpreter evaluates the first few. Throws what CEL throws. */
export function conditionCode(compiled: CompiledExpression): {
  readonly run: Condition;
  readonly ways: Ways<Condition>;
} {
  const { ast, absent, evaluate, reads } = compiled;
  const asksForToday = reads.includes('today');
  const recipe = { kind: 'expression', ast, absent, slots: new Map(), asksForToday } as const;
  const interpreted = (view: Entity, today: string): Json =>
    evaluate((name) => view[name], view, today);
  const inScope: Evaluate = ({ root, today }) => evaluate((name) => root[name], root, today);
  return inBothWays<Entity, string, unknown>(interpreted, () => {
    const source = new Source(0);
    source.line(`return ${writeExpression(source, { recipe, evaluate: inScope })};`);
    return { run: source.compile(), counts: source.counts };
  });
}
