import type { Entity, Json } from '../../message/message.ts';
import type { Code, Ways } from '../compiled.ts';
import type { CompiledExpression } from '../language/cel.ts';
import type { Evaluate } from '../rules/evaluation.ts';
import { writeExpression } from './expressions.ts';
import { Source } from './source.ts';

/** So many evaluations are over before code for them would be: a command often asks fewer. */
const FEW = 100;

/** What a mapping does, by its interpreter for the first few, and by its code from there on. */
export function inBothWays<G, C, R>(
  interpreted: (given: G, context: C) => R,
  generate: () => Code<(given: G, context: C) => R>,
): {
  readonly run: (given: G, context: C) => R;
  readonly ways: Ways<(given: G, context: C) => R>;
} {
  let code: Code<(given: G, context: C) => R> | null = null;
  let asked = 0;
  const generated = () => {
    code ??= generate();
    return code;
  };
  const run = (given: G, context: C) => {
    if (code !== null) return code.run(given, context);
    asked += 1;
    return asked > FEW ? generated().run(given, context) : interpreted(given, context);
  };
  return { run, ways: { interpreted, generated } };
}

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
