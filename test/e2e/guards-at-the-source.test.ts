import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import type { Hold } from '../../core/store/run-store.ts';
import { batchOf, type Town } from '../situations/town.ts';
import { skolnavIn } from './skolnav.ts';
import { numbers, smallTown } from './small-town.ts';
import { everybody, tenSchools, UNITS, withClasses } from './ten-schools.ts';
import { runOf, World } from './world.ts';

const WORD = ['--reason', 'as the school says'];

describe('the gate at the source', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  const folder = () => join(world.folder, 'data', 'register');
  const users = () => world.accounts();
  const usersOf = (unit: string) =>
    users().filter(({ userName }) => new RegExp(`^${unit}\\d`).test(String(userName))).length;

  async function night(day: string, town: Town) {
    await publish(folder(), batchOf(day, town));
    world.now = Date.parse(`${day}T03:00:00+02:00`);
    return world.sync();
  }

  async function holdOfSource(): Promise<Hold | undefined> {
    const open = await world.withHub(({ control }) => control.holds('open'));
    return open.find(({ subject }) => subject === 'intake register');
  }

  /** Ten schools with their classes, without these pupils in the lists of persons and schools. */
  function schoolsWithout(isGone: (id: string) => boolean, units: readonly string[] = UNITS): Town {
    const isThere = (id: string) => !isGone(id) && units.some((unit) => id.startsWith(unit));
    const town = withClasses(tenSchools(isThere), everybody);
    const persons = Object.entries(town.persons).filter(([id]) => isThere(id));
    const classes = Object.entries(town.classes ?? {}).filter(([id]) =>
      units.some((unit) => id.startsWith(unit)),
    );
    return {
      ...{ ...town, units, persons: Object.fromEntries(persons) },
      classes: Object.fromEntries(classes),
    };
  }

  const nobody = () => false;
  /** Twenty-four of oak's sixty. */
  const ofOak = (id: string) => /^oak(3[7-9]|[45][0-9]|60)$/.test(id);

  it('holds as many others in place of those who were there: the count alone says nothing', async () => {
    await publish(folder(), smallTown('ber-20260901', numbers(1, 300)));
    await world.sync();
    const before = await world.picture();
    await publish(folder(), smallTown('ber-20260902', numbers(251, 550)));
    const { out, code } = await skolnavIn(world, 'sync');
    assert.equal(code, 3, out);
    assert.match(out, /SOURCE_REPLACED/);
    assert.match(out, /person: 300 where the last good run left 300, but 250 of those are not/);
    assert.deepEqual(await world.picture(), before);
    const { id = '', kinds = {} } = (await holdOfSource()) ?? {};
    assert.deepEqual(kinds['person'], { read: 300, kept: 300, missing: 250 });
    const shown = await skolnavIn(world, 'hold', 'show', id);
    assert.match(shown.out, /^ {2}person: read 300, kept 300, missing 250$/m);
    await skolnavIn(world, 'hold', 'approve', id, '--reason', 'the register has new ids');
    const report = await world.sync();
    assert.equal(runOf(report, 'register').outcome, 'done');
  });

  it('keeps of a school whose list was cut short what it had, and takes in all else', async () => {
    await night('2026-09-01', schoolsWithout(nobody));
    const cut = schoolsWithout((id) => ofOak(id) || id === 'ash7');
    const persons = { ...cut.persons, ash1: { given: 'Robin', born: '2013-04-12' } };
    const report = await night('2026-09-02', { ...cut, persons });
    const { outcome, problem } = runOf(report, 'register');
    assert.deepEqual([outcome, problem?.code], ['held', 'SOURCE_UNIT_SHRUNK']);
    assert.match(problem?.text ?? '', /register, oak: missing are .*24 of 60 person/);
    for (const flow of report.flows) {
      assert.equal(flow.outcome, 'done', flow.problem?.text ?? '');
    }
    assert.deepEqual([usersOf('oak'), usersOf('ash')], [60, 59]);
    assert.ok(users().some(({ displayName }) => displayName === 'Robin Ek'));
    const hold = await holdOfSource();
    const shown = await skolnavIn(world, 'hold', 'show', hold?.id ?? '');
    assert.match(shown.out, /school unit +kind +kept +missing/);
    assert.match(shown.out, /oak +person +60 +24 +waits/);
    assert.match(shown.out, /oak +enrolment +60 +24 +waits/);
    assert.doesNotMatch(shown.out, /ash/);
  });

  it('lets exactly the missing of one school go where a person says so, with the next sync', async () => {
    await night('2026-09-01', schoolsWithout(nobody));
    const gone = /^(oak|elm)(4[89]|5[0-9]|60)$/;
    await night(
      '2026-09-02',
      schoolsWithout((id) => gone.test(id)),
    );
    const hold = await holdOfSource();
    assert.deepEqual(hold?.parts.map(({ name }) => name).sort(), ['elm', 'oak']);
    await skolnavIn(world, 'hold', 'approve', hold.id, '--unit', 'oak', ...WORD);
    // The batch is in the archive: nothing new has come.
    await world.guard('{ maxDelete: 50%, maxReplace: 50%, perUnit: { maxDelete: 50% } }');
    await world.sync();
    assert.deepEqual([usersOf('oak'), usersOf('elm')], [47, 60]);
    const rest = await holdOfSource();
    assert.deepEqual(
      rest?.parts.map(({ name }) => name),
      ['elm'],
    );
    await skolnavIn(world, 'hold', 'approve', rest.id, ...WORD);
    await world.sync();
    assert.equal(usersOf('elm'), 47);
    assert.equal(await holdOfSource(), undefined);
  });

  it('asks again where more is missing than was approved', async () => {
    await night('2026-09-01', schoolsWithout(nobody));
    await night('2026-09-02', schoolsWithout(ofOak));
    const hold = await holdOfSource();
    await skolnavIn(world, 'hold', 'approve', hold?.id ?? '', ...WORD);
    const report = await night(
      '2026-09-03',
      schoolsWithout((id) => ofOak(id) || id === 'oak1'),
    );
    assert.equal(runOf(report, 'register').outcome, 'held');
    assert.equal(usersOf('oak'), 60);
  });

  it('holds a school that is missing altogether', async () => {
    await night('2026-09-01', schoolsWithout(nobody));
    await world.reconfigure(
      'modules:',
      'sources: { register: { guards: { maxDelete: 20% } } }\nmodules:',
    );
    const others = UNITS.filter((unit) => unit !== 'oak');
    const report = await night('2026-09-02', schoolsWithout(nobody, others));
    const { outcome, problem } = runOf(report, 'register');
    assert.deepEqual([outcome, problem?.code], ['held', 'SOURCE_UNIT_SHRUNK']);
    assert.match(problem?.text ?? '', /oak: .*1 of 1 organisation/);
    assert.equal(usersOf('oak'), 60);
    const resolved = await night('2026-09-03', schoolsWithout(nobody));
    assert.equal(runOf(resolved, 'register').outcome, 'done');
    assert.equal(await holdOfSource(), undefined, 'nobody needs to decide any more');
  });

  it('names the school where the whole source is held, and asks once about what is refused', async () => {
    await night('2026-09-01', schoolsWithout(nobody));
    const others = UNITS.filter((unit) => unit !== 'oak');
    await night('2026-09-02', schoolsWithout(nobody, others));
    const { id = '', reasons = [] } = (await holdOfSource()) ?? {};
    assert.ok(
      reasons.some(({ text }) => /register, oak: missing are .*60 of 60 person/.test(text)),
    );
    await skolnavIn(world, 'hold', 'reject', id, ...WORD);
    const { outcome, problem } = runOf(await world.sync(), 'register');
    assert.equal(await holdOfSource(), undefined);
    assert.deepEqual([outcome, usersOf('oak')], ['failed', 60]);
    assert.match(problem?.text ?? '', /refused by Kim/);
    const again = await skolnavIn(world, 'hold', 'approve', id, ...WORD);
    assert.equal(again.code, 0, again.out);
    assert.equal(runOf(await world.sync(), 'register').outcome, 'done');
  });

  it('holds a school unit that is missing alone, with all its pupils there', async () => {
    await night('2026-09-01', tenSchools(everybody));
    const town = tenSchools(everybody);
    const batch = batchOf('2026-09-02', town);
    const elements = batch.elements?.filter((text) => !/^<group>.*<id>oak<\/id>/.test(text));
    await publish(folder(), { ...batch, elements: elements ?? [] });
    const { outcome, problem } = runOf(await world.sync(), 'register');
    assert.deepEqual([outcome, problem?.code], ['held', 'SOURCE_UNIT_SHRUNK']);
    assert.match(problem?.text ?? '', /oak: missing are .*1 of 1 organisation/);
  });

  it('lets a whole school go in a planned window', async () => {
    await night('2026-09-01', schoolsWithout(nobody));
    const window = '{ from: 2026-09-02, to: 2026-09-03, reason: Oak is being closed }';
    await world.reconfigure(
      'modules:',
      `sources: { register: { guards: { windows: [${window}] } } }\nmodules:`,
    );
    await world.guard(`{ windows: [${window}] }`);
    await night(
      '2026-09-02',
      schoolsWithout((id) => id.startsWith('oak')),
    );
    assert.equal(usersOf('oak'), 0);
  });

  it('asks two persons where the configuration says so', async () => {
    await night('2026-09-01', schoolsWithout(nobody));
    await world.reconfigure('modules:', 'sources: { register: { approvals: 2 } }\nmodules:');
    await night('2026-09-02', schoolsWithout(ofOak));
    const hold = await holdOfSource();
    const { out } = await skolnavIn(world, 'hold', 'approve', hold?.id ?? '', ...WORD);
    assert.match(out, /open\.\nIt needs 2 different persons/);
  });

  it('holds a small source that had something and says that it now has nothing', async () => {
    await publish(folder(), smallTown('ber-20260901', numbers(1, 8)));
    await world.sync();
    const nothing = { name: 'ber-20260902', datetime: '2026-09-02T02:00:00+02:00' };
    await publish(folder(), nothing);
    const { out, code } = await skolnavIn(world, 'sync');
    assert.equal(code, 3, out);
    assert.match(out, /SOURCE_EMPTY/);
    assert.equal(users().length, 8);
  });
});
