import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { loadWorkspace } from '../../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { batchOf, type Town } from '../situations/town.ts';
import { skolnavIn } from './skolnav.ts';
import { runOf, World } from './world.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'old-systems');
const TARGETS = [
  ...['skolwebb', 'economy', 'school-age', 'independent'],
  ...['sprakcentrum-requests', 'bosko-back', 'microsoft-sds-v1'],
];

const TOWN: Town = {
  persons: {
    kim: { born: '2013-04-12', language: 'som', guardians: { zoe: '' } },
    zoe: { given: 'Žofie', family: 'Åhs', email: 'Z@post.example', account: null },
    lo: { given: 'Lo', born: '2019-02-01', number: '201902012386', account: null },
    fia: { given: 'Fia', born: '2014-03-01', number: '201403012384', account: null },
    ture: { given: 'Ture', born: '2022-03-01', number: '202203012387', account: null },
    mira: { given: 'Mira', family: 'Lind' },
    sam: { given: 'Samsecret', born: '2018-05-01', privacy: 1, account: null },
  },
  units: ['school', 'north', 'south'],
  unitDetails: {
    north: { name: 'Nordan', governedBy: 'Independent' },
    south: { name: 'Sunnan', governedBy: 'Independent', forms: ['PC'] },
  },
  enrolments: [{ person: 'kim' }, { person: 'fia', unit: 'north', year: 6 }],
  placements: [{ id: 'pl1', person: 'ture', unit: 'south', form: 'PC', owners: [] }],
  classes: { '7a': { name: '7Å', members: { kim: ['2026-08-18'], sam: ['2026-08-18'] } } },
  duties: [{ id: 'd1', person: 'mira' }],
  activities: [{ group: '7a', duty: 'd1' }],
};

