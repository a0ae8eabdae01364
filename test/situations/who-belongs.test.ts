import assert from 'node:assert/strict';
import { type RecordingProxy, startRecordingProxy } from '../e2e/recording-proxy.ts';
import { runOf } from '../e2e/world.ts';
import { SituationTown } from './situation-town.ts';
import { classOf, type Town, type TownPerson } from './town.ts';

const BO: TownPerson = { given: 'Bo', account: 'bo' };
const DEAD: TownPerson = { ...BO, status: 'Deceased' };
const ANN: TownPerson = { given: 'Ann', account: 'ann' };
const NO_CHANGES = { create: 0, update: 0, delete: 0 };
const CLEO: TownPerson = { given: 'Cleo', account: 'bo' };

/** Services do not tidy up: what a group refers to is what it was told, by the service's own ids. */
describe('situations in which the identity portal must know who belongs to a class', () => {
  let town: SituationTown;
  let proxy: RecordingProxy | null;
  /** Requests that begin so get this status, so many times. */
  let turnedAway: { readonly begin: string; readonly status: number; times: number } | null;

  beforeEach(async () => {
    town = await SituationTown.open();
    await town.world.guard('{ maxDelete: 100%, maxUpdate: 100%, maxReplace: 100%, minimum: 10 }');
    turnedAway = null;
    proxy = null;
  });
  afterEach(async () => {
    await proxy?.stop();
    await town.close();
  });

  /** From now on, what `turnedAway` names does not reach the service. */
  async function watch(): Promise<RecordingProxy> {
    const { url } = town.world.identity;
    const refuse = (method: string, path: string) => {
      if (turnedAway === null || turnedAway.times === 0) return null;
      if (!`${method} /${path.split('/').slice(3).join('/')}`.startsWith(turnedAway.begin))
        return null;
      turnedAway.times -= 1;
      return turnedAway.status;
    };
    proxy = await startRecordingProxy(url, undefined, refuse);
    town.world.environment['IDENTITY_URL'] = proxy.url;
    return proxy;
  }
  const sync = async (day: string, what: Town | null) => {
    if (what !== null) await town.send(day, what);
    town.world.now = Date.parse(`${day}T03:00:00+02:00`);
    return town.world.sync('identity');
  };
  const classes = () => [...town.world.identity.directory.of('Groups').values()];
  const memberIds = () =>
    classes().flatMap(({ members }) =>
      (Array.isArray(members) ? members : []).map((one) => Object(one)['value']),
    );
  /** Display names of the members; an id of nobody is itself. */
  const members = () => {
    const users = new Map(town.users().map(({ id, displayName }) => [id, displayName]));
    return memberIds()
      .map((id) => String(users.get(id) ?? id))
      .sort();
  };

  it('one leaves, and another comes with his user name the same night', async () => {
    await sync('2026-09-01', classOf({ ann: ANN, bo: BO }));
    assert.deepEqual(members(), ['Ann Ek', 'Bo Ek']);
    const report = await sync('2026-09-02', classOf({ ann: ANN, bo: DEAD, cleo: CLEO }));
    assert.deepEqual(members(), ['Ann Ek', 'Cleo Ek']);
    const { outcome, counts } = runOf(report, 'identity');
    assert.deepEqual([outcome, counts['failed'], counts['blocked']], ['done', 0, 0]);
    assert.deepEqual((await town.world.plan('identity'))[0]?.counts, NO_CHANGES);
  });

  it('user names that go round are handed on the same night, whoever is asked first', async () => {
    const named = (...accounts: readonly string[]) =>
      classOf(
        Object.fromEntries(
          accounts.map((account, at) => [`p${at}`, { given: `Kim${at}`, account }]),
        ),
      );
    const held = () =>
      town.users().map(({ displayName, userName }) => `${displayName} ${userName}`);
    await sync('2026-09-01', named('a', 'b', 'c', 'd', 'e', 'f'));
    const ids = town.users().map(({ id, displayName }) => `${displayName} ${id}`);
    // A swap, a circle of three, and one who takes what is free.
    const report = await sync('2026-09-02', named('b', 'a', 'd', 'e', 'c', 'g'));
    assert.deepEqual(
      held().sort(),
      ['b', 'a', 'd', 'e', 'c', 'g'].map((name, at) => `Kim${at} Ek ${name}@skola.example`),
    );
    assert.deepEqual(
      town.users().map(({ id, displayName }) => `${displayName} ${id}`),
      ids,
    );
    assert.equal(runOf(report, 'identity').counts['failed'], 0);
    assert.deepEqual((await town.world.plan('identity'))[0]?.counts, NO_CHANGES);
    // Another circle, of which one is in doubt when the night ends.
    await watch();
    turnedAway = { begin: 'PATCH /Users', status: 500, times: 99 };
    await sync('2026-09-03', named('b', 'a', 'e', 'c', 'd', 'g'));
    turnedAway = null;
    await sync('2026-09-04', null);
    const are = (...names: readonly string[]) =>
      names.map((name, at) => `Kim${at} Ek ${name}@skola.example`);
    assert.deepEqual(held().sort(), are('b', 'a', 'e', 'c', 'd', 'g'));
    // And one that the service has carried out without saying so, and that is undone by then.
    turnedAway = { begin: 'PATCH /Users', status: 500, times: 99 };
    await sync('2026-09-05', named('a', 'b', 'e', 'c', 'd', 'g'));
    turnedAway = null;
    const users = town.world.identity.directory.of('Users');
    const swapped: Readonly<Record<string, string>> = { 'Kim0 Ek': 'a', 'Kim1 Ek': 'b' };
    for (const [id, user] of users) {
      const name = swapped[String(user['displayName'])];
      if (name !== undefined) users.set(id, { ...user, userName: `${name}@skola.example` });
    }
    await sync('2026-09-06', named('b', 'a', 'e', 'c', 'd', 'g'));
    assert.deepEqual(held().sort(), are('b', 'a', 'e', 'c', 'd', 'g'));
    assert.deepEqual((await town.world.plan('identity'))[0]?.counts, NO_CHANGES);
  });

  it('e-mail addresses and names of classes that are exchanged are handed on as user names are', async () => {
    const { unique } = town.world.identity.directory;
    Object.assign(unique, { Users: ['userName', 'emails'], Groups: ['displayName'] });
    const named = (ann: string, bo: string, one: string, two: string): Town => ({
      ...classOf({ ann: { ...ANN, schoolEmail: ann }, bo: { ...BO, schoolEmail: bo } }),
      classes: {
        one: { name: one, members: { ann: ['2026-08-18'] } },
        two: { name: two, members: { bo: ['2026-08-18'] } },
      },
    });
    await sync('2026-09-01', named('x@skola.example', 'y@skola.example', '7A', '7B'));
    const ofAnn = () =>
      classes().filter(({ members }) =>
        JSON.stringify(members).includes(town.user('ann')?.id ?? '-'),
      );
    const before = [town.user('ann')?.id, ...ofAnn().map(({ id }) => id)];
    await sync('2026-09-02', named('y@skola.example', 'x@skola.example', '7B', '7A'));
    assert.deepEqual([town.user('ann')?.id, ...ofAnn().map(({ id }) => id)], before);
    assert.match(JSON.stringify(town.user('ann')?.['emails']), /"y@skola\.example"/);
    assert.deepEqual(
      ofAnn().map(({ displayName }) => displayName),
      ['7B'],
    );
    assert.deepEqual((await town.world.plan('identity'))[0]?.counts, NO_CHANGES);
  });

  it('a user name that somebody keeps is a failure, and nobody steps aside for it', async () => {
    await sync('2026-09-01', classOf({ ann: ANN, bo: BO }));
    const users = town.world.identity.directory.of('Users');
    users.set('guest', { id: 'guest', version: 1, userName: 'new@skola.example', externalId: 'x' });
    const report = await sync('2026-09-02', classOf({ ann: { ...ANN, account: 'new' }, bo: BO }));
    assert.equal(runOf(report, 'identity').counts['failed'], 1);
    const names = town.users().map(({ userName }) => userName);
    assert.deepEqual(names.sort(), ['ann@skola.example', 'bo@skola.example', 'new@skola.example']);
  });

  it('the account is made anew by hand: its class is told the new id', async () => {
    await sync('2026-09-01', classOf({ ann: ANN, bo: BO }));
    const users = town.world.identity.directory.of('Users');
    const old = town.user('bo');
    assert.ok(old !== undefined);
    users.delete(old.id);
    users.set('anew', { ...old, id: 'anew', version: 1 });
    await sync('2026-09-02', classOf({ ann: ANN, bo: { ...BO, family: 'Berg' } }));
    assert.deepEqual(members(), ['Ann Ek', 'Bo Berg']);
    const [plan] = await town.world.plan('identity');
    assert.deepEqual(plan?.counts, NO_CHANGES);
  });

  it('what a class was refused is said the next night, in the ids of the service', async () => {
    const { recorded } = await watch();
    await sync('2026-09-01', classOf({ ann: ANN, bo: BO, cleo: { ...CLEO, account: 'cleo' } }));
    const key = String(town.user('bo')?.['externalId']);
    turnedAway = { begin: 'PATCH /Groups', status: 400, times: 99 };
    const secret = { ...BO, privacy: 2 };
    const left = { ann: ANN, bo: secret, cleo: { ...CLEO, account: 'cleo' } };
    await sync('2026-09-02', classOf(left));
    assert.equal(town.user('bo'), undefined, 'the account is gone at once');
    turnedAway = null;
    const before = recorded().length;
    await sync('2026-09-03', null);
    assert.deepEqual(members(), ['Ann Ek', 'Cleo Ek']);
    assert.ok(!recorded().slice(before).includes(key), 'our key of a protected person is not said');
  });

  it('an account that is made a second late is in its class the same night', async () => {
    await watch();
    await sync('2026-09-01', classOf({ ann: ANN }));
    turnedAway = { begin: 'POST /Users', status: 503, times: 1 };
    const report = await sync('2026-09-02', classOf({ ann: ANN, bo: BO, dan: { given: 'Dan' } }));
    assert.deepEqual(members(), ['Ann Ek', 'Bo Ek', 'Dan Ek']);
    const { outcome, counts } = runOf(report, 'identity');
    assert.deepEqual([outcome, counts['retried'], counts['blocked']], ['done', 1, 0]);
    assert.deepEqual((await town.world.plan('identity'))[0]?.counts, NO_CHANGES);
  });

  it('a class without its refused member is made, and waits for the member until he is there', async () => {
    await watch();
    await sync('2026-09-01', classOf({ ann: ANN }));
    turnedAway = { begin: 'POST /Users', status: 400, times: 99 };
    const refused = await sync('2026-09-02', classOf({ ann: { ...ANN, family: 'Berg' }, bo: BO }));
    assert.deepEqual(members(), ['Ann Berg']);
    const { counts } = runOf(refused, 'identity');
    assert.deepEqual([counts['failed'], counts['blocked']], [1, 1]);
    turnedAway = null;
    await sync('2026-09-03', null);
    assert.deepEqual(members(), ['Ann Berg', 'Bo Ek']);
  });

  it('who left and came back while the class was not told is a member by the new id', async () => {
    await watch();
    await sync('2026-09-01', classOf({ ann: ANN, bo: BO }));
    turnedAway = { begin: 'PATCH /Groups', status: 400, times: 99 };
    await sync('2026-09-02', classOf({ ann: ANN, bo: DEAD }));
    turnedAway = null;
    assert.equal(town.user('bo'), undefined);
    await sync('2026-09-03', classOf({ ann: ANN, bo: BO }));
    assert.deepEqual(members(), ['Ann Ek', 'Bo Ek']);
  });
});
