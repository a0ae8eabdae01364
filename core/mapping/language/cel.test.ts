import assert from 'node:assert/strict';
import { inEnglish } from '../../failure/saying.ts';
import type { Json } from '../../message/message.ts';
import { compileExpression } from './cel.ts';

const NAMES = ['as', 'in', 'namespace', 'package', 'for', 'name', 'School SIS ID'];

describe('an expression', () => {
  const variables = NAMES.map((name) => ({ name, whenAbsent: null, schema: {} }));

  it('is compiled whatever the fields of its record are called', () => {
    const compiled = compileExpression('name + "!"', variables, {});
    assert.ok('evaluate' in compiled);
    const record = { name: 'Kim', as: 'x' };
    assert.equal(
      compiled.evaluate((field) => Object(record)[field], record, '2026-09-01'),
      'Kim!',
    );
  });

  it('reads a field that has a word of the language for its name through the whole record', () => {
    const compiled = compileExpression('it["as"]', variables, {});
    assert.ok('evaluate' in compiled);
    assert.equal(
      compiled.evaluate(() => undefined, { as: 'x' }, '2026-09-01'),
      'x',
    );
  });

  it('that takes such a word for a variable is a fault with a place', () => {
    for (const word of ['as', 'in', 'namespace']) {
      const compiled = compileExpression(`1 == 1 && ${word} == "x"`, variables, {});
      assert.ok('said' in compiled, word);
    }
  });

  it('that calls a function or macro that nobody knows is told its name, with one that is near', () => {
    const cases = [
      ['activ(name)', 'no function "activ".', 'active', 0],
      ['1 == 1 && [name].exist(x, x == "a")', 'no function "exist".', 'exists', 17],
      ['[name].all(x, lowerAscii(x) == "a" || x.startWith("a"))', '"startWith"', 'startsWith', 40],
    ] as const;
    for (const [expression, text, near, offset] of cases) {
      const fault = compileExpression(expression, variables, {});
      assert.ok('said' in fault, expression);
      assert.ok(inEnglish(fault.said).includes(text), inEnglish(fault.said));
      assert.equal(inEnglish(fault.hint), `Did you mean "${near}"?`);
      assert.equal(fault.offset, offset);
    }
    for (const good of ['size(name) > 0', 'has(it.name)', 'name.lowerAscii() == "a"', 'ours(it)']) {
      assert.ok('evaluate' in compileExpression(good, variables, {}), good);
    }
  });

  it('makes no text of an object or a list: nobody is to be called "[object Object]"', () => {
    const compiled = compileExpression('text(name)', variables, {});
    assert.ok('evaluate' in compiled);
    const of = (name: Json) => compiled.evaluate(() => name, { name }, '2026-09-01');
    assert.deepEqual([of(3), of(true)], ['3', 'true']);
    for (const name of [{ given: 'Kim' }, ['Kim']]) assert.throws(() => of(name), TypeError);
  });
});