describe('old systems as targets, without a line of code', () => {
  let world: World;

  before(async () => {
    world = await World.open(EXAMPLE);
    for (const name of ['register', 'in/north', 'in/south', ...TARGETS]) {
      await mkdir(join(world.folder, 'data', name), { recursive: true });
    }
    await roster('north', '2026-09-15', 'north', ['fia']);
    await roster('south', '2026-09-15', 'south', []);
    await night('2026-09-15', TOWN);
  });
  after(() => world.close());

  /** An organiser leaves its class in its inbox, by the ids of its outbox. */
  async function roster(
    organiser: string,
    day: string,
    unit: string,
    pupils: readonly string[],
  ): Promise<void> {
    const file = (name: string, rows: readonly string[]) =>
      world.write(`data/in/${organiser}/${name}-${day}.csv`, [...rows, ''].join('\n'));
    const at = await idOf('organisation', unit);
    const ids = await Promise.all(pupils.map((one) => idOf('person', one)));
    const head = 'klass;namn;skolenhet_id;fran';
    await file('klasser', [head, `1;Klass ${organiser};${at};2026-08-18`, 'SLUT;1']);
    const members = ids.map((id) => `1;${id};2026-08-18;`);
    await file('klasselever', ['klass;elev_id;fran;till', ...members, `SLUT;${ids.length}`]);
  }

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
    const placement = await idOf('placement', 'pl1');
    assert.deepEqual(preschool, [`${placement};Sunnan;202203012387;Ture;Ek;;2026-08-18;`]);
    const text = (await bytes(`independent/${south}/elever.csv`)).toString();
    assert.doesNotMatch(text, /Fia|Nordan/);
    assert.deepEqual(await rows(`independent/${north}/elever.csv`), [], 'who left is gone');
  });

  it('independent schools: each tells of its classes in an inbox of its own, and is told of nobody else by any id', async () => {
    const both = ['fia', 'gro'].map((one, at) => ({
      ...{ person: one, unit: at === 0 ? 'north' : 'south', begin: '2026-10-16', year: 6 },
    }));
    const persons = {
      ...TOWN.persons,
      gro: { given: 'Gro', number: '201403022383', account: null },
    };
    const town = { ...TOWN, persons, enrolments: [{ person: 'kim' }, ...both] };
    const [north, south] = await Promise.all(
      ['north', 'south'].map((unit) => idOf('organisation', unit)),
    );
    const told = async (unit: string | undefined) =>
      (await rows(`independent/${unit}/elever.csv`)).map((row) => {
        const cells = row.split(';');
        return `${cells[2]} ${cells[8]}`;
      });
    await roster('north', '2026-10-16', 'north', ['fia']);
    await roster('south', '2026-10-16', 'south', ['gro']);
    await night('2026-10-16', town);
    const [ofNorth, ofSouth] = [['Fia Klass north'], ['Gro Klass south']];
    assert.deepEqual([await told(north), await told(south)], [ofNorth, ofSouth]);
    // Each names the other's unit and pupil: neither learns of them.
    await roster('north', '2026-10-17', 'south', ['gro']);
    await roster('south', '2026-10-17', 'north', ['fia']);
    await night('2026-10-17', town);
    for (const [unit, own, other] of [
      [north, 'Fia', 'Gro'],
      [south, 'Gro', 'Fia'],
    ]) {
      const text = (await bytes(`independent/${unit}/elever.csv`)).toString();
      assert.match(text, new RegExp(`${own}`));
      assert.doesNotMatch(text, new RegExp(`${other}`));
    }
  });

  it('Språkcentrum: who is to be taught a mother tongue, and who no longer', async () => {
    const [kim, school] = [await idOf('person', 'kim'), await idOf('organisation', 'school')];
    const [row, ...more] = await rowsOf('sprakcentrum-requests/modersmal-000001.csv');
    assert.equal(row, `N;${kim};som;${school};Kim;Ek;school;7`);
    assert.deepEqual(more, [], 'no pupil who speaks Swedish, and none of another organiser');
    const persons = { ...TOWN.persons, kim: { ...TOWN.persons['kim'], language: 'ara' } };
    await night('2026-10-18', { ...TOWN, persons });
    const changes = await rowsOf('sprakcentrum-requests/modersmal-000002.csv');
    const [told, gone] = [`N;${kim};ara;${school};Kim;Ek;school;7`, `U;${kim};som;${school};;;;`];
    assert.deepEqual([...changes].sort(), [told, gone].sort());
  });

  it('Bosko: the places that the register has given, each behind its unit in fixed columns', async () => {
    const [ture, placement] = [await idOf('person', 'ture'), await idOf('placement', 'pl1')];
    const unit = async (id: string) => `10${await idOf('organisation', id)}`;
    const found = (await names('bosko-back')).filter((name) => name.endsWith('.txt'));
    const text = (await bytes(`bosko-back/${found.sort().at(-1)}`)).toString('latin1');
    const lines = text.split('\r\n').map((line) => line.trimEnd());
    assert.deepEqual(lines.slice(-2), ['99000004', '']);
    const at = lines.indexOf(`${await unit('south')}Sunnan`);
    assert.equal(lines[at + 1], `20${placement}${ture}FS20260818`);
    assert.ok(lines.includes(`${await unit('school')}school`));
  });

  it('School Data Sync: its first form, of which each row names rows that are there', async () => {
    const [kim, mira] = [await idOf('person', 'kim'), await idOf('person', 'mira')];
    const [school, section] = [await idOf('organisation', 'school'), await idOf('group', '7a')];
    const all = await names('microsoft-sds-v1');
    const files = all.filter((name) => name.endsWith('.csv'));
    const told = files.map(async (name) => [name, await rowsOf(`microsoft-sds-v1/${name}`)]);
    assert.deepEqual(Object.fromEntries(await Promise.all(told)), {
      'School.csv': [`${school},school`],
      'Section.csv': [`${section},${school},7Å`],
      'Student.csv': [`${kim},${school},Kim,Ek,kim@skola.example`],
      'StudentEnrollment.csv': [`${section},${kim}`],
      'Teacher.csv': [`${mira},${school},Mira,Lind,mira@skola.example`],
      'TeacherRoster.csv': [`${section},${mira}`],
    });
    const [head] = (await bytes('microsoft-sds-v1/StudentEnrollment.csv')).toString().split('\r\n');
    assert.equal(head, 'Section SIS ID,SIS ID');
    assert.deepEqual(all, files, 'nothing else lies beside them');
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

  it('are told that somebody has been protected by the key alone', async () => {
    const lo = await idOf('person', 'lo');
    await night('2026-10-19', TOWN);
    await night('2026-10-20', TOWN);
    const sets = (await names('school-age')).filter((name) => name.endsWith('.csv'));
    const all = await Promise.all(sets.sort().map((name) => rowsOf(`school-age/${name}`)));
    assert.match(all.flat().findLast((row) => row.includes(lo)) ?? '', /^[NA];.*;Lo;Ek;/);
    const persons = { ...TOWN.persons, lo: { ...TOWN.persons['lo'], privacy: 1 } };
    await night('2026-10-21', { ...TOWN, persons });
    const next = `skolplikt-${String(sets.length + 1).padStart(6, '0')}.csv`;
    assert.deepEqual(await rowsOf(`school-age/${next}`), [`U;${lo};;;;;`]);
  });

  it('a flow of before, which does not say whose schools it is about, is told so; what it would take away waits for a person', async () => {
    const file = 'flows/independent.yaml';
    const flow = await readFile(join(world.folder, file), 'utf8');
    const before = flow
      .replace(/^schools: .*\n/m, '')
      .replace('active(e))', 'active(e) && !ours(e))')
      .replace('minimum: 10', 'minimum: 0');
    await world.write(file, before);
    const check = await skolnavIn(world, 'check');
    assert.equal(check.code, 1);
    const remark = /^flows\/independent\.yaml:\d+:\d+ SCHOOLS_UNSAID .*`schools: all`/m;
    assert.match(check.out, remark);
    const { out } = await skolnavIn(world, 'plan', '--flow', 'independent');
    assert.match(out, remark);
    assert.match(out, /0 to create, 0 to update, 2 to delete/);
    const held = await world.sync('independent');
    assert.equal(runOf(held, 'independent').outcome, 'held');
    await world.write(file, `${before}schools: all\n`);
    const mended = await skolnavIn(world, 'plan', '--flow', 'independent');
    assert.match(mended.out, /0 to create, 0 to update, 0 to delete/);
    assert.doesNotMatch(mended.out, /SCHOOLS_UNSAID/);
  });

  /** The rows of a file without a trailer. */
  async function rowsOf(name: string): Promise<readonly string[]> {
    return (await bytes(name)).toString().split('\r\n').slice(1, -1);
  }
});
