import assert from 'node:assert/strict';
import { join } from 'node:path';
import { formatLint } from '../../failure/lint.ts';
import type { CanonicalSchemas } from '../../schema/canonical.ts';
import { loadCanonicalSchemas } from '../../schema/canonical-schemas.ts';
import { compileMapping } from '../compile-mapping.ts';

/** What a rule gives by itself is known before any record comes. */
describe('a code that a rule gives and its field does not have', () => {
  let canonical: CanonicalSchemas;
  before(async () => {
    const folder = join(import.meta.dirname, '..', '..', '..', 'schemas', 'canonical');
    canonical = await loadCanonicalSchemas([folder]);
  });

  function lints(sex: string): readonly string[] {
    const text = { type: 'string' } as const;
    const record = { type: 'object', properties: { id: text, code: text } } as const;
    const connector = { name: 'list', streams: new Map([['pupil', record]]), objects: new Map() };
    const world = {
      canonical,
      readTable: () => 'from,to\n# of the old register\nM,Man\nF,Kvina\n',
    };
    const head = 'from: list/pupil\nto: person.v1\nentity: { identity: id }\nfields:\n';
    const { lints } = compileMapping('m.yaml', `${head}  sex: ${sex}\n`, connector, world);
    return lints.map(formatLint);
  }

  it('is told by the line of its table', () => {
    assert.deepEqual(lints('{ take: code, table: sex.csv }'), [
      'm.yaml:5:29 MAPPING_CODE sex.csv, line 4: "Kvina" is no code here. Did you mean "Kvinna"?',
    ]);
  });

  it('is told of a table in the rule, and of what stands in for a value', () => {
    const all = {
      table: '{ take: code, table: { M: Man, F: Frau } }',
      unmapped: '{ take: code, table: { M: Man }, unmapped: { use: Frau } }',
      default: '{ take: code, default: Frau }',
      missing: '{ take: code, missing: { use: Frau } }',
      empty: '{ take: code, empty: { use: Frau } }',
    };
    for (const [key, rule] of Object.entries(all)) {
      const [lint = '', ...others] = lints(rule);
      assert.match(lint, /MAPPING_CODE "Frau" is no code here\. It may be .*Kvinna/, key);
      assert.deepEqual(others, []);
    }
  });

  it('is told of a constant', () => {
    const [lint = '', ...others] = lints('{ const: Kvina }');
    assert.match(
      lint,
      /^m\.yaml:5:17 MAPPING_CODE "Kvina" is no code here\. Did you mean "Kvinna"/,
    );
    assert.deepEqual(others, []);
  });

  it('is none where something is still made of it, or where it is one', () => {
    assert.deepEqual(lints('{ take: code, table: { M: n, F: vinna }, template: "Ma{}" }'), []);
    assert.deepEqual(lints('{ take: code, table: { M: Man }, unmapped: omit, default: Man }'), []);
  });
});

/** A value that is written in a rule, and the field that gets it. */
describe('a value that a rule gives and its field cannot have', () => {
  let canonical: CanonicalSchemas;
  before(async () => {
    const folder = join(import.meta.dirname, '..', '..', '..', 'schemas', 'canonical');
    canonical = await loadCanonicalSchemas([folder]);
  });

  const text = { type: 'string' } as const;
  const FIELDS = {
    name: { type: 'string', maxLength: 5 },
    day: { type: 'string', format: 'date' },
    isOn: { type: 'boolean' },
    count: { type: 'integer', minimum: 1 },
    tags: { type: 'array', items: text },
    years: { type: 'array', items: { type: 'integer' } },
    address: { type: 'object', properties: { city: text }, required: ['city'] },
    kept: { type: ['string', 'null'], 'x-writable': '^a', 'x-encoding': 'utf-8' },
  };

  function lints(field: keyof typeof FIELDS, rule: string): readonly string[] {
    const object = { type: 'object', properties: { [field]: FIELDS[field] } };
    const connector = { name: 'x', streams: new Map(), objects: new Map([['thing', object]]) };
    const world = { canonical, readTable: () => 'from,to\nA,7\nB,x\n' };
    const head = 'from: person.v1\nto: x/thing\nkey: { take: id }\nfields:\n';
    const found = compileMapping('m.yaml', `${head}  ${field}: ${rule}\n`, connector, world);
    return found.lints.map((lint) => formatLint(lint).replace(/^m\.yaml:5:\d+ /, ''));
  }

  const FAULTS: readonly (readonly [keyof typeof FIELDS, string, string])[] = [
    ['name', '{ const: 7 }', 'must be a text.'],
    ['name', '{ const: true }', 'must be a text.'],
    ['name', '{ const: [a] }', 'must be a text.'],
    ['name', '{ const: toolong }', 'must have 5 or fewer characters.'],
    ['name', '{ take: givenName, default: 7 }', 'must be a text.'],
    ['name', '{ take: givenName, missing: { use: 7 } }', 'must be a text.'],
    ['name', '{ take: givenName, empty: { use: false } }', 'must be a text.'],
    ['name', '{ take: givenName, "null": { use: 1.5 } }', 'must be a text.'],
    ['name', '{ take: givenName, table: { A: 7 } }', 'must be a text.'],
    ['name', '{ take: givenName, table: { A: a }, unmapped: { use: 7 } }', 'must be a text.'],
    ['day', '{ const: 1 september }', 'must be a date, YYYY-MM-DD.'],
    ['day', '{ take: birthDate, default: 2026-13-01 }', 'must be a date, YYYY-MM-DD.'],
    ['isOn', '{ const: "true" }', 'must be true or false.'],
    ['isOn', '{ const: ja }', 'must be true or false.'],
    ['isOn', '{ take: givenName, table: { A: "yes", B: false } }', 'must be true or false.'],
    ['count', '{ const: "7" }', 'must be a whole number.'],
    ['count', '{ const: 1.5 }', 'must be a whole number.'],
    ['count', '{ const: 0 }', 'must be 1 or more.'],
    ['count', '{ take: givenName, table: t.csv }', 't.csv, line 2: must be a whole number.'],
    ['tags', '{ const: a }', 'must be a list.'],
    ['tags', '{ const: [a, 7] }', '[1] must be a text.'],
    ['years', '{ take: givenName, split: ",", table: { A: a } }', 'must be a whole number.'],
    ['address', '{ const: { town: Aby } }', 'city is missing.'],
    ['address', '{ const: { city: 7 } }', 'city must be a text.'],
  ];

  for (const [field, rule, said] of FAULTS) {
    it(`${field}: ${rule} is told`, () => {
      assert.equal(lints(field, rule)[0], `MAPPING_VALUE ${said}`);
    });
  }

  it('is none where it fits, or is made to', () => {
    const good: readonly (readonly [keyof typeof FIELDS, string])[] = [
      ['name', '{ const: abc }'],
      ['name', '{ take: givenName, table: { A: toolong }, longer: cut }'],
      ['name', '{ take: givenName, table: { A: 7 }, template: "n{}" }'],
      ['name', '{ take: givenName, missing: { use: null } }'],
      ['day', '{ const: "2026-09-01" }'],
      ['isOn', '{ take: givenName, table: { A: true, B: false } }'],
      ['count', '{ take: givenName, table: { A: 1 } }'],
      ['tags', '{ take: givenName, split: ",", table: { A: a }, default: [a, b] }'],
      ['address', '{ const: { city: Aby } }'],
      ['kept', '{ const: abc }'],
    ];
    for (const [field, rule] of good) assert.deepEqual(lints(field, rule), [], rule);
  });
});
