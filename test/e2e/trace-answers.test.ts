import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { sayTime, type TargetTrace, type Trace } from '../../core/control/control-bus.ts';
import { answerOf } from '../../scripts/terminal/trace-answer.ts';
import { batchOf, type Town } from '../situations/town.ts';
import { skolnavIn } from './skolnav.ts';
import { World } from './world.ts';

const TOWN: Town = {
  persons: { anna: { given: 'Anna' } },
  enrolments: [{ person: 'anna' }],
  classes: { '7a': { members: { anna: ['2026-08-18'] } } },
};
const NOBODY = { persons: {} };

/** Each answer to "why is Anna not in Teams?", made to come true. */
describe('the answer of a trace', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  async function night(day: string, town: Town, deliver = true): Promise<void> {
    await publish(join(world.folder, 'data', 'register'), batchOf(day, town));
    world.now = Date.parse(`${day}T03:00:00+02:00`);
    const signal = new AbortController().signal;
    const request = { flow: null, onProgress: () => undefined, signal, patienceMs: 2000 };
    await world.withHub(({ control }) => control.sync({ ...request, deliver }));
  }
  const trace = (): Promise<Trace> =>
    world.withHub(async ({ control }) => {
      const [person] = await control.findPersons('register:anna', 'Kim', '');
      return control.trace({ kind: 'person', id: person?.id ?? '' }, 'Kim');
    });
  async function inFlow(name: string): Promise<TargetTrace & { readonly answer: string }> {
    const found = (await trace()).targets.find(({ flow }) => flow === name);
    assert.ok(found !== undefined);
    return { ...found, answer: answerOf(found, 'Europe/Stockholm') };
  }
  async function changeFlow(flow: string, from: string, to: string): Promise<void> {
    const file = join(world.folder, 'flows', `${flow}.yaml`);
    const before = await readFile(file, 'utf8');
    assert.ok(before.includes(from));
    await world.write(`flows/${flow}.yaml`, before.replace(from, to));
  }
  /** Somebody else has Anna's user name in the identity portal. */
  function takeName(): void {
    const stranger = { id: 'x', version: 1, userName: 'anna@skola.example', externalId: 'else' };
    world.identity.directory.of('Users').set('x', stranger);
  }

  it('says since when the target holds it, and by which run', async () => {
    await night('2026-09-01', TOWN);
    const { answer, objects } = await inFlow('lms');
    const run = objects[0]?.confirmed?.run ?? 'none';
    assert.match(
      answer,
      new RegExp(`^In lms: person delivered 2026-09-01 03:00:\\d\\d, run ${run}$`),
    );
  });

  it('says which condition leaves her out, and on which day it will not', async () => {
    await night('2026-09-01', { ...TOWN, enrolments: [{ person: 'anna', begin: '2026-10-01' }] });
    const { answer, verdict, begins } = await inFlow('identity');
    assert.deepEqual([verdict, begins], ['not selected', '2026-10-01']);
    assert.match(
      answer,
      /^Not in identity: flows\/identity\.yaml:8 where: .*enrolments.*; begins 2026-10-01$/,
    );
  });

  it('names no day where nothing begins within a year', async () => {
    await night('2026-09-01', { ...TOWN, enrolments: [{ person: 'anna', begin: '2027-10-01' }] });
    assert.equal((await inFlow('identity')).begins, null);
  });

  it('says which line of which mapping gives nothing, and when it will', async () => {
    const files = 'files: { folder: data/collaboration }';
    await world.reconfigure(files, `${files}, relationships: true`);
    const built = join(import.meta.dirname, '..', '..', 'mappings', 'scim', 'user.yaml');
    const mapping = await readFile(built, 'utf8');
    const later = 'to: scim/User\nwhen: "today >= \'2026-11-01\'"';
    await world.write('mappings/scim/user.yaml', mapping.replace('to: scim/User', later));
    await night('2026-09-01', TOWN);
    const { answer, verdict } = await inFlow('identity');
    assert.equal(verdict, 'nothing wanted');
    const because = "mappings/scim/user.yaml:4 when: today >= '2026-11-01' gives nothing";
    assert.equal(answer, `Not in identity: ${because} for this person; begins 2026-11-01`);
    const { because: silent } = await inFlow('collaboration');
    assert.match(silent.join('\n'), /relationships\.yaml:5 each: responsibles gives nothing/);
  });

  it('says what cannot be made, with the line of the rule', async () => {
    await night('2026-09-01', { ...TOWN, persons: { anna: { account: null } } });
    const { answer } = await inFlow('identity');
    assert.match(answer, /^Not in identity: User cannot be made: VALUE_MISSING userName: /);
    assert.match(answer, /\(mappings\/scim\/user\.yaml:7\)$/);
  });

  it('says what has failed with which code, and what else is blocked by it', async () => {
    takeName();
    await night('2026-09-01', TOWN);
    const { answer, objects } = await inFlow('identity');
    assert.match(answer, /^Not in identity: User failed at attempt 2: KEY_TAKEN /);
    const group = objects.find(({ objectKind }) => objectKind === 'Group');
    assert.equal(group?.state, 'blocked');
    assert.deepEqual(
      [group.waitsFor?.objectKind, group.waitsFor?.state, group.waitsFor?.problem?.code],
      ['User', 'failed', 'KEY_TAKEN'],
    );
  });

  it('follows what is blocked to the failure at the end of the chain', async () => {
    await world.quicken();
    await changeFlow('lms', 'attempts: 8', 'attempts: 1');
    world.lms.failNext({ kind: 'error-before' });
    await night('2026-09-01', TOWN);
    const { objects } = await inFlow('lms');
    const membership = objects.find(({ objectKind }) => objectKind === 'membership');
    assert.equal(membership?.state, 'blocked');
    assert.deepEqual(
      [membership.waitsFor?.objectKind, membership.waitsFor?.state],
      ['school', 'failed'],
    );
  });

  it('calls nothing blocked that was delivered without somebody who is not there', async () => {
    const members = { anna: ['2026-08-18'], bo: ['2026-08-18'] } as const;
    const persons = { ...TOWN.persons, bo: {} };
    await night('2026-09-01', { ...TOWN, persons, classes: { '7a': { members } } });
    const { objects } = await inFlow('identity');
    const states = objects.map(({ objectKind, state }) => `${objectKind} ${state}`);
    assert.deepEqual(states.sort(), ['Group delivered', 'User delivered']);
  });

  it('says when it is tried again, and why', async () => {
    await night('2026-09-01', NOBODY);
    world.identity.failNext({ kind: 'error-before' }, { kind: 'error-before' });
    await night('2026-09-02', TOWN);
    const [user] = (await inFlow('identity')).objects;
    assert.equal(user?.state, 'retrying');
    assert.ok(user.at !== null && user.at > world.now);
    const again = sayTime('Europe/Stockholm', user.at);
    assert.match(
      (await inFlow('identity')).answer,
      new RegExp(`User is tried again ${again} after 1 `),
    );
  });

  it('says which hold withholds the changes of her school', async () => {
    await world.guard('{ maxUpdate: 1%, minimum: 0 }');
    await night('2026-09-01', TOWN);
    await night('2026-09-02', { ...TOWN, persons: { anna: { given: 'Bea' } } });
    const holds = await world.withHub(({ control }) => control.holds('open'));
    const hold = holds.find(({ subject }) => subject === 'flow identity');
    assert.equal(
      (await inFlow('identity')).answer,
      `In identity: User waits for a person: skolnav hold show ${hold?.id}`,
    );
  });

  it('says that the target as a whole waits for a person', async () => {
    await night('2026-09-01', NOBODY);
    world.environment['SECRET'] = 'another-secret';
    await night('2026-09-02', TOWN);
    const { answer, obstacles } = await inFlow('identity');
    assert.equal(obstacles[0]?.code, 'CREDENTIALS');
    assert.match(answer, /^Not in identity: User is delivered with the next run: CREDENTIALS /);
  });

  it('says how the last run ended, where the target did not answer', async () => {
    await night('2026-09-01', NOBODY);
    world.identity.failNext(
      ...Array.from({ length: 99 }, () => ({ kind: 'error-before' }) as const),
    );
    const names = ['anna', ...Array.from({ length: 80 }, (_, at) => `p${at}`)];
    const persons = Object.fromEntries(names.map((name) => [name, {}]));
    const enrolments = names.map((person) => ({ person }));
    await night('2026-09-02', { ...TOWN, persons, enrolments });
    const { answer, obstacles } = await inFlow('identity');
    const [outage] = obstacles;
    assert.equal(outage?.code, 'TARGET_BROKEN');
    assert.match(answer, /^Not in identity: User is /);
    assert.ok(answer.includes(': TARGET_BROKEN '));
  });

  it('says that newer data made a failed delivery void', async () => {
    takeName();
    await night('2026-09-01', TOWN);
    await night(
      '2026-09-02',
      { ...TOWN, enrolments: [{ person: 'anna', begin: '2026-10-01' }] },
      false,
    );
    const { verdict, objects } = await inFlow('identity');
    assert.equal(verdict, 'not selected');
    const user = objects.find(({ objectKind }) => objectKind === 'User');
    assert.deepEqual([user?.state, user?.problem?.code], ['superseded', 'KEY_TAKEN']);
  });

  it('says of a protected person only that she is, and whether a target still holds anything', async () => {
    await night('2026-09-01', TOWN);
    await night('2026-09-02', { ...TOWN, persons: { anna: { privacy: 3 } } }, false);
    const { sources, targets, isProtected } = await trace();
    assert.deepEqual([isProtected, sources], [true, []]);
    const identity = targets.find(({ flow }) => flow === 'identity');
    assert.equal(identity?.verdict, 'protected');
    assert.match(
      answerOf(identity, 'Europe/Stockholm'),
      /^Protected: nothing is told to identity; \d of its objects are still to be removed$/,
    );
    assert.deepEqual([...new Set(identity.objects.map(({ key }) => key))], ['']);
    await night('2026-09-03', { ...TOWN, persons: { anna: { privacy: 3 } } });
    assert.equal((await inFlow('identity')).answer, 'Protected: nothing is told to identity');
  });

  it('says why newer data of her are not taken in', async () => {
    await night('2026-09-01', TOWN);
    await night('2026-09-02', { ...TOWN, persons: { anna: { number: '12' } } });
    const [problem] = (await trace()).notTaken;
    assert.equal(problem?.code, 'VALUE_NOT_ALLOWED');
    assert.match(problem.place?.file ?? '', /^ber-20260902/);
  });

  it('stands first on the screen, before what it rests on', async () => {
    const persons = { anna: { given: 'Anna', number: '20130412TF81' } };
    await night('2026-09-01', { ...TOWN, persons });
    const [person = '', ...lines] = (await skolnavIn(world, 'trace', '130412-TF81')).out.split(
      '\n',
    );
    const key = person.replace('person ', '');
    const answers = lines.slice(0, 3).map((line) => line.replace(/: .*/, ''));
    assert.deepEqual(answers, ['  In collaboration', '  In identity', '  In lms']);
    assert.match(lines.slice(3).join('\n'), /register +person +anna +ber-20260901\.xml:\d+/);
    const { out: told } = await skolnavIn(world, 'explain', 'identity', 'User', key, 'userName');
    assert.match(told, /^identity:scim User delivered 2026-09-01.*\nthe target said: HTTP 201\n/);
    assert.match(told, /userName is made by mappings\/scim\/user\.yaml:7\n/);
  });
});
