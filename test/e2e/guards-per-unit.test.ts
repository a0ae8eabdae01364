import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { batchOf, type Town } from '../situations/town.ts';
import { skolnavIn } from './skolnav.ts';
import { everybody, oakCutShort, PUPILS, tenSchools, withClasses } from './ten-schools.ts';
import { runOf, World } from './world.ts';

describe('guards per school unit', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    // The gate at the source would hold them first: here the plans are asked.
    await world.reconfigure(
      'modules:',
      'sources: { register: { guards: { perUnit: { maxDelete: 1 } } } }\nmodules:',
    );
    await night('2026-09-01', tenSchools(everybody));
  });
  afterEach(() => world.close());

  async function night(day: string, town: Town) {
    await publish(join(world.folder, 'data', 'register'), batchOf(day, town));
    world.now = Date.parse(`${day}T03:00:00+02:00`);
    return world.sync();
  }

  const users = () =>
    [...world.identity.directory.of('Users').values()].filter(({ active }) => active === true);
  const openHolds = () => world.withHub(({ control }) => control.holds('open'));
  const approve = (id: string, units: readonly string[] | null, who = 'Kim') =>
    world.withHub(async ({ control }) => {
      const decision = { approve: true, units, who, reason: 'as the school says' };
      return (await control.decideHolds([id], decision))[0];
    });

  it('hold the school whose list was cut short, and deliver the others', async () => {
    const report = await night(
      '2026-09-02',
      tenSchools(oakCutShort, { ash1: { given: 'Robin', born: '2013-04-12' }, ash61: {} }),
    );
    for (const flow of ['identity', 'lms', 'collaboration']) {
      const { outcome, problem } = runOf(report, flow);
      assert.deepEqual([outcome, problem?.code], ['held', 'GUARD_LIMIT'], flow);
      assert.match(problem?.text ?? '', /oak: the plan would delete 24 of 60/);
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
    assert.deepEqual(await openHolds(), [], 'nobody needs to decide any more');
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
    const { outcome, problem } = runOf(report, 'identity');
    assert.equal(outcome, 'held');
    assert.match(problem?.text ?? '', /oak: .* replace 24 of 60 User \(40 %\), 24 out and 24 in/);
    assert.equal(users().length, 600, 'neither those who come nor those who go');
  });

  it('hold a school whose classes are emptied, although only two groups would change', async () => {
    const full = withClasses(tenSchools(everybody), everybody);
    await night('2026-09-02', full);
    const emptied = withClasses(tenSchools(everybody), (id) => !id.startsWith('oak'));
    const report = await night('2026-09-03', emptied);
    const { outcome, problem } = runOf(report, 'identity');
    assert.equal(outcome, 'held');
    assert.match(problem?.text ?? '', /oak: the plan would delete 60 of 60 Group.members/);
    const groups = [...world.identity.directory.of('Groups').values()];
    const sizes = groups.map(({ members }) => (Array.isArray(members) ? members.length : 0));
    assert.deepEqual(new Set(sizes), new Set([30]));
  });

  it('hold an exchange of all members of a class', async () => {
    const isOfClass = (id: string) => !id.startsWith('oak') || /oak([1-9]|[12][0-9]|30)$/.test(id);
    const full = withClasses(tenSchools(everybody), isOfClass);
    await night('2026-09-02', full);
    const others = { ...full.classes?.['oak-7a'], members: {} };
    for (let number = 31; number <= PUPILS; number++) {
      Object.assign(others.members, { [`oak${number}`]: ['2026-08-18'] });
    }
    const report = await night('2026-09-03', {
      ...full,
      classes: { ...full.classes, 'oak-7a': others },
    });
    const text = runOf(report, 'identity').problem?.text ?? '';
    assert.match(text, /oak: .* replace 30 of 30 Group.members \(100 %\), 30 out and 30 in/);
  });

  it('hold new keys for everybody, where the target changes keys in place', async () => {
    const built = join(import.meta.dirname, '..', '..', 'mappings', 'itslearning', 'person.yaml');
    const own = join(world.folder, 'mappings', 'itslearning');
    await mkdir(own, { recursive: true });
    const mapping = await readFile(built, 'utf8');
    const rekeyed = mapping.replace(
      'key: { take: id }',
      'key: { take: "eduPersonPrincipalNames[0]" }',
    );
    await writeFile(join(own, 'person.yaml'), rekeyed);
    const { outcome, problem } = runOf(await world.sync('lms'), 'lms');
    assert.equal(outcome, 'held');
    assert.match(problem?.text ?? '', /replace 60 of 60 person \(100 %\), 60 out and 60 in/);
  });

  it('show what they hold: counts by school and kind, and changes without personal data', async () => {
    await night('2026-09-02', tenSchools(oakCutShort));
    const hold = (await openHolds()).find(({ subject }) => subject === 'flow identity');
    const { out } = await skolnavIn(world, 'hold', 'show', hold?.id ?? '', '--details', '3');
    assert.match(out, /school unit +kind +held +create +update +delete +replace/);
    assert.match(out, /oak +User +60 +0 +0 +24 +0 +waits/);
    assert.match(out, /- suspend User [0-9a-f]{8}-/);
    assert.match(out, /and 21 more/);
    assert.doesNotMatch(out, /Kim Ek|skola\.example/);
    assert.doesNotMatch(out, /changed since/);
    await publish(
      join(world.folder, 'data', 'register'),
      batchOf('2026-09-03', tenSchools(everybody)),
    );
    await world.sync('collaboration');
    const later = await skolnavIn(world, 'hold', 'show', hold?.id ?? '');
    assert.match(later.out, /have changed since/);
  });

  it('let one school’s share go while another’s is refused', async () => {
    const twoCutShort = (id: string) => !/^(oak|elm)(4[89]|5[0-9]|60)$/.test(id);
    await night('2026-09-02', tenSchools(twoCutShort));
    const { id = '' } = (await openHolds()).find((one) => one.subject === 'flow identity') ?? {};
    const word = ['--reason', 'as the schools say'];
    const refused = await skolnavIn(world, 'hold', 'reject', id, '--unit', 'elm', ...word);
    assert.match(refused.out, /flow identity: open/);
    const shown = await skolnavIn(world, 'hold', 'show', id);
    assert.match(shown.out, /elm +User .* rejected/);
    const approved = await skolnavIn(world, 'hold', 'approve', id, ...word);
    assert.match(approved.out, /flow identity: approved/);
    await world.sync('identity');
    const left = (unit: string) =>
      users().filter(({ userName }) => String(userName).startsWith(unit)).length;
    assert.deepEqual([left('oak'), left('elm')], [47, 60]);
  });

  it('ask two persons where the flow says so, with a sync in between too', async () => {
    await world.guard('{ maxDelete: 2%, approvals: 2 }');
    await night('2026-09-02', tenSchools(oakCutShort));
    const hold = (await openHolds()).find(({ subject }) => subject === 'flow identity');
    assert.ok(hold !== undefined);
    assert.equal((await approve(hold.id, null))?.state, 'open');
    assert.equal((await approve(hold.id, null))?.state, 'open', 'twice the same is one');
    await world.sync('identity');
    assert.equal((await approve(hold.id, null, 'Robin'))?.state, 'approved', 'nothing has changed');
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
    assert.match(runOf(report, 'identity').problem?.text ?? '', /oak: .* delete 24 of 80/);
  });
});
