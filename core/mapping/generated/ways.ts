import type { Code, Ways } from '../compiled.ts';

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
