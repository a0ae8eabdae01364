import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { type RecordingProxy, startRecordingProxy } from '../e2e/recording-proxy.ts';
import { skolnavIn } from '../e2e/skolnav.ts';
import { runOf } from '../e2e/world.ts';
import { SituationTown } from './situation-town.ts';
import { batchOf, classOf, type Town, type TownPerson } from './town.ts';

const ANN: TownPerson = { given: 'Ann', account: 'ann' };
const BO: TownPerson = { given: 'Bo', account: 'bo' };
const SECRET: TownPerson = { ...BO, privacy: 2 };
const CLEO: TownPerson = { given: 'Cleo', account: 'cleo' };
const HELD = '{ maxDelete: 0%, maxUpdate: 0%, maxReplace: 0%, maxCreate: 0%, minimum: 0 }';

const QUIET = { signal: new AbortController().signal, onProgress: () => undefined };

/** By whatever a target still shows, somebody is found: nothing else is as urgent. */
describe('situations in which a target must forget a protected person', () => {
  let town: SituationTown;
  let proxy: RecordingProxy;
  /** Requests that begin so get this status in place of the service's answer, so many times. */
  let instead: { readonly begin: string; readonly status: number; times: number } | null;

  beforeEach(async () => {
    town = await SituationTown.open();
    instead = null;
    proxy = await startRecordingProxy(town.world.identity.url, undefined, (method, path) => {
      const request = `${method} /${path.split('/').slice(3).join('/')}`;
      if (instead === null || instead.times === 0 || !request.startsWith(instead.begin))
        return null;
      instead.times -= 1;
      return instead.status;
    });
    town.world.environment['IDENTITY_URL'] = proxy.url;
    await town.world.guard('{ maxDelete: 100%, maxUpdate: 100%, maxReplace: 100%, minimum: 10 }');
  });
  afterEach(async () => {
    await proxy.stop();
    await town.close();
  });

  const sync = async (day: string, what: Town | null) => {
    if (what !== null) await town.send(day, what);
    town.world.now = Date.parse(`${day}T03:00:00+02:00`);
    return town.world.sync('identity');
  };
  const memberIds = () =>
    [...town.world.identity.directory.of('Groups').values()].flatMap(({ members }) =>
      (Array.isArray(members) ? members : []).map((one) => String(Object(one)['value'])),
    );
  const found = (wanted: string) =>
    town.world.withHub(async ({ control }) =>
      (await control.findings()).filter(({ code }) => code === wanted),
    );
  const stillShown = () => found('PROTECTED_SHOWN');
  /** What is said of those who are not yet gone. */
  const notYetTaken = async () => (await found('PROTECTED_NOT_TAKEN')).map(({ said }) => said);
  /** The writing requests since then, in order: method and kind. */
  const told = (since: number) =>
    [
      ...proxy
        .recorded()
        .slice(since)
        .matchAll(/^(POST|PUT|PATCH|DELETE) .*\/(Users|Groups)/gm),
    ].map(([, method, kind]) => `${method} ${kind}`);

  it('the class loses the member, then the account goes, and only then others are told', async () => {
    await sync('2026-09-01', classOf({ ann: ANN, bo: BO }));
    const before = proxy.recorded().length;
    await sync('2026-09-02', classOf({ ann: { ...ANN, family: 'Berg' }, bo: SECRET, cleo: CLEO }));
    const [first, second, ...rest] = told(before);
    assert.deepEqual([first, second], ['PATCH Groups', 'DELETE Users']);
    assert.ok(rest.length > 0, 'the others are told afterwards');
    assert.equal(memberIds().length, 2);
    assert.deepEqual((await town.world.plan('identity'))[0]?.counts, {
      ...{ create: 0, update: 0, delete: 0 },
    });
  });

  it('whoever is far from it is not planned anew, also where it ends', async () => {
    const far = Array.from({ length: 30 }, (_, at) => [`p${at}`, { account: `p${at}` }] as const);
    const night = (bo: TownPerson): Town => {
      const near = classOf({ ann: ANN, bo });
      const persons = Object.fromEntries(far);
      const enrolments = far.map(([who]) => ({ person: who, unit: 'other' }));
      return {
        ...{ persons: { ...near.persons, ...persons }, units: ['school', 'other'] },
        ...{ enrolments: [...(near.enrolments ?? []), ...enrolments] },
        ...(near.classes === undefined ? {} : { classes: near.classes }),
      };
    };
    await sync('2026-09-01', night(BO));
    const taken = runOf(await sync('2026-09-02', night(SECRET)), 'identity');
    assert.deepEqual([taken.counts['removed'], town.user('bo')], [1, undefined]);
    assert.ok((taken.counts['considered'] ?? 0) < far.length, 'a narrow plan');
    await sync('2026-09-03', night(BO));
    await town.world.withHub(async ({ control }) => {
      const [hold] = await control.holds('open');
      const decision = { approve: true, units: null, who: 'Kim', reason: 'they have said so' };
      await control.decideHolds([hold?.id ?? ''], decision);
    });
    const given = runOf(await sync('2026-09-04', night(BO)), 'identity');
    assert.ok((given.counts['considered'] ?? 0) < far.length, 'a narrow plan');
    assert.equal(town.user('bo')?.['displayName'], 'Bo Ek');
    const [left] = await town.world.plan('identity');
    assert.deepEqual(left?.counts, { create: 0, update: 0, delete: 0 });
  });

  it('the change of the class is refused once: it is told again the same night', async () => {
    await sync('2026-09-01', classOf({ ann: ANN, bo: BO }));
    const bo = String(town.user('bo')?.id);
    instead = { begin: 'PATCH /Groups', status: 400, times: 1 };
    const report = await sync('2026-09-02', classOf({ ann: ANN, bo: SECRET }));
    assert.equal(town.user('bo'), undefined);
    assert.ok(!memberIds().includes(bo));
    const { outcome, counts } = runOf(report, 'identity');
    assert.deepEqual([outcome, counts['failed']], ['done', 0]);
  });

  it('a service that has no time at first is waited for', async () => {
    await sync('2026-09-01', classOf({ ann: ANN, bo: BO }));
    instead = { begin: 'DELETE /Users', status: 503, times: 1 };
    const report = await sync('2026-09-02', classOf({ ann: ANN, bo: SECRET }));
    assert.equal(town.user('bo'), undefined);
    const { outcome, counts } = runOf(report, 'identity');
    assert.deepEqual([outcome, counts['retried'], counts['failed']], ['done', 1, 0]);
  });

  it('a guard that holds all else of the school holds nothing of it', async () => {
    await sync('2026-09-01', classOf({ ann: ANN, bo: BO, cleo: CLEO }));
    const bo = String(town.user('bo')?.id);
    await town.world.guard(HELD);
    const others = { ann: { ...ANN, family: 'Berg' }, bo: SECRET };
    const report = await sync('2026-09-02', classOf(others));
    assert.equal(runOf(report, 'identity').outcome, 'held');
    assert.equal(town.user('bo'), undefined);
    assert.ok(!memberIds().includes(bo));
    assert.equal(town.user('ann')?.['displayName'], 'Ann Ek', 'all else waits for a person');
    assert.equal(memberIds().length, 2, 'who merely leaves is a member until then');
  });

  it('a mark in a delta that waits behind a full batch that is held is heard at once', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`p${at}`, { account: `p${at}` }]),
    );
    await sync('2026-09-01', { ...classOf({ ...many, bo: BO }) });
    assert.ok(town.user('bo') !== undefined);
    await town.send('2026-09-02', classOf({ bo: BO }));
    const { elements = [] } = batchOf('2026-09-03', { persons: { bo: SECRET }, units: [] });
    await publish(join(town.world.folder, 'data', 'register'), {
      ...{ name: 'ber-20260903T0230-delta', datetime: '2026-09-03T02:30:00+02:00', elements },
      window: { from: '2026-09-02T03:00:00+02:00', to: '2026-09-03T02:30:00+02:00' },
    });
    const report = await sync('2026-09-03', null);
    const { outcome, unread = [] } = runOf(report, 'register');
    const codes = ['PROTECTION_HEARD', 'FILE_UNREAD'];
    assert.deepEqual([outcome, unread.map(({ code }) => code)], ['held', codes]);
    assert.equal(town.user('bo'), undefined);
    assert.ok(town.user('p1') !== undefined, 'all else of it waits');
    const said = await town.world.withHub(({ control }) => control.findings());
    assert.ok(said.some(({ code }) => code === 'PROTECTION_HEARD'));
  });

  it('a plan tells it apart, leaves it out of what guards count, and runs by its digest', async () => {
    await sync('2026-09-01', classOf({ ann: ANN, bo: BO, cleo: CLEO }));
    await town.world.guard(HELD);
    await town.send('2026-09-02', classOf({ ann: ANN, bo: SECRET, cleo: CLEO }));
    await town.world.withHub(({ control }) =>
      control.sync({ ...QUIET, flow: 'identity', deliver: false, patienceMs: 0 }),
    );
    const [waiting] = await notYetTaken();
    assert.equal(waiting?.name, 'notYetTaken', 'no run has come: it is said at once');
    assert.deepEqual([waiting?.values['target'], waiting?.values['count']], ['identity:scim', 1]);
    assert.match(String(waiting?.values['since']), /2026-09-02 03:00:/);
    const [report] = await town.world.plan('identity');
    const { first, counts, held = [], digest = '' } = report ?? {};
    assert.deepEqual(first, { delete: 1, update: 1 });
    assert.deepEqual([counts, held], [{ create: 0, update: 0, delete: 0 }, []]);
    const { out } = await skolnavIn(town.world, 'plan', '--flow', 'identity');
    assert.match(out, /Goes first, for protection, .*: 1 object, 1 changed\./);
    const [done] = (
      await town.world.withHub(({ control }) =>
        control.sync({ ...QUIET, flow: 'identity', deliver: true, patienceMs: 0, plan: digest }),
      )
    ).flows;
    assert.deepEqual([done?.outcome, town.user('bo')], ['done', undefined]);
    assert.deepEqual(await notYetTaken(), []);
  });

  it('what was refused under a hold goes with the next night, held or not', async () => {
    await sync('2026-09-01', classOf({ ann: ANN, bo: BO, cleo: CLEO }));
    const bo = String(town.user('bo')?.id);
    await town.world.guard(HELD);
    instead = { begin: 'PATCH /Groups', status: 400, times: 99 };
    await sync('2026-09-02', classOf({ ann: { ...ANN, family: 'Berg' }, bo: SECRET }));
    assert.ok(memberIds().includes(bo));
    assert.equal(town.user('bo'), undefined);
    const shown = [(await stillShown()).length, await notYetTaken()];
    assert.deepEqual(shown, [1, []], 'the target was asked: it is told once');
    instead = null;
    const report = await sync('2026-09-03', null);
    assert.equal(runOf(report, 'identity').outcome, 'held');
    assert.ok(!memberIds().includes(bo));
    assert.deepEqual([await stillShown(), await notYetTaken()], [[], []]);
  });

  it('a set is written without the person, although a guard holds all else of it', async () => {
    await town.send('2026-09-01', classOf({ ann: ANN, bo: BO, cleo: CLEO }));
    await town.world.sync();
    assert.match(await town.world.delivered('users.csv'), /bo@/);
    await town.world.guard(HELD);
    await town.send('2026-09-02', classOf({ ann: { ...ANN, family: 'Berg' }, bo: SECRET }));
    await town.world.sync();
    const users = await town.world.delivered('users.csv');
    assert.doesNotMatch(users, /bo@/);
    assert.match(users, /cleo@/, 'all else waits for a person');
    assert.doesNotMatch(users, /Berg/);
  });

  it('a service that says yes and keeps the member is found out, whatever its lists hide, and told again', async () => {
    Object.assign(town.world.identity.directory.manners, { capitals: true, hidesMembers: true });
    await sync('2026-09-01', classOf({ ann: ANN, bo: BO }));
    const bo = String(town.user('bo')?.id);
    const id = await town.idOf('person', 'bo');
    instead = { begin: 'PATCH /Groups', status: 204, times: 99 };
    await sync('2026-09-02', classOf({ ann: ANN, bo: SECRET }));
    assert.ok(memberIds().includes(bo));
    const [finding, ...others] = await stillShown();
    assert.deepEqual(others, []);
    assert.match(String(finding?.text), /in Group$/);
    assert.ok(finding?.text.includes(id));
    assert.doesNotMatch(String(finding?.text), /Bo|Ek/);
    instead = null;
    await sync('2026-09-03', null);
    assert.ok(!memberIds().includes(bo));
    assert.deepEqual(await stillShown(), []);
  });

  it('a service that says yes and keeps the account is found out, and told again', async () => {
    await sync('2026-09-01', classOf({ ann: ANN, bo: BO }));
    instead = { begin: 'DELETE /Users', status: 204, times: 99 };
    await sync('2026-09-02', classOf({ ann: ANN, bo: SECRET }));
    assert.equal((await stillShown()).length, 1);
    instead = null;
    await sync('2026-09-03', null);
    assert.equal(town.user('bo'), undefined);
    assert.deepEqual(await stillShown(), []);
  });
});
