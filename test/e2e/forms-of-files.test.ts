import assert from 'node:assert/strict';
import { runOf, World } from './world.ts';

const FIXED = `streams:
  school:
    format: fixed
    file: in.txt
    recordType: { start: 1, width: 2, value: "10" }
    columns: [{ name: id, start: 3, width: 4, required: true }, { name: name, start: 7, width: 10 }]
    trailer: { prefix: "99", count: { start: 3, width: 4 } }
  child:
    format: fixed
    file: in.txt
    recordType: { start: 1, width: 2, value: "20" }
    carry: { from: school, columns: { school: id } }
    columns: [{ name: id, start: 3, width: 4, required: true }, { name: name, start: 7, width: 10 }]
`;
const XML = `streams:
  school:
    { format: xml, file: in.xml, root: all, record: school, columns: [{ name: id, path: "@id", required: true }, { name: name, path: "@name" }] }
  child:
    format: xml
    file: in.xml
    root: all
    record: school/child
    columns: [{ name: id, path: "@id", required: true }, { name: name, path: . }, { name: school, path: "../@id" }]
`;
const SCHOOL = `from: files/school
to: organisation.v1
entity: { identity: id }
fields: { displayName: { take: name }, organisationType: { const: Skolenhet } }
`;
const CHILD = `from: files/child
to: person.v1
entity: { identity: id }
fields:
  givenName: { take: name }
  familyName: { const: Ek }
  enrolments:
    list:
      - item: { enroledAt: { identity: school }, schoolType: { const: GR }, startDate: { const: "2026-08-01" } }
`;

describe('schools and their children in one file', () => {
  for (const [form, layout, name, whole, cut] of [
    [
      'of fixed width',
      FIXED,
      'in.txt',
      '10S1  Ek        \n20P1  Kim       \n10S2  Al        \n20P2  Bo        \n990004\n',
      '10S1  Ek        \n20P1  Kim       \n',
    ],
    [
      'of XML',
      XML,
      'in.xml',
      '<all><school id="S1" name="Ek"><child id="P1">Kim</child></school><school id="S2" name="Al"><child id="P2">Bo</child></school></all>',
      '<all><school id="S1" name="Ek"><child id="P1">Kim</child></school>',
    ],
  ] as const) {
    it(`${form} become what they are by declarations alone, and a damaged file changes nothing`, async () => {
      const world = await World.open();
      try {
        await world.write('mappings/town/town.layout.yaml', layout);
        await world.write('mappings/town/school.yaml', SCHOOL);
        await world.write('mappings/town/child.yaml', CHILD);
        const own =
          '  register: { connector: files, mappings: town, options: { files: { folder: data/register }, layout: town } }';
        await world.reconfigure(await world.binding('register'), own);
        await world.write(`data/register/${name}`, whole);
        const first = runOf(await world.sync(), 'register');
        assert.deepEqual([first.outcome, first.counts['records']], ['done', 4]);
        assert.equal(first.counts['quarantined'] ?? 0, 0);
        await world.write(`data/register/${name}`, cut);
        const damaged = runOf(await world.sync(), 'register');
        assert.equal(damaged.outcome, 'failed');
        await world.write(`data/register/${name}`, whole.replace('Kim', 'Pim'));
        const { counts } = runOf(await world.sync(), 'register');
        assert.deepEqual([counts['changed'], counts['removed']], [1, 0]);
      } finally {
        await world.close();
      }
    });
  }
});
