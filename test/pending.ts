/**
 * Leaves a test out, or in a hook the tests of its suite, and says in their titles why. The one way
 * to leave a test out: a reader of the run must not have to guess what was not looked at.
 */
export function pending(context: Mocha.Context, why: string): never {
  const { test } = context;
  const isHook = test !== undefined && 'type' in test && test.type === 'hook';
  const left = isHook ? (test.parent?.tests ?? []) : [test];
  for (const one of left.filter((each) => each !== undefined))
    if (!one.title.endsWith(`(${why})`)) one.title += ` (${why})`;
  return context.skip();
}
