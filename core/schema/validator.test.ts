import assert from 'node:assert/strict';
import { compileSchemaAll } from './validator.ts';

const NAME = { type: 'string', pattern: '^[a-z]+$', examples: ['absence'] };

describe('what a schema finds', () => {
  const rules = [
    [{ type: 'number', minimum: 1 }, 0, 'must be 1 or more'],
    [{ type: 'number', maximum: 65535 }, 99999, 'must be 65535 or less'],
    [{ type: 'string', minLength: 10 }, 'too short', 'must have 10 or more characters'],
    [{ type: 'string', maxLength: 2 }, 'long', 'must have 2 or fewer characters'],
    [{ type: 'array', minItems: 1 }, [], 'must have 1 or more entries'],
    [{ type: 'array', maxItems: 1 }, ['a', 'b'], 'must have 1 or fewer entries'],
    [{ type: 'object', minProperties: 1 }, {}, 'must have 1 or more keys'],
    [{ type: 'object', maxProperties: 1 }, { a: 1, b: 2 }, 'must have 1 or fewer keys'],
    [
      { type: 'array', uniqueItems: true },
      ['a', 'b', 'a'],
      'must not have the same entry twice: numbers 1 and 3 are alike',
    ],
  ] as const;
  for (const [rule, value, text] of rules) {
    it(`is a sentence of ours, so that every face says it in its language: ${text}`, () => {
      const [fault] = compileSchemaAll(rule)(value);
      assert.equal(fault?.text, text);
      assert.equal(typeof fault?.what, 'object');
    });
  }

  it('is told where one key needs another, at the key that is there', () => {
    const [fault] = compileSchemaAll({ type: 'object', dependentRequired: { user: ['password'] } })(
      {
        user: 'skolnav',
      },
    );
    assert.deepEqual([fault?.path, fault?.text], [['user'], 'needs "password" beside it']);
  });

  it('is told of a name once, and by the name', () => {
    const faults = compileSchemaAll({
      type: 'object',
      properties: { modules: { type: 'object', propertyNames: NAME } },
    })({ modules: { lms: {}, Identity: {} } });
    assert.deepEqual(
      faults.map(({ path, text, hint }) => [path.join('.'), text, hint]),
      [['modules.Identity', 'must match ^[a-z]+$', 'For example absence.']],
    );
  });
});
