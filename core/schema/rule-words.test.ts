import assert from 'node:assert/strict';
import type { JsonObject } from '../message/message.ts';
import { compileSchemaAll } from './validator.ts';

describe('a fault in the shape of a file', () => {
  const SCHEMA: JsonObject = {
    type: 'object',
    additionalProperties: false,
    maxProperties: 2,
    properties: {
      name: { type: 'string', minLength: 1 },
      on: { type: 'boolean' },
      age: { type: 'string', pattern: '^[0-9]+h$', examples: ['26h'] },
      port: { type: 'integer', minimum: 1, maximum: 65535 },
      to: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string' } },
      share: { oneOf: [{ type: 'number', maximum: 1, examples: ['5%'] }, { enum: ['none'] }] },
      missing: {
        oneOf: [
          { enum: ['delete', 'keep'] },
          {
            ...{ type: 'object', additionalProperties: false, required: ['after'] },
            properties: { after: { type: 'integer' } },
          },
        ],
      },
      modules: { type: 'object', propertyNames: { pattern: '^[a-z]+$' } },
      mail: { type: 'string', format: 'email' },
      either: { type: ['object', 'boolean'] },
    },
  };
  const check = compileSchemaAll(SCHEMA);

  const FAULTS: readonly (readonly [JsonObject, string])[] = [
    [{ name: 7 }, 'name: must be a text. Found a number: write it in quotes.'],
    [{ age: 26 }, 'age: must be a text. For example 26h.'],
    [{ name: true }, 'name: must be a text. Found true or false: write it in quotes.'],
    [{ name: '' }, 'name: must have 1 or more characters.'],
    [{ name: null }, 'name: must be a text. Found nothing: write a value, or leave the key out.'],
    [
      { on: 'yes' },
      'on: must be true or false. Found a word: write true or false, without quotes.',
    ],
    [
      { port: '80' },
      'port: must be a whole number. Found a text: write the number without quotes.',
    ],
    [{ on: [1] }, 'on: must be true or false. Found a list.'],
    [{ port: { a: 1 } }, 'port: must be a whole number. Found keys with values.'],
    [{ port: 70_000 }, 'port: must be 65535 or less.'],
    [{ to: 'a' }, 'to: must be a list. Found a text: write it in brackets, [ ... ].'],
    [{ share: 5 }, 'share: must be 1 or less. For example 5%.'],
    [{ missing: { aftr: 2 } }, 'missing.aftr: unknown key "aftr". Did you mean "after"?'],
    [{ modules: { Lms: 1 } }, 'modules.Lms: must match ^[a-z]+$.'],
    [{ mail: 'x' }, 'mail: must be an e-mail address.'],
    [
      { either: 'x' },
      'either: must be one of these: keys with values, true or false. Found a text.',
    ],
    [{ name: 'a', on: true, port: 1 }, ': must have 2 or fewer keys.'],
  ];
  for (const [value, expected] of FAULTS) {
    it(`is told in words that say what is allowed, and what was found: ${expected}`, () => {
      const told = check(value).map(({ path, text, hint }) => {
        return `${path.join('.')}: ${text}. ${hint}`.trim();
      });
      assert.ok(told.includes(expected), told.join('\n'));
    });
  }

  it('has its name, where a key is wrong', () => {
    const [fault] = check({ modules: { Lms: 1 } });
    assert.deepEqual(fault?.path, ['modules', 'Lms']);
    assert.equal(fault?.isOfKey, true);
  });
});
