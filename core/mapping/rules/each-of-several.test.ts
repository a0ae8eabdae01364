import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadCanonicalSchemas } from '../../schema/canonical-schemas.ts';
import { compileMapping } from '../compile-mapping.ts';

const TEXT = { type: 'string' } as const;
const OBJECT = { type: 'object', properties: { one: TEXT, two: TEXT } } as const;

describe('a mapping over several lists', () => {
  async function compile(head: string) {
    const folder = join(import.meta.dirname, '..', '..', '..', 'schemas', 'canonical');
    const canonical = await loadCanonicalSchemas([folder]);
    const connector = { name: 'x', streams: new Map(), objects: new Map([['pair', OBJECT]]) };
    const text = `from: activity.v1\nto: x/pair\n${head}\nkey: { cel: "one.id + two.id" }
fields:\n  one: { take: one.id }\n  two: { take: two.id }\n`;
    return compileMapping('m.yaml', text, connector, { canonical, readTable: () => null });
  }
  async function pairs(head: string, given: Record<string, readonly object[]>) {
    const { mapping, lints } = await compile(head);
    assert.deepEqual(lints, []);
    assert.ok(mapping !== null && 'project' in mapping);
    const view = { id: 'a', ...JSON.parse(JSON.stringify(given)) };
    const made = mapping.project(view, { today: '2026-09-01', lookup: () => undefined });
    return made.map(({ key }) => key);
  }
  const groups = [{ id: 'g1' }, { id: 'g2' }];
  const teachers = [{ duty: { id: 'd1' } }, { duty: { id: 'd2' } }];

  it('makes one object of each combination, and none where a list is empty', async () => {
    const both = 'each: { one: groups, two: groups }';
    assert.deepEqual(await pairs(both, { groups }), ['g1g1', 'g1g2', 'g2g1', 'g2g2']);
    assert.deepEqual(await pairs(both, { groups: [] }), []);
    assert.deepEqual(await pairs(both, {}), []);
  });

  it('says what does not fit where it stands', async () => {
    const { lints } = await compile('each: { one: grups, two: groups }');
    assert.match(
      lints.map(({ line, text, hint }) => `${line} ${text} ${hint}`).join(),
      /^3 .*"groups"/,
    );
    const named = await compile('each: { one: groups, two: groups }\nas: three');
    assert.match(
      named.lints.map(({ code, text }) => `${code} ${text}`).join(),
      /MAPPING_RULE .*names/,
    );
  });

  it('looks nothing up by a name that has no value yet when it is asked for', async () => {
    const late = 'let: { first: "groups[0].id", one: { lookup: group, by: first } }';
    const { lints } = await compile(`each: { two: groups }\n${late}`);
    assert.deepEqual(
      lints.map(({ line, code }) => `${line} ${code}`),
      ['4 MAPPING_LOOKUP_CHAINED'],
    );
    const known = 'let: { one: { lookup: group, by: two.id } }';
    assert.deepEqual((await compile(`each: { two: groups }\n${known}`)).lints, []);
  });

  it('gives each item its own name', async () => {
    const { mapping } = await compile('each: { one: groups, two: teachers }');
    assert.equal(mapping, null, 'a teacher has no id, the duty has');
    const duties = 'each: { one: groups, teacher: teachers }\nlet: { two: "teacher.duty" }';
    assert.deepEqual(await pairs(duties, { groups, teachers }), ['g1d1', 'g1d2', 'g2d1', 'g2d2']);
  });
});
