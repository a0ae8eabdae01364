import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { loadWorkspace } from '../../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { batchOf, type Town } from '../situations/town.ts';
import { runOf, World } from './world.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'independent-preschools');
const DAY = '2026-09-15';
const SUBJECTS = [
  ...['preschools-north', 'preschools-south', 'bosko'],
  ...['preschool-hours', 'preschool-queue'],
];
const HEADS = {
  scheman: 'schema;placering;veckor;fran;till',
  tider: 'schema;vecka;dag;kommer;gar',
};

/** What stands in Bosko's fixed columns of a child in the queue, with the units that are wished for. */
function inQueue(id: string, given: string, mark: 'N' | 'S', units: readonly string[]): string[] {
  const number = id.padEnd(36) + id.padEnd(36) + ' '.repeat(12);
  const child = `40${number}${given.padEnd(20)}${'Ek'.padEnd(40)}250301${mark}FS2026020120261101K`;
  return [child, ...units.map((unit, at) => `41${at + 1}${unit.padEnd(36)}`)];
}

const TOWN: Town = {
  persons: {
    ture: { given: 'Ture', born: '2022-03-01', account: null },
    maj: { given: 'Maj', born: '2022-04-01', account: null },
    sam: { given: 'Samsecret', born: '2022-05-01', privacy: 1, account: null },
  },
  units: ['north', 'south', 'school'],
  unitDetails: {
    north: { name: 'Nordan', governedBy: 'Independent', forms: ['PC'] },
    south: { name: 'Sunnan', governedBy: 'Independent', forms: ['PC'] },
  },
  placements: [
    { id: 'n1', person: 'ture', unit: 'north', form: 'PC', owners: [] },
    { id: 's1', person: 'maj', unit: 'south', form: 'PC', owners: [] },
    { id: 's2', person: 'sam', unit: 'south', form: 'PC', owners: [] },
  ],
};

