import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { batchOf, type Town, type TownEnrolment, type TownPerson } from '../situations/town.ts';
import { runOf, World } from './world.ts';

const UNITS = ['ash', 'birch', 'cedar', 'elm', 'fir', 'hazel', 'larch', 'maple', 'oak', 'pine'];
const PUPILS = 60;

/** Ten schools of sixty pupils; what is left out, and what is added. */
function tenSchools(isThere: (id: string) => boolean, more: Town['persons'] = {}): Town {
  const persons: Record<string, TownPerson> = {};
  const enrolments: TownEnrolment[] = [];
  for (const unit of UNITS) {
    for (let number = 1; number <= PUPILS; number++) {
      const id = `${unit}${number}`;
      persons[id] = { born: '2013-04-12' };
      if (isThere(id)) enrolments.push({ person: id, unit });
    }
  }
  for (const [id, person] of Object.entries(more)) {
    persons[id] = person;
    const unit = UNITS.find((name) => id.startsWith(name)) ?? '';
    if (!enrolments.some((one) => one.person === id)) enrolments.push({ person: id, unit });
  }
  return { persons, units: UNITS, enrolments };
}

const everybody = () => true;
/** Oak's list is cut short: 24 of its 60 are missing, 4 % of everybody. */
const oakCutShort = (id: string) => !/^oak(3[7-9]|[45][0-9]|60)$/.test(id);

describe('guards per school unit', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    await night('2026-09-01', tenSchools(everybody));
  });
  afterEach(() => world.close());

  async function night(day: string, town: Town) {
    await publish(join(world.folder, 'data', 'register'), batchOf(day, town));
    world.now = Date.parse(`${day}T03:00:00+02:00`);
    return world.sync();
  }

  const users = () => [...world.identity.directory.of('Users').values()];
  const openHolds = () => world.withHub(({ control }) => control.holds('open'));
  const approve = (id: string, units: readonly string[] | null, who = 'Kim') =>
    world.withHub(({ control }) =>
      control.decideHold(id, { approve: true, units, who, reason: 'as the school says' }),
    );

  it('hold the school whose list was cut short, and deliver the others', async () => {
    const report = await night(
      '2026-09-02',
      tenSchools(oakCutShort, { ash1: { given: 'Robin', born: '2013-04-12' }, ash61: {} }),
    );
    for (const flow of ['identity', 'lms', 'collaboration']) {
      const { outcome, trouble } = runOf(report, flow);
      assert.deepEqual([outcome, trouble?.code], ['held', 'GUARD_LIMIT'], flow);
      assert.match(trouble?.text ?? '', /oak: the plan would delete 24 of 60/);
    }
    assert.equal(users().length, 601);
    assert.ok(users().some(({ displayName }) => displayName === 'Robin Ek'));
    const file = await world.delivered('users.csv');
    assert.match(file, /oak60@/);
    assert.match(file, /ash61@/);
    const given = [...world.lms.site.persons.values()].map(({ givenName }) => givenName);
    assert.ok(given.includes('Robin'));
    const held = (await openHolds()).find(({ subject }) => subject === 'flow identity');
    const parts = held?.parts.map(({ name, counts }) => [name, counts['delete']]);
    assert.deepEqual(parts, [['oak', 24]]);
    await night('2026-09-03', tenSchools(everybody));
    assert.ok((await world.sync()).flows.every(({ outcome }) => outcome === 'done'));
  });

  it('let the share of one school go where a person says so', async () => {
    const twoCutShort = (id: string) => !/^(oak|elm)(4[89]|5[0-9]|60)$/.test(id);
    await night('2026-09-02', tenSchools(twoCutShort));
    const oak = (await openHolds()).find(({ subject }) => subject === 'flow identity');
    const part = oak?.parts.find(({ name }) => name === 'oak');
    assert.ok(oak !== undefined && part !== undefined);
    await approve(oak.id, [part.unit]);
    await world.sync('identity');
    const left = (unit: string) =>
      users().filter(({ userName }) => String(userName).startsWith(unit)).length;
    assert.deepEqual([left('oak'), left('elm')], [47, 60]);
    const rest = (await openHolds()).find(({ subject }) => subject === 'flow identity');
    assert.deepEqual(
      rest?.parts.map(({ name }) => name),
      ['elm'],
    );
  });

  it('hold an exchange of identities: as many in as out is not no change', async () => {
    const ghosts = Array.from({ length: 24 }, (_, index) => [`oakx${index}`, {}] as const);
    const report = await night('2026-09-02', tenSchools(oakCutShort, Object.fromEntries(ghosts)));
    assert.equal(runOf(report, 'identity').outcome, 'held');
    assert.equal(users().length, 600, 'neither those who come nor those who go');
  });

  it('ask two persons where the flow says so', async () => {
    await world.guard('{ maxDelete: 2%, approvals: 2 }');
    await night('2026-09-02', tenSchools(oakCutShort));
    const hold = (await openHolds()).find(({ subject }) => subject === 'flow identity');
    assert.ok(hold !== undefined);
    assert.equal((await approve(hold.id, null))?.state, 'open');
    assert.equal((await approve(hold.id, null))?.state, 'open', 'twice the same is one');
    await world.sync('identity');
    const renewed = (await openHolds()).find(({ subject }) => subject === 'flow identity');
    assert.ok(renewed !== undefined);
    await approve(renewed.id, null);
    assert.equal((await approve(renewed.id, null, 'Robin'))?.state, 'approved');
    await world.sync('identity');
    assert.equal(users().length, 576);
  });

  it('lift in a planned window, and stand again after it', async () => {
    const window = '{ from: 2026-09-02, to: 2026-09-03, reason: Oak is being closed }';
    await world.guard(`{ maxDelete: 2%, windows: [${window}] }`);
    const report = await night('2026-09-02', tenSchools(oakCutShort));
    assert.ok(report.flows.every(({ outcome }) => outcome === 'done'));
    assert.equal(users().length, 576);
    const pine = (id: string) => oakCutShort(id) && !/^pine(4[5-9]|5[0-9]|60)$/.test(id);
    assert.equal(runOf(await night('2026-09-04', tenSchools(pine)), 'identity').outcome, 'held');
  });

  it('remember to which school a pupil has moved', async () => {
    const moved = (id: string) => !/^elm(4[1-9]|5[0-9]|60)$/.test(id);
    const town = tenSchools(moved);
    const enrolments = [...(town.enrolments ?? [])];
    for (let number = 41; number <= PUPILS; number++) {
      enrolments.push({ person: `elm${number}`, unit: 'oak', begin: '2026-09-02' });
    }
    await night('2026-09-02', { ...town, enrolments });
    const cut = enrolments.filter(({ unit, person }) => unit !== 'oak' || oakCutShort(person));
    const report = await night('2026-09-03', { ...town, enrolments: cut });
    assert.match(runOf(report, 'identity').trouble?.text ?? '', /oak: .* delete 24 of 80/);
  });
});
