import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startScim } from '../../connectors/scim/simulator.ts';
import { bindPortal, tellPortal } from '../e2e/portal.ts';
import { skolnavIn } from '../e2e/skolnav.ts';
import { person, SituationTown, TOWN } from './situation-town.ts';
import type { Town, TownPerson } from './town.ts';

const SIGNAL = new AbortController().signal;

describe('situations in which others have had their hands in it', () => {
  let town: SituationTown;

  beforeEach(async () => {
    town = await SituationTown.open();
  });
  afterEach(() => town.close());

  const drift = (repair: boolean) =>
    town.world.withHub(({ control }) =>
      control.drift({ flow: 'identity', repair, who: 'test', signal: SIGNAL }),
    );

  it('7.31 a manual edit in a target: shown, put right on demand, and foreign objects left alone', async () => {
    const class7b = { '7b': { members: { kim: ['2026-08-18'] as const } } };
    const with3 = (given: string): Town => ({
      ...{ ...TOWN, classes: { ...TOWN.classes, ...class7b } },
      persons: { ...TOWN.persons, alex: { given }, robin: { given: 'Robin' } },
      enrolments: [{ person: 'kim' }, { person: 'alex' }, { person: 'robin' }],
    });
    await town.night('2026-09-01', with3('Alex'));
    assert.deepEqual((await drift(false))?.drifts, []);
    const users = town.world.identity.directory.of('Users');
    const [kim, alex] = [town.user('kim'), town.user('alex')];
    assert.ok(kim !== undefined && alex !== undefined);
    kim['displayName'] = 'Kimmie';
    // From a backup under another number, and the former one is a stranger's by now.
    users.set('anew', { ...alex, id: 'anew' });
    users.set(alex.id, { id: alex.id, version: 1, userName: 'head@elsewhere.example' });
    users.set('guest', { id: 'guest', version: 1, userName: 'guest@elsewhere.example' });
    const [group] = [...town.world.identity.directory.of('Groups').values()];
    assert.ok(group !== undefined);
    group['members'] = [{ value: kim.id }, { value: 'guest' }];

    await town.world.withHub(async ({ engine, control }) => {
      const { runs } = engine.store;
      const name = 'somebody else';
      assert.ok(await runs.lease('sync', name, town.world.now, 60_000));
      const request = { flow: 'identity', who: 'test', signal: SIGNAL };
      await assert.rejects(control.drift({ ...request, repair: true }), { code: 'BUSY' });
      assert.equal((await control.drift({ ...request, repair: false }))?.drifts.length, 3);
      await runs.release('sync', name);
    });
    const found = await drift(true);
    const told = found?.drifts.map(({ objectKind, kind, fields }) => [objectKind, kind, fields]);
    assert.deepEqual(told, [
      ['User', 'changed', ['displayName']],
      ['User', 'missing', []],
      ['Group', 'changed', ['members']],
    ]);
    assert.equal(found?.foreign, 3);
    await town.night('2026-09-02', null);
    assert.equal(town.user('kim')?.['displayName'], 'Kim Ek');
    assert.equal(town.user('alex')?.id, 'anew');
    assert.equal(users.get(alex.id)?.['userName'], 'head@elsewhere.example');
    assert.ok(users.has('guest'), 'what is not ours is not touched');
    assert.deepEqual(group['members'], [{ value: kim.id }]);
    assert.deepEqual((await drift(false))?.drifts, []);
    const restored = async () => {
      const found = await town.world.withHub(({ control }) => control.findings());
      return found.filter(({ code }) => code === 'TARGET_RESTORED');
    };
    assert.deepEqual(await restored(), []);
    // As before the account was made: nobody is told before a night meets it, and then somebody is.
    users.delete('anew');
    await town.night('2026-09-03', with3('Alexis'));
    const [one, ...others] = await restored();
    assert.equal(one?.subject, 'flow identity');
    assert.match(
      one.text,
      /^identity:scim: at \d objects it was seen, since 2026-09-03 03:0\d:\d\d, that something/,
    );
    assert.match(one.hint, /`skolnav drift identity`/);
    assert.deepEqual(others, []);
    await town.night('2026-09-04', null);
    assert.equal((await restored()).length, 1, 'as long as nobody has looked');
    assert.deepEqual((await drift(false))?.drifts, []);
    assert.deepEqual(await restored(), []);
  });

  it('a pupil whom somebody has deleted in a target is back the same night when something new refers to the pupil', async () => {
    const named = (...classes: readonly string[]): Town => ({
      ...TOWN,
      classes: Object.fromEntries(
        classes.map((name) => [name, { members: { kim: ['2026-08-18'] as const } }]),
      ),
    });
    await town.night('2026-09-01', named('7a'));
    const { persons, memberships } = town.world.lms.site;
    const pupil = () => town.roleOf('Kim', 'Student');
    const [[id] = ['']] = pupil();
    const before = memberships.size;
    assert.ok(persons.delete(id) && before > 0);
    await town.night('2026-09-02', named('7a', '7b'));
    assert.equal(pupil().length, 1);
    assert.equal(memberships.size, before + 1);
    const found = await town.world.withHub(({ control }) => control.findings());
    assert.deepEqual(
      found.map(({ code, subject }) => [code, subject]),
      [['TARGET_RESTORED', 'flow lms']],
    );
  });

  it('a target at another address: nobody there is taken for ours by the id that one of ours had before', async () => {
    const { world } = town;
    await town.night('2026-09-01', person({ given: 'Kim' }));
    const [kim] = town.users();
    const [group] = world.identity.directory.of('Groups').values();
    assert.ok(kim !== undefined && group !== undefined);
    const other = await startScim({ token: world.environment['SECRET'] ?? '', etag: false });
    try {
      const { directory } = other;
      const head = { id: kim.id, version: 1, userName: 'head@elsewhere.example' };
      const board = {
        id: group.id,
        version: 1,
        displayName: 'Board',
        members: [{ value: kim.id }],
      };
      directory.of('Users').set(kim.id, { ...head });
      directory.of('Groups').set(group.id, { ...board });
      world.environment['IDENTITY_URL'] = other.url;
      await world.reconfigure('folder: data/collaboration', 'folder: data/elsewhere');
      const planned = await skolnavIn(world, 'plan');
      assert.equal(planned.code, 1, planned.out);
      assert.match(planned.out, /^TARGET_MOVED {2}flow identity\n.*bound to another address/m);
      assert.match(planned.out, /^FILE_MISSING {2}flow collaboration\n.*data\/elsewhere/m);
      await mkdir(join(world.folder, 'data', 'elsewhere'));
      const tried = await skolnavIn(world, 'sync', '--flow', 'identity', '--dry-run');
      assert.equal(tried.code, 0, tried.out);
      assert.match(tried.out, /Plan: 2 to create, 0 to update/);
      await town.night('2026-09-02', person({ given: 'Kimberly' }));
      assert.deepEqual(directory.of('Users').get(kim.id), head);
      assert.deepEqual(directory.of('Groups').get(group.id), board);
      const ours = (kind: string) =>
        [...directory.of(kind).values()].filter((one) => one['externalId']);
      assert.deepEqual(
        ours('Users').map(({ displayName }) => displayName),
        ['Kimberly Ek'],
      );
      assert.deepEqual(
        ours('Groups').map(({ members }) => members),
        [[{ value: ours('Users')[0]?.id }]],
      );
      const sets = await readdir(join(world.folder, 'data', 'elsewhere'));
      assert.ok(sets.includes('users.csv'), 'the set is written at its new place');
      // The same system under another address: nothing is told twice.
      world.environment['IDENTITY_URL'] = other.url.replace('127.0.0.1', 'localhost');
      const before = directory.dump();
      await town.night('2026-09-03', null);
      assert.equal(directory.dump(), before);
    } finally {
      await other.stop();
    }
  });

  it('7.32 a bulk file changes everybody: held until a person looks; silence changes nothing', async () => {
    const everybody = (family: string): Town => {
      const names = Array.from({ length: 120 }, (_, index) => `p${index}`);
      const persons: Record<string, TownPerson> = {};
      for (const name of names) persons[name] = { family };
      return { persons, enrolments: names.map((name) => ({ person: name })) };
    };
    await town.night('2026-09-01', everybody('Ek'));
    const before = await town.world.picture();
    await town.send('2026-09-02', everybody('Nyman'));
    const report = await town.sync();
    for (const { outcome, problem } of report.flows) {
      assert.deepEqual([outcome, problem?.code], ['held', 'GUARD_LIMIT']);
    }
    assert.deepEqual(await town.world.picture(), before);
    await town.night('2026-09-03', everybody('Ek'));
    await town.night('2026-09-20', null);
    assert.deepEqual(await town.world.picture(), before);
  });

  it('7.34 contact data edited in two places: the owner of the field is heard, the other is not', async () => {
    await withPortal('kim@portal.example');
    await town.night('2026-09-01', person({ schoolEmail: 'kim@register.example' }));
    const emails = () => JSON.stringify(town.user('kim')?.['emails']);
    assert.match(emails(), /kim@portal\.example/);
    await town.night('2026-09-02', person({ schoolEmail: 'k.ek@register.example' }));
    assert.match(emails(), /kim@portal\.example/);
    await withPortal('kim.ek@portal.example');
    await town.night('2026-09-03', null);
    assert.match(emails(), /kim\.ek@portal\.example/);
  });

  /** A second source: an identity portal whose file owns e-mail addresses. */
  async function withPortal(email: string) {
    await tellPortal(town.world, { kim: email });
    const config = await readFile(join(town.world.folder, 'config', 'hub.yaml'), 'utf8');
    if (config.includes('portal')) return;
    const rule = '{ list: [{ item: { value: { take: value }, type: { const: Skola elev } } }] }';
    await bindPortal(town.world, 'emails', rule);
  }
});
