import assert from 'node:assert/strict';
import { compileExpression } from './cel.ts';
import { asksWhose } from './ours.ts';

describe('an expression that asks whose something is', () => {
  const asks = (expression: string) => {
    const variables = [{ name: 'enrolments', whenAbsent: [], schema: {} }];
    const compiled = compileExpression(expression, variables, {});
    assert.ok('ast' in compiled, expression);
    return asksWhose(compiled.ast);
  };

  it('may mean others where it says so, or reads who governs by itself', () => {
    for (const expression of [
      '!ours(it)',
      'ours(it) == false',
      'ours(it) ? "a" : "b"',
      'enrolments.all(e, ours(e))',
      '!enrolments.exists(e, ours(e))',
      'it.skolnav.governedBy == "Other"',
      'it["skolnav"]["governedBy"] == "Other"',
    ])
      assert.equal(asks(expression), true, expression);
  });

  it('means ours alone where that is all that it asks', () => {
    for (const expression of [
      'ours(it)',
      'ours(it) && it.kind == "x" || ours(it)',
      'enrolments.exists(e, ours(e) && active(e))',
      'enrolments.filter(e, ours(e))',
      'enrolments.exists(e, active(e))',
    ])
      assert.equal(asks(expression), false, expression);
  });
});
