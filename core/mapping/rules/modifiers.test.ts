import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { CanonicalSchemas } from '../../schema/canonical.ts';
import { loadCanonicalSchemas } from '../../schema/canonical-schemas.ts';
import { compileMapping } from '../compile-mapping.ts';

const MAPPING = `from: list/pupil
to: person.v1
entity: { identity: id }
fields:
  sex: { take: code, table: codes.csv }
`;

/** What is told of a value that a table does not have. */
describe('a code without a row', () => {
  let canonical: CanonicalSchemas;
  before(async () => {
    const folder = join(import.meta.dirname, '..', '..', '..', 'schemas', 'canonical');
    canonical = await loadCanonicalSchemas([folder]);
  });

  function told(value: string, field = 'sex'): string {
    const text = { type: 'string' } as const;
    const record = { type: 'object', properties: { id: text, code: text } } as const;
    const connector = { name: 'list', streams: new Map([['pupil', record]]), objects: new Map() };
    const world = { canonical, readTable: () => 'from,to\nM,Man\nKV,Kvinna\n' };
    const written = MAPPING.replace('sex:', `${field}:`);
    const { mapping, lints } = compileMapping('m.yaml', written, connector, world);
    assert.deepEqual(lints, []);
    assert.ok(mapping !== null && 'convert' in mapping);
    const identify = (_of: string | null, _kind: string, id: string) => id;
    const context = { today: '2026-09-01', identify, identifyOwn: identify };
    const made = mapping.convert({ id: '1', code: value }, context);
    assert.ok('text' in made);
    return made.text;
  }

  it('is told where it looks like one', () => {
    for (const code of ['X', 'XY', '9', 'A-12']) assert.match(told(code), new RegExp(`"${code}"`));
  });

  it('is not told where it may be a name, a number or an address', () => {
    for (const value of ['Öberg', 'Kim', 'OBERG', 'kim@skola.example', '20130412-TF81', 'a b']) {
      assert.ok(!told(value).includes(value), value);
      assert.match(told(value), /the code has no row in codes\.csv/);
    }
  });

  it('is not told where anything may stand', () => {
    assert.match(told('X', 'givenName'), /the code has no row/);
  });
});
