import assert from 'node:assert/strict';
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
      assert.ok('text' in compiled, word);
    }
  });
});
