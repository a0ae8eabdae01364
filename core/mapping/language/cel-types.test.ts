import assert from 'node:assert/strict';
import { inEnglish } from '../../failure/saying.ts';
import type { JsonObject } from '../../message/message.ts';
import { compileExpression, conditionFault, variablesOf } from './cel.ts';

const TEXT = { type: 'string' };
const PERSON: JsonObject = {
  type: 'object',
  properties: {
    displayName: TEXT,
    birthDate: { type: 'string', format: 'date' },
    isProtected: { type: 'boolean' },
    sex: { enum: ['Man', 'Kvinna'] },
    schoolYear: { type: 'integer' },
    given: { type: ['string', 'null'] },
    emails: {
      type: 'array',
      items: { type: 'object', properties: { value: TEXT, isPrivate: { type: 'boolean' } } },
    },
    phones: { type: 'array', items: TEXT },
    unit: { type: 'object', properties: { id: TEXT } },
    free: {},
  },
};

const compile = (expression: string) => compileExpression(expression, variablesOf(PERSON), PERSON);

/** An expression, where its fault begins, and what is said of it. */
const NEVER: readonly (readonly [string, number, RegExp])[] = [
  ['displayName == 7', 15, /^a text is compared with a number: .* Compare it with a text\.$/],
  ['7 == displayName', 0, /^a text is compared with a number/],
  ['birthDate > 3', 12, /^a text is compared with a number/],
  ['birthDate >= schoolYear', 13, /^a text is compared with a number/],
  ['isProtected == "true"', 15, /^true or false is compared with a text/],
  ['isProtected != 1', 15, /^true or false is compared with a number/],
  ['sex == 1', 7, /^a text is compared with a number/],
  ['schoolYear == "7"', 14, /^a number is compared with a text/],
  ['displayName in [1, 2]', 15, /^a text is compared with a number/],
  ['7 in phones', 0, /^a text is compared with a number/],
  ['"a" in displayName', 7, /^a text stands here; it must be a list; keys with values\.$/],
  ['phones == "070"', 10, /^a list is compared with a text/],
  ['unit == "u1"', 8, /^keys with values is compared with a text/],
  ['unit.id == 1', 11, /^a text is compared with a number/],
  ['emails.exists(e, e.value == 1)', 28, /^a text is compared with a number/],
  ['emails.exists(e, e.value)', 17, /^a text stands here; it must be true or false\.$/],
  ['emails.filter(e, e.isPrivate).all(e, e.isPrivate == "ja")', 52, /^true or false is compared/],
  ['displayName.exists(x, x == "a")', 0, /^a text stands here; it must be a list/],
  ['first(phones) == 1', 17, /^a text is compared with a number/],
  ['orElse(displayName, "") == 1', 27, /^a text is compared with a number/],
  ['(isProtected ? displayName : "b") == 1', 37, /^a text is compared with a number/],
  ['displayName && isProtected', 0, /^a text stands here; it must be true or false/],
  ['!displayName', 1, /^a text stands here/],
  ['displayName ? 1 : 2', 0, /^a text stands here/],
  ['displayName - 1', 0, /^a text stands here; it must be a number/],
  ['schoolYear + 1 > 7', 13, /^a whole number is reckoned with a number of a record.* `1\.0`/],
  ['size(phones) * schoolYear > 7', 0, /^a whole number is reckoned/],
  ['displayName + schoolYear', 14, /^a text is compared with a number/],
  ['schoolYear.startsWith("7")', 0, /^a number stands here; it must be a text/],
  ['displayName.startsWith(schoolYear)', 23, /^a number stands here; it must be a text/],
  ['size(schoolYear) > 1', 5, /^a number stands here; it must be .*a list/],
  ['age(schoolYear) > 1', 4, /^a number stands here; it must be a text/],
  ['age(birthDate) == "7"', 0, /^what stands here are no values for each other: age\(/],
  ['active(displayName)', 7, /^a text stands here; it must be keys with values/],
  ['text(phones) == "a"', 5, /^a list stands here/],
  ['emails.exists(e, recent(e, -90))', 27, /^recent\(\) takes days from 0 to 3660\.$/],
  ['emails.exists(e, recent(e, 99999))', 27, /^recent\(\) takes days from 0 to 3660\.$/],
  ['it.displayName == 7', 18, /^a text is compared with a number/],
  ['1 == "a"', 0, /^what stands here are no values for each other: 1 == "a"\.$/],
  ['zz == 1', 0, /^no field or name "zz"\. There are displayName, birthDate/],
  ['dispalyName == "a"', 0, /^no field .* Did you mean "displayName"\?$/],
  ['displayName == "abc', 15, /^a text begins here that does not end/],
  ['displayName ==', 14, /^cannot be read as CEL/],
  ['for == 1', 0, /^"for" is a word of CEL itself\. .*it\["for"\]\.$/],
];

const MAY_BE = [
  'displayName == "7"',
  'displayName == null',
  'given == null || given == "x"',
  'birthDate > "2010-01-01"',
  'birthDate >= today',
  'isProtected',
  'isProtected == true',
  '!isProtected && sex in ["Man"]',
  'schoolYear > 3 && schoolYear <= 9.5',
  'schoolYear + 1.0 > 7 && int(schoolYear) % 2 == 0 && size(phones) + 1 > age(birthDate) + 1',
  'displayName in phones',
  'displayName in ["a", given]',
  'emails.exists(e, e.value == "a" && !e.isPrivate)',
  'emails.map(e, e.value).exists(v, v == "a")',
  'first(emails) == null',
  'orElse(given, displayName) == "a"',
  'displayName + ":" + text(schoolYear) == "a"',
  'size(displayName) > 3 && size(phones) > 1 && size(unit) > 0',
  'free == 1 || free == "a" || 1 in free || free > 3',
  'age(birthDate) >= 18',
  'emails.exists(e, active(e) || recent(e, 365) || recent(e, schoolYear))',
  'has(it.displayName)',
  'displayName.matches("^a") && displayName.lowerAscii() == "a"',
];

describe('the types of an expression', () => {
  for (const [expression, offset, said] of NEVER) {
    it(`${expression} is refused at its sign ${offset}`, () => {
      const found = compile(expression);
      assert.ok('said' in found);
      const text = `${inEnglish(found.said)} ${inEnglish(found.hint)}`.trim();
      assert.match(text, said);
      assert.equal(found.offset, offset);
    });
  }

  it('refuse nothing that can ever be true', () => {
    for (const expression of MAY_BE) {
      const found = compile(expression);
      assert.ok(
        'evaluate' in found,
        'said' in found ? `${expression}: ${inEnglish(found.said)}` : '',
      );
    }
  });

  it('tell a condition that is neither true nor false', () => {
    const faults = ['displayName', 'size(phones)', 'emails', 'birthDate + "x"', 'age(birthDate)'];
    for (const expression of faults) {
      const found = compile(expression);
      assert.ok('evaluate' in found, expression);
      assert.match(inEnglish(conditionFault(found) ?? ''), /^a condition is true or false/);
    }
    for (const expression of ['isProtected', 'free', 'displayName == "a"', 'free == 1 && free']) {
      const found = compile(expression);
      assert.ok('evaluate' in found && conditionFault(found) === null, expression);
    }
  });
});
