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

  it('is none where something is still made of it, or where it is one', () => {
    assert.deepEqual(lints('{ take: code, table: { M: n, F: vinna }, template: "Ma{}" }'), []);
    assert.deepEqual(lints('{ take: code, table: { M: Man }, unmapped: omit, default: Man }'), []);
  });
});
