/**
 * Leaves a test out, or in a hook all tests of its suite, and says in their titles why. The one way
 * to leave a test out: a reader of the run must not have to guess what was not looked at.
 */
export function pending(context: Mocha.Context, why: string): never {
  const { test } = context;
  const isHook = test !== undefined && 'type' in test && test.type === 'hook';
  const tell = (one: { title: string }) => {
    if (!one.title.endsWith(`(${why})`)) one.title += ` (${why})`;
  };
  if (isHook) test.parent?.eachTest(tell);
  else if (test !== undefined) tell(test);
  return context.skip();
}
