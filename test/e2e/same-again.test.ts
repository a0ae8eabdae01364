import assert from 'node:assert/strict';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOf, World } from './world.ts';

const LAYOUT = `streams:
  person:
    format: delimited
    file: pupils.csv
    columns: [{ name: id, required: true }, { name: given }, { name: family }, { name: code }]
`;
const MAPPING = `from: files/person
to: person.v1
entity: { identity: id }
fields:
  givenName: { take: given }
  familyName: { take: family }
  personStatus: { take: code, table: codes.csv }
`;

describe('files that are those that were read before, byte for byte', () => {
  let world: World;
  let day = 0;

  beforeEach(async () => {
    day = 0;
    world = await World.open();
    const folder = join(world.folder, 'mappings', 'pupils');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'pupils.layout.yaml'), LAYOUT);
    await writeFile(join(folder, 'person.yaml'), MAPPING);
    await writeFile(join(folder, 'codes.csv'), 'from,to\nA,Aktiv\n');
    const own =
      '  register: { connector: files, mappings: pupils, options: { files: { folder: data/register }, layout: pupils } }';
    await world.reconfigure(await world.binding('register'), own);
    await world.reconfigure(
      'modules:',
      'sources: { register: { guards: { maxDelete: 1 }, missing: { person: { after: 2 } } } }\nmodules:',
    );
  });
  afterEach(() => world.close());

  const path = () => join(world.folder, 'data', 'register', 'pupils.csv');
  const write = async (...rows: string[]) => {
    await writeFile(path(), `${['id;given;family;code', ...rows].join('\n')}\n`);
  };
  /** The next night's counts; what is sent again bears another time. */
  const night = async () => {
    day += 1;
    world.now = Date.parse('2026-09-01T03:00:00+02:00') + day * 86_400_000;
    const sent = new Date(Date.parse('2026-08-01T00:00:00Z') + day * 86_400_000);
    await utimes(path(), sent, sent);
    const { outcome, counts } = runOf(await world.sync(), 'register');
    assert.equal(outcome, 'done');
    return counts;
  };

  it('are not read, and the run says so, until they or what is made of them is another', async () => {
    await write('a;Kim;Ek;A', 'b;Bo;Al;A');
    assert.equal((await night())['records'], 2);
    const again = await night();
    assert.deepEqual([again['records'], again['same'], again['removed']], [0, 1, 0]);
    await write('a;Kim;Ek;A', 'b;Bo;As;A');
    assert.deepEqual([(await night())['changed'], (await night())['same']], [1, 1]);
    const file = join(world.folder, 'mappings', 'pupils', 'person.yaml');
    await writeFile(file, MAPPING.replace('take: given', 'take: given, upper: true'));
    assert.deepEqual([(await night())['changed'], (await night())['same']], [2, 1]);
    await rm(path());
    await write('a;Kim;Ek;A', 'b;Bo;As;A');
    assert.equal((await night())['same'], 1, 'put there once more');
  });

  it('are read where a table is mended that a record was set aside for', async () => {
    await write('a;Kim;Ek;A', 'b;Bo;Al;B');
    assert.equal((await night())['quarantined'], 1);
    assert.equal((await night())['same'], 1);
    await writeFile(
      join(world.folder, 'mappings', 'pupils', 'codes.csv'),
      'from,to\nA,Aktiv\nB,Aktiv\n',
    );
    assert.equal((await night())['resolved'], 1);
  });

  it('are a night all the same for who is missing from them', async () => {
    await write('a;Kim;Ek;A', 'b;Bo;Al;A');
    await night();
    await write('a;Kim;Ek;A');
    assert.equal((await night())['removed'], 0);
    assert.equal((await night())['removed'], 1, 'gone with the second night of the same file');
    assert.equal((await night())['same'], 1);
  });
});
