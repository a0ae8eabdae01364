import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import type { OverrideRequest } from '../../core/control/control-bus.ts';
import { skolnavIn } from './skolnav.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

const TARGET = 'identity:scim';
const SECRET_NAME = 'Qxvalue';
const NO_SIGNAL = { onProgress: () => undefined, signal: new AbortController().signal };

/** What a person sets in the place of a mapping's value. */
describe('an override', () => {
  let world: World;
  let day: number;

  beforeEach(async () => {
    day = 1;
    world = await World.open();
    await flow('adopt: { User: [externalId] }');
    await send(numbers(1, 5));
  });
  afterEach(() => world.close());

  /** The flow of the accounts, as the workspace's own, with more lines. */
  async function flow(more: string): Promise<void> {
    const from = join(import.meta.dirname, '..', '..', 'flows', 'identity.yaml');
    const text = await readFile(from, 'utf8');
    await world.write('flows/identity.yaml', `${text.replace('30s', '50ms')}${more}\n`);
  }
  async function send(pupils: readonly number[], change = (xml: string) => xml): Promise<void> {
    const { elements = [], ...batch } = smallTown(`ber-2026090${day}`, pupils);
    const folder = join(world.folder, 'data', 'register');
    await publish(folder, { ...batch, elements: elements.map(change) });
  }
  async function night(): Promise<void> {
    day += 1;
    world.now += 86_400_000;
    await send(numbers(1, 5));
  }
  const users = () => world.identity.directory.of('Users');
  const account = (number: number) =>
    [...users().values()].find(({ userName }) => userName === `p${number}@skola.example`);
  const run = async () => runOf(await world.sync('identity'), 'identity');
  const keyOf = (number: number): Promise<string> =>
    world.withHub(async ({ engine }) => engine.identity.idOf('register', 'person', `p${number}`));
  async function request(
    number: number,
    values: Readonly<Record<string, string>>,
    more: Partial<OverrideRequest> = {},
  ): Promise<OverrideRequest> {
    return {
      ...{ target: 'identity', objectKind: 'User', key: await keyOf(number), who: 'Kim' },
      ...{ values: new Map(Object.entries(values)), until: '2026-09-03', reason: 'a test' },
      ...{ mayContents: true, ...more },
    };
  }
  const set = async (...given: Parameters<typeof request>) => {
    const asked = await request(...given);
    return world.withHub(({ control }) => control.setOverride(asked));
  };
  const failures = () => world.withHub(({ control }) => control.failures({ limit: 9 }));

  it('mends what the vendor refuses, at once, and the next night does not undo it', async () => {
    users().set('x', { id: 'x', version: 1, userName: 'p2@skola.example', externalId: 'else' });
    assert.equal((await run()).counts['failed'], 1);
    const key = await keyOf(2);
    await world.withHub(async ({ control }) => {
      const [failed] = await control.failures({ limit: 1 });
      assert.deepEqual([failed?.problem?.code, failed?.key], ['KEY_TAKEN', key]);
      const found = await control.editable({ target: TARGET, objectKind: 'User', key }, 'Kim');
      const field = found?.fields.find((one) => one.field === 'userName');
      assert.deepEqual([field?.lock, field?.present], [null, 'p2@skola.example']);
      const asked = await request(2, { userName: 'p2b@skola.example' });
      const trial = await control.tryOverride(asked);
      const change = { field: 'userName', before: 'p2@skola.example', after: 'p2b@skola.example' };
      assert.deepEqual(trial, { faults: [], changes: [change], problem: null });
      assert.deepEqual(await control.overrides(), [], 'nothing is kept by a trial');
      await control.setOverride(asked);
      const object = { target: TARGET, objectKind: 'User', key, who: 'Kim', ...NO_SIGNAL };
      assert.equal(await control.retryNow(object), 'delivered');
    });
    const userName = () =>
      [...users().values()].find((one) => one['externalId'] === key)?.['userName'];
    assert.equal(userName(), 'p2b@skola.example');
    assert.deepEqual(await failures(), []);
    await night();
    assert.deepEqual([(await run()).counts['update'], userName()], [0, 'p2b@skola.example']);
    const drift = await world.withHub(({ control }) =>
      control.drift({ flow: 'identity', repair: false, who: 'Kim', ...NO_SIGNAL }),
    );
    assert.deepEqual(drift?.drifts, []);
    const all = await world.plan('identity');
    assert.equal(all[0]?.counts.update, 0);
  });

  it('makes an object that its mapping cannot make, where a value is missing', async () => {
    const { rows = {}, ...batch } = smallTown('ber-20260901', numbers(1, 5));
    const folder = join(world.folder, 'data', 'register');
    const others = (rows['konto'] ?? []).filter((row) => !row.startsWith('p3;'));
    await publish(folder, { ...batch, rows: { konto: others } });
    assert.equal((await run()).counts['parked'], 1);
    await set(3, { userName: 'p3@skola.example' });
    assert.equal((await run()).counts['parked'], 0);
    assert.equal(account(3)?.['displayName'], 'Kim Ek');
    assert.deepEqual(await failures(), []);
  });

  it('ends with its last day: the next plan, a narrow one, brings the mapped value back', async () => {
    await run();
    await set(4, { displayName: SECRET_NAME });
    assert.equal((await run()).counts['update'], 1);
    assert.equal((await run()).counts['considered'], 0, 'nothing has changed since');
    assert.equal(account(4)?.['displayName'], SECRET_NAME);
    for (const _night of [2, 3]) {
      await night();
      assert.equal((await run()).counts['update'], 0);
    }
    assert.equal(account(4)?.['displayName'], SECRET_NAME, 'its last day counts');
    await night();
    assert.equal((await run()).counts['update'], 1);
    assert.equal((await run()).counts['considered'], 0);
    assert.equal(account(4)?.['displayName'], 'Kim Ek');
    const key = await keyOf(4);
    const found = await world.withHub(({ control }) =>
      control.editable({ target: 'identity', objectKind: 'User', key }, 'Kim'),
    );
    const [past] = found?.overrides ?? [];
    assert.deepEqual([past?.end?.how, past?.value, past?.who], ['passed', null, 'Kim']);
  });

  it('is ended by a person, and leaves out a field where nothing is set', async () => {
    await run();
    const [one] = await set(4, { displayName: '' });
    await run();
    assert.equal(account(4)?.['displayName'], undefined);
    const id = one?.id ?? '';
    await world.withHub(({ control }) => control.endOverride(id, 'Robin', 'mended there'));
    await run();
    assert.equal(account(4)?.['displayName'], 'Kim Ek');
    const gone = await world.withHub(({ control }) => control.endOverride(id, 'Robin', 'again'));
    assert.equal(gone, null);
  });

  it('gives way to a newer one of the same field', async () => {
    await run();
    await set(4, { displayName: 'One' });
    await set(4, { displayName: 'Two' });
    await run();
    assert.equal(account(4)?.['displayName'], 'Two');
    const all = await world.withHub(({ control }) => control.overrides());
    assert.deepEqual(all.map(({ end }) => end?.how ?? null).sort(), [null, 'replaced']);
  });

  it('counts only when as many persons want it as the flow says', async () => {
    await flow('overrides: { approvals: 2 }');
    await run();
    const [one] = await set(4, { displayName: 'Kim Alm' });
    assert.equal((await run()).counts['update'], 0);
    await world.withHub(async ({ control }) => {
      const id = one?.id ?? '';
      await assert.rejects(control.approveOverride(id, 'Kim'), /OVERRIDE_REFUSED|another person/);
      const approved = await control.approveOverride(id, 'Robin');
      assert.deepEqual(approved?.approvals, ['Kim', 'Robin']);
      await assert.rejects(control.approveOverride(id, 'Alex'), /counts already/);
    });
    assert.equal((await run()).counts['update'], 1);
    assert.equal(account(4)?.['displayName'], 'Kim Alm');
  });

  it('leaves alone what is locked, does not fit, or lasts too long', async () => {
    await flow(
      'overrides: { longest: 10d, locked: { User: [userType] }, sensitive: { User: [displayName] } }',
    );
    await run();
    const refusedWith = async (reason: RegExp, ...given: Parameters<typeof request>) =>
      assert.rejects(set(...given), reason, String(reason));
    await refusedWith(/externalId: is locked \(key\)/, 4, { externalId: 'x' });
    await refusedWith(/userName: is locked \(match\)/, 4, { userName: 'x' });
    await refusedWith(/active: is locked \(suspend\)/, 4, { active: 'false' });
    await refusedWith(/userType: is locked \(flow\)/, 4, { userType: 'staff' });
    await refusedWith(/nickName: is not filled/, 4, { nickName: 'x' });
    await refusedWith(/emails: must be a list/, 4, { emails: 'x' });
    await refusedWith(/may see personal/, 4, { displayName: 'x' }, { mayContents: false });
    await refusedWith(
      /until: must be a day from 2026-09-01 to 2026-09-11/,
      4,
      { displayName: 'x' },
      { until: '2026-09-12' },
    );
    await refusedWith(/reason: is missing/, 4, { displayName: 'x' }, { reason: ' ' });
    await refusedWith(/nothing would be changed/, 4, { displayName: 'Kim Ek' });
    await refusedWith(/no User of that key is wanted/, 9, { displayName: 'x' });
    const members = await world.withHub(async ({ control, engine }) => {
      const key = engine.identity.idOf('register', 'group', 'class');
      return control.editable({ target: 'identity', objectKind: 'Group', key }, 'Kim');
    });
    const locks = members?.fields.map(({ field, lock }) => [field, lock]);
    assert.deepEqual(Object.fromEntries(locks ?? [])['members'], 'reference');
    assert.deepEqual(await world.withHub(({ control }) => control.overrides()), []);
  });

  it('parks its object where it does not fit any more, and the last delivered one stays', async () => {
    await run();
    const [one] = await set(4, { displayName: 'Kim Alm' });
    await run();
    await world.withHub(async ({ engine }) => {
      const { overrides } = engine.store;
      const [kept] = await overrides.list({});
      assert.ok(kept !== undefined && kept.id === one?.id);
      // As if the target's schema had become another one.
      await overrides.replace({ ...kept, value: 7 });
      await engine.store.putValue(`planned ${TARGET}`, null);
    });
    assert.deepEqual([(await run()).counts['parked'], account(4)?.['displayName']], [1, 'Kim Alm']);
    const [failed] = await failures();
    assert.equal(failed?.problem?.code, 'OVERRIDE_UNFIT');
    assert.match(failed.problem.text, /displayName does not fit the target: must be a text/);
    await world.withHub(({ control }) => control.endOverride(one?.id ?? '', 'Kim', 'a test'));
    await run();
    assert.deepEqual([account(4)?.['displayName'], await failures()], ['Kim Ek', []]);
  });

  it('counts no more where the flow locks its field', async () => {
    await run();
    await set(4, { displayName: 'x', 'name.familyName': 'Alm' });
    await run();
    await flow('overrides: { locked: { User: ["*"] } }');
    assert.equal((await run()).counts['update'], 1, 'what is locked by now counts no more');
    assert.equal(account(4)?.['displayName'], 'Kim Ek');
  });

  it('is set, listed and ended on the command line', async () => {
    await run();
    const key = await keyOf(4);
    const say = (...args: readonly string[]) => skolnavIn(world, 'override', ...args);
    const object = ['identity', 'User', key];
    assert.match((await say()).out, /Nothing is set/);
    const shown = await say('show', ...object);
    assert.match(shown.out, /^externalId +\S+ +key$/m);
    assert.match(shown.out, /^displayName +Kim Ek +free$/m);
    // The command line goes by the clock of the machine.
    const until = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
    const how = ['--until', until, '--reason', 'a test'];
    const set = await say('set', ...object, 'displayName', SECRET_NAME, ...how);
    assert.deepEqual([set.code, set.out.trim()], [0, 'It goes with the next skolnav sync.']);
    assert.equal((await say('set', ...object, 'externalId', 'x', ...how)).code, 2);
    const { out } = await say('list');
    assert.match(out, /identity:scim.*displayName.*counts/);
    assert.doesNotMatch(out, new RegExp(SECRET_NAME));
    await run();
    assert.equal(account(4)?.['displayName'], SECRET_NAME);
    const explained = await skolnavIn(world, 'explain', ...object, 'displayName');
    assert.match(explained.out, /^displayName was set by Kim until [-\d]+: a test \(override /m);
    const id = /^\S+-\S+/m.exec(out.split('\n').slice(1).join('\n'))?.[0] ?? '';
    assert.match((await say('end', id, '--reason', 'mended')).out, /counts again/);
    assert.equal((await say('end', id, '--reason', 'mended')).code, 2);
    assert.match((await say('list', '--all')).out, /ended/);
    assert.equal((await say('show', 'identity', 'User', 'nobody')).code, 2);
    assert.equal((await say('show', 'identity', 'Usr', key)).code, 2);
  });

  it('goes with the person: who is protected leaves, and what was set is forgotten', async () => {
    await run();
    await set(4, { displayName: SECRET_NAME });
    await run();
    day = 2;
    world.now += 86_400_000;
    const marked = '<extension><privacy level="3"/></extension></person>';
    await send(numbers(1, 5), (xml) =>
      xml.includes('<id>p4</id>') && xml.startsWith('<person')
        ? xml.replace('</person>', marked)
        : xml,
    );
    await world.sync('identity');
    assert.equal(account(4), undefined);
    const key = await keyOf(4);
    await world.withHub(async ({ control, engine }) => {
      const [kept] = await engine.store.overrides.list({});
      assert.deepEqual([kept?.end?.how, kept?.value], ['gone', null]);
      const about = { target: 'identity', objectKind: 'User', key };
      assert.equal(await control.editable(about, 'Kim'), null);
      const asked = await request(4, { displayName: 'x' });
      await assert.rejects(control.setOverride(asked), /no User of that key is wanted/);
      const trail = JSON.stringify(await control.auditTrail(100));
      assert.match(trail, /override set/);
      assert.doesNotMatch(trail, new RegExp(SECRET_NAME));
    });
  });
});