describe('independent preschools: an inbox and an outbox for each, without a line of code', () => {
  let world: World;
  const ids = new Map<string, string>();

  before(async () => {
    world = await World.open(EXAMPLE);
    for (const name of [
      ...['register', 'preschool-hours', 'preschool-queue', 'bosko', 'in/north', 'in/south'],
    ]) {
      await mkdir(join(world.folder, 'data', name), { recursive: true });
    }
    await publish(join(world.folder, 'data', 'register'), batchOf(DAY, TOWN));
    await world.withHub(async ({ engine }) => {
      const idOf = engine.identity.idOf.bind(engine.identity);
      for (const one of ['n1', 's1', 's2']) ids.set(one, await idOf('register', 'placement', one));
      for (const one of ['north', 'south']) {
        ids.set(one, await idOf('register', 'organisation', one));
      }
    });
    const queue = [
      ...inQueue('ebba', 'Ebba', 'N', ['south', 'school', 'north']),
      ...inQueue('ivar', 'Ivar', 'N', ['school', 'south']),
      ...inQueue('siv', 'Sivsecret', 'S', ['south']),
    ];
    const trailer = `99${String(queue.length).padStart(6, '0')}`;
    await world.write('data/bosko/bosko-20260915.txt', [...queue, trailer, ''].join('\r\n'));
    // Each counts from 1: what one says of its schedule is never laid over another's.
    await report('north', DAY, [`1;${ids.get('n1')};1;2026-08-18;`], ['1;0;1;08:00;15:00']);
    const two = [`1;${ids.get('s1')};1;2026-08-18;`, `2;${ids.get('s2')};1;2026-08-18;`];
    await report('south', DAY, two, ['1;0;5;07:30;16:00', '2;0;5;07:30;16:00']);
  });
  after(() => world.close());

  /** What an organiser leaves that day in the place of what lies there. */
  async function report(
    organiser: string,
    day: string,
    schedules: readonly string[],
    times: readonly string[],
  ): Promise<void> {
    const inbox = join(world.folder, 'data', 'in', organiser);
    await rm(inbox, { recursive: true });
    await mkdir(inbox);
    for (const [name, rows] of Object.entries({ scheman: schedules, tider: times })) {
      const head = HEADS[name === 'scheman' ? 'scheman' : 'tider'];
      const lines = [head, ...rows, `SLUT;${rows.length}`, ''];
      await world.write(`data/in/${organiser}/${name}-${day}.csv`, lines.join('\n'));
    }
  }

  /** Everything is taken in and delivered; answers the rows of the last set, its header aside. */
  async function night(day: string): Promise<readonly string[]> {
    world.now = Date.parse(`${day}T05:00:00+02:00`);
    const told = await world.sync();
    for (const subject of SUBJECTS) {
      const { outcome, problem, counts } = runOf(told, subject);
      assert.deepEqual([subject, outcome, problem?.code], [subject, 'done', undefined]);
      assert.deepEqual(
        [subject, counts['quarantined'] ?? 0, counts['parked'] ?? 0],
        [subject, 0, 0],
      );
    }
    const folder = join(world.folder, 'data', 'preschool-hours');
    const sets = (await readdir(folder)).filter((name) => name.endsWith('.csv'));
    const text = await readFile(join(folder, sets.sort().at(-1) ?? ''), 'utf8');
    return text.split('\r\n').slice(1, -1);
  }

  it('has no faults in its declarations, and every example in them comes out as it says', async () => {
    const { workspace, lints } = await loadWorkspace(EXAMPLE, BUILT_IN_FOLDER);
    assert.deepEqual([...lints, ...(workspace?.remarks ?? [])], []);
    const results = workspace?.runMappingTests() ?? [];
    assert.deepEqual(
      results.filter(({ passed }) => !passed),
      [],
    );
  });

  it('takes in what each reports, and tells of no protected child', async () => {
    const rows = await night(DAY);
    const [north, south] = ['n1;08:00;15:00;north', 's1;07:30;16:00;south'].map((one) => {
      const [placement = '', comes, goes, unit = ''] = one.split(';');
      const day = placement === 'n1' ? 'Måndag' : 'Fredag';
      return `N;${ids.get(placement)};2026-08-18;0;${day};${comes};${goes};${ids.get(unit)};`;
    });
    assert.deepEqual([...rows].sort(), [north, south].sort());
  });

  it('tells each of those who are in the queue for its own preschools, and of nobody else', async () => {
    const folder = join(world.folder, 'data', 'preschool-queue');
    const outboxes = (await readdir(folder)).filter((name) => name !== 'sent');
    assert.deepEqual(outboxes.sort(), [ids.get('north'), ids.get('south')].sort());
    const rows = async (unit: string) => {
      const text = await readFile(join(folder, ids.get(unit) ?? '', 'ko.csv'), 'utf8');
      return text
        .split('\r\n')
        .slice(1, -2)
        .map((row) => row.split(';').slice(1).join(';'));
    };
    assert.deepEqual(await rows('north'), ['Nordan;Ebba;Ek;2025-03-01;2026-02-01;2026-11-01;3']);
    assert.deepEqual((await rows('south')).sort(), [
      'Sunnan;Ebba;Ek;2025-03-01;2026-02-01;2026-11-01;1',
      'Sunnan;Ivar;Ek;2025-03-01;2026-02-01;2026-11-01;2',
    ]);
  });

  it('tells Bosko when the children at its places are there, each day behind its schedule', async () => {
    const old = join(EXAMPLE, '..', 'old-systems');
    const mappings = join('mappings', 'bosko-back');
    await cp(join(old, mappings), join(world.folder, mappings), { recursive: true });
    const options = 'files: { folder: data/bosko-back }, layout: bosko-back';
    const line = `  bosko-back: { connector: files, mappings: bosko-back, options: { ${options} } }`;
    await world.reconfigure('modules:\n', `modules:\n${line}\n`);
    const flow = await readFile(join(old, 'flows', 'bosko-back.yaml'), 'utf8');
    const from = 'from: [register, preschools-north, preschools-south]';
    await world.write('flows/bosko-back.yaml', flow.replace('from: register', from));
    await mkdir(join(world.folder, 'data', 'bosko-back'));
    const { outcome, counts } = runOf(await world.sync('bosko-back'), 'bosko-back');
    assert.deepEqual([outcome, counts['parked']], ['done', 0]);
    const name = (await readdir(join(world.folder, 'data', 'bosko-back'))).find((one) => {
      return one.endsWith('.txt');
    });
    const text = await readFile(join(world.folder, 'data', 'bosko-back', name ?? ''), 'latin1');
    const lines = text.split('\r\n').map((one) => one.trimEnd());
    const placed = new Map(lines.map((one, at) => [one.slice(38, 74), at]));
    const told = (placement: string) => {
      const at = placed.get(ids.get(placement) ?? '') ?? -1;
      return [lines[at]?.slice(0, 2), lines[at]?.slice(74), lines[at + 1]];
    };
    assert.deepEqual(told('n1'), ['30', '0120260818        G', '3100108001500']);
    assert.deepEqual(told('s1'), ['30', '0120260818        G', '3100507301600']);
    assert.equal(lines.filter((one) => one.startsWith('30')).length, 2, 'of no protected child');
  });

  it('changes nothing of one organiser by what another leaves', async () => {
    await report(
      'north',
      '2026-09-16',
      [`1;${ids.get('n1')};1;2026-08-18;`],
      ['1;0;1;08:00;16:00'],
    );
    const rows = await night('2026-09-16');
    assert.deepEqual(rows, [
      `A;${ids.get('n1')};2026-08-18;0;Måndag;08:00;16:00;${ids.get('north')};`,
    ]);
  });

  it('keeps what an organiser has reported where its file is damaged, and goes on with the others', async () => {
    await report('north', '2026-09-17', [`1;${ids.get('n1')};1;2026-08-18;`], []);
    await world.write('data/in/north/tider-2026-09-17.csv', `${HEADS.tider}\n`);
    await report(
      'south',
      '2026-09-17',
      [`1;${ids.get('s1')};1;2026-08-18;`],
      ['1;0;5;07:30;15:00'],
    );
    world.now = Date.parse('2026-09-17T05:00:00+02:00');
    const told = await world.sync();
    assert.equal(runOf(told, 'preschools-north').problem?.code, 'FILE_DAMAGED');
    assert.equal(runOf(told, 'preschools-south').outcome, 'done');
    const file = join(world.folder, 'data', 'preschool-hours', 'vistelse-000003.csv');
    const rows = (await readFile(file, 'utf8')).split('\r\n').slice(1, -1);
    assert.deepEqual(rows.length, 1);
    assert.match(rows[0] ?? '', /^A;.*;Fredag;07:30;15:00;/);
  });
});
