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

/** What a mapping of a record's `code` makes of it. */
function converted(canonical: CanonicalSchemas, written: string, code: string) {
  const text = { type: 'string' } as const;
  const record = { type: 'object', properties: { id: text, code: text } } as const;
  const connector = { name: 'list', streams: new Map([['pupil', record]]), objects: new Map() };
  const world = { canonical, readTable: () => 'from,to\nM,Man\nKV,Kvinna\n' };
  const { mapping, lints } = compileMapping('m.yaml', written, connector, world);
  assert.deepEqual(lints, []);
  assert.ok(mapping !== null && 'convert' in mapping);
  const identify = (_of: string | null, _kind: string, id: string) => id;
  return mapping.convert(
    { id: '1', code },
    { today: '2026-09-01', identify, identifyOwn: identify },
  );
}

/** What is told of a value that a table does not have. */
describe('a code without a row', () => {
  let canonical: CanonicalSchemas;
  before(async () => {
    const folder = join(import.meta.dirname, '..', '..', '..', 'schemas', 'canonical');
    canonical = await loadCanonicalSchemas([folder]);
  });

  function told(value: string, field = 'sex'): string {
    const made = converted(canonical, MAPPING.replace('sex:', `${field}:`), value);
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

describe('a first day since ever', () => {
  let canonical: CanonicalSchemas;
  before(async () => {
    const folder = join(import.meta.dirname, '..', '..', '..', 'schemas', 'canonical');
    canonical = await loadCanonicalSchemas([folder]);
  });

  function first(kind: string, value: string, date: string) {
    const rule = `{ take: code${date === '' ? '' : `, date: "${date}"`} }`;
    const written = `from: list/pupil
to: ${kind}.v1
entity: { identity: id }
supplement: true
fields: { startDate: ${rule}, endDate: { const: '2027-06-11' } }
`;
    const made = converted(canonical, written, value);
    return 'text' in made ? made.text : made[0]?.content['startDate'];
  }

  it('is left out, in whatever form it is written', () => {
    assert.equal(first('activity', '0001-01-01', ''), undefined);
    assert.equal(first('activity', '0001-01-01', 'yyyy-MM-dd'), undefined);
    assert.equal(first('activity', '01.01.0001 00:00', 'dd.MM.yyyy HH:mm'), undefined);
    assert.equal(first('activity', '2026-08-20', ''), '2026-08-20');
  });

  it('comes before all others where there must be one', () => {
    assert.equal(first('group', '0001-01-01', 'yyyy-MM-dd'), '0001-01-01');
  });

  it('is none that an open end is: the record is set aside', () => {
    assert.match(String(first('group', '9999-12-31', '')), /^startDate: must be a day that can be/);
  });
});
