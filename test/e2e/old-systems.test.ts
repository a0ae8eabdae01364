import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { loadWorkspace } from '../../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { batchOf, type Town } from '../situations/town.ts';
import { runOf, World } from './world.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'old-systems');
const TARGETS = ['skolwebb', 'economy', 'school-age', 'independent'];

const TOWN: Town = {
  persons: {
    kim: { born: '2013-04-12', guardians: { zoe: '' } },
    zoe: { given: 'Žofie', family: 'Åhs', email: 'Z@post.example', account: null },
    lo: { given: 'Lo', born: '2019-02-01', number: '201902012386', account: null },
    fia: { given: 'Fia', born: '2014-03-01', number: '201403012384', account: null },
    ture: { given: 'Ture', born: '2022-03-01', number: '202203012387', account: null },
    sam: { given: 'Samsecret', born: '2018-05-01', privacy: 1, account: null },
  },
  units: ['school', 'north', 'south'],
  unitDetails: {
    north: { name: 'Nordan', governedBy: 'Independent' },
    south: { name: 'Sunnan', governedBy: 'Independent', forms: ['PC'] },
  },
  enrolments: [{ person: 'kim' }, { person: 'fia', unit: 'north', year: 6 }],
  placements: [{ id: 'pl1', person: 'ture', unit: 'south', form: 'PC', owners: [] }],
  classes: { '7a': { name: '7Å', members: { kim: ['2026-08-18'] } } },
};

describe('old systems as targets, without a line of code', () => {
  let world: World;

  before(async () => {
    world = await World.open(EXAMPLE);
    for (const name of ['register', ...TARGETS]) {
      await mkdir(join(world.folder, 'data', name), { recursive: true });
    }
    await night('2026-09-15', TOWN);
  });
  after(() => world.close());

  /** What the register sends that day; everything is delivered, and nothing is left to do. */
  async function night(day: string, town: Town): Promise<void> {
    await publish(join(world.folder, 'data', 'register'), batchOf(day, town));
    world.now = Date.parse(`${day}T03:00:00+02:00`);
    const report = await world.sync();
    for (const subject of ['register', ...TARGETS]) {
      const { outcome, problem } = runOf(report, subject);
      assert.deepEqual([subject, outcome, problem], [subject, 'done', null]);
    }
    for (const { flow, counts } of await world.plan()) {
      assert.deepEqual(counts, { create: 0, update: 0, delete: 0 }, flow);
    }
  }
  const bytes = (name: string) => readFile(join(world.folder, 'data', name));
  const rows = async (name: string) => (await bytes(name)).toString().split('\r\n').slice(1, -2);
  const names = (folder: string) => readdir(join(world.folder, 'data', folder));
  const idOf = (kind: string, id: string) =>
    world.withHub(async ({ engine }) => engine.identity.idOf('register', kind, id));

  it('have no faults in their declarations, and every example in them comes out as it says', async () => {
    const { workspace, lints } = await loadWorkspace(EXAMPLE, BUILT_IN_FOLDER);
    assert.deepEqual([...lints, ...(workspace?.remarks ?? [])], []);
    const results = workspace?.runMappingTests() ?? [];
    assert.ok(results.length > 10);
    assert.deepEqual(
      results.filter(({ passed }) => !passed),
      [],
    );
  });

  it('Stockholm Skolwebb: classes, pupils and guardians in ISO 8859-1, with a sign for other letters', async () => {
    const guardians = (await bytes('skolwebb/vardnadshavare.txt')).toString('latin1');
    const [head, row, trailer, end] = guardians.split('\r\n');
    assert.equal(head, 'elev;vardnadshavare;fornamn;efternamn;epost;telefon');
    assert.match(row ?? '', /;\?ofie;Åhs;z@post\.example;$/);
    assert.deepEqual([trailer, end], ['#SLUT;1', '']);
    const classes = (await bytes('skolwebb/klasser.txt')).toString('latin1');
    assert.match(classes, /;7Å;school;/);
    const { rows: counted } = JSON.parse((await bytes('skolwebb/skolwebb.klar')).toString());
    assert.deepEqual(counted, { 'klasser.txt': 1, 'elever.txt': 1, 'vardnadshavare.txt': 1 });
  });

  it('Central skolpliktsbevakning: a child at no known school, and its end as a change', async () => {
    const lo = await idOf('person', 'lo');
    const [row, ...more] = await rowsOf('school-age/skolplikt-000001.csv');
    assert.equal(row, `N;${lo};201902012386;Lo;Ek;;`);
    assert.deepEqual(more, []);
    const found = [...(TOWN.enrolments ?? []), { person: 'lo', begin: '2026-09-16', year: 1 }];
    await night('2026-09-16', { ...TOWN, enrolments: found });
    assert.deepEqual(await rowsOf('school-age/skolplikt-000002.csv'), [`U;${lo};;;;;`]);
  });

  it('Ekonomienheten: a month that is closed, and what was found out later with the next one', async () => {
    const [kim, fia, school, north] = await Promise.all([
      idOf('person', 'kim'),
      idOf('person', 'fia'),
      idOf('organisation', 'school'),
      idOf('organisation', 'north'),
    ]);
    const closed = await bytes('economy/underlag-000001.csv');
    const first = await rows('economy/underlag-000001.csv');
    const basis = [`G;2026-09-15;${fia};${north};GR;6`, `G;2026-09-15;${kim};${school};GR;7`];
    assert.deepEqual([...first].sort(), basis.sort());
    const left = { person: 'fia', unit: 'north', year: 6, end: '2026-09-10' };
    await night('2026-09-20', { ...TOWN, enrolments: [{ person: 'kim' }, left] });
    assert.ok(!(await names('economy')).includes('underlag-000002.csv'), 'not before the 15th');
    await night('2026-10-15', { ...TOWN, enrolments: [{ person: 'kim' }, left] });
    assert.deepEqual(await bytes('economy/underlag-000001.csv'), closed);
    const second = await rows('economy/underlag-000002.csv');
    const corrected = [`G;2026-10-15;${kim};${school};GR;7`, `B;2026-09-15;${fia};${north};GR;`];
    assert.deepEqual([...second].sort(), corrected.sort());
  });

  it('independent schools and preschools: an outbox for each, and nothing of anyone else in it', async () => {
    const [north, south] = [
      await idOf('organisation', 'north'),
      await idOf('organisation', 'south'),
    ];
    assert.deepEqual((await names('independent')).sort(), [north, south, 'sent'].sort());
    const preschool = await rows(`independent/${south}/forskolebarn.csv`);
    assert.deepEqual(preschool, ['Sunnan;202203012387;Ture;Ek;;2026-08-18;']);
    const text = (await bytes(`independent/${south}/elever.csv`)).toString();
    assert.doesNotMatch(text, /Fia|Nordan/);
    assert.deepEqual(await rows(`independent/${north}/elever.csv`), [], 'who left is gone');
  });

  it('hear nothing of a protected person', async () => {
    for (const target of TARGETS) {
      const folder = join(world.folder, 'data', target);
      for (const name of await readdir(folder, { recursive: true })) {
        const text = await readFile(join(folder, name), 'latin1').catch(() => '');
        assert.doesNotMatch(text, /Samsecret/, name);
      }
    }
  });

  /** The rows of a file without a trailer. */
  async function rowsOf(name: string): Promise<readonly string[]> {
    return (await bytes(name)).toString().split('\r\n').slice(1, -1);
  }
});
