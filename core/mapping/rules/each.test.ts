import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadCanonicalSchemas } from '../../schema/canonical-schemas.ts';
import { compileMapping } from '../compile-mapping.ts';

const MAPPING = `from: list/pupil
to: person.v1
entity: { identity: id }
let: { year: "int(code)" }
when: "int(id) > 0"
fields:
  givenName: { take: id }
`;

describe('an expression before the fields that does not fit a record', () => {
  async function placeOf(id: string, code: string) {
    const folder = join(import.meta.dirname, '..', '..', '..', 'schemas', 'canonical');
    const canonical = await loadCanonicalSchemas([folder]);
    const text = { type: 'string' } as const;
    const record = { type: 'object', properties: { id: text, code: text } } as const;
    const connector = { name: 'list', streams: new Map([['pupil', record]]), objects: new Map() };
    const world = { canonical, readTable: () => null };
    const { mapping } = compileMapping('m.yaml', MAPPING, connector, world);
    assert.ok(mapping !== null && 'convert' in mapping);
    const identify = (_of: string | null, _kind: string, name: string) => name;
    const context = { today: '2026-09-01', identify, identifyOwn: identify };
    const made = mapping.convert({ id, code }, context);
    assert.ok('text' in made);
    assert.equal(made.code, 'EXPRESSION_FAILED');
    return made.place;
  }

  it('is told by its own name and line', async () => {
    assert.deepEqual(await placeOf('1', 'x'), { file: 'm.yaml', line: 4, field: 'let.year' });
    assert.deepEqual(await placeOf('x', '1'), { file: 'm.yaml', line: 5, field: 'when' });
  });
});

describe('a list in a mapping', () => {
  it('cannot be read from a field that is a text: nothing would ever come of it', async () => {
    const folder = join(import.meta.dirname, '..', '..', '..', 'schemas', 'canonical');
    const canonical = await loadCanonicalSchemas([folder]);
    const text = { type: 'string' } as const;
    const properties = {
      id: text,
      guardians: text,
      pieces: { type: 'array', items: text },
    } as const;
    const record = { type: 'object', properties } as const;
    const connector = { name: 'list', streams: new Map([['pupil', record]]), objects: new Map() };
    const world = { canonical, readTable: () => null };
    const lintsOf = (each: string, list: string) => {
      const written = `from: list/pupil
to: person.v1
entity: { identity: id }
let: { parts: "guardians.split(',')" }
each: ${each}
as: one
fields:
  givenName: { take: id }
  familyName: { take: id }
  responsibles:
    list: ${list}
    as: other
    item: { person: { identity: other }, relationType: { const: Vårdnadshavare } }
`;
      const { lints } = compileMapping('m.yaml', written, connector, world);
      return lints.map(({ line, code, text: said, hint }) => [line, code, said, hint.slice(0, 21)]);
    };
    assert.deepEqual(lintsOf('pieces', 'parts'), []);
    const found = ['MAPPING_TYPE', 'the source gives string, the target wants array.'];
    assert.deepEqual(lintsOf('guardians', 'guardians'), [
      [5, ...found, 'A text becomes a list'],
      [11, ...found, 'A text becomes a list'],
    ]);
  });
});
