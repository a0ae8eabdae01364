import assert from 'node:assert/strict';
import { type Hosted, withTakenNames } from './hosted.ts';
import { rowsOf, somebody, Visitor } from './visitor.ts';

describe('the pages of modules', () => {
  let town: Hosted;
  let visitor: Visitor;

  before(async () => {
    town = await withTakenNames(6, 1);
    visitor = await somebody(town.hub, town.dashboard.url, 'robin');
  });
  after(() => town.close());

  const post = async (path: string, fields: readonly (readonly [string, string])[] = []) =>
    (await visitor.send(path, fields)).text();

  it('show every module with its connector, and of a target how much it holds', async () => {
    const page = await visitor.read('/modules');
    const names = [...page.matchAll(/href="\/modules\/([^"]+)"/g)].map(([, name]) => name);
    assert.deepEqual(names, ['register', 'collaboration', 'lms', 'identity']);
    const users = await town.hub.engine.store.ledger.count('identity:scim', 'User');
    assert.ok(users > 0);
    const own = await visitor.read('/modules/identity');
    assert.match(rowsOf(own), new RegExp(`^User \\| ${users}\\b`, 'm'));
  });

  it('show where a secret is, and not the secret', async () => {
    const page = await visitor.read('/modules/identity');
    assert.match(page, /\$\{env:SECRET\}/);
    assert.doesNotMatch(page, /a-secret-of-the-test/);
  });

  it('ask a system whether it answers, and say why it does not', async () => {
    assert.match(await post('/modules/identity/connect'), /answers and lets us in/);
    const { SECRET = '' } = town.world.environment;
    town.world.environment['SECRET'] = 'wrong';
    assert.match(await post('/modules/identity/connect'), /does not answer as it should/);
    town.world.environment['SECRET'] = SECRET;
  });

  /** What a look into a target has come to, once it has ended. */
  const looked = async (path: string, fields: readonly (readonly [string, string])[] = []) => {
    const sent = await visitor.send(path, fields);
    const address = sent.headers.get('location') ?? '';
    for (let look = 0; look < 100; look++) {
      const page = await visitor.read(address);
      if (!page.includes('It is under way')) return page;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return '';
  };
  const DRIFT = '/modules/identity/drift';
  /** Of the dashboard as it is now; the account is kept. */
  const visitorOf = async () => {
    const again = new Visitor(town.dashboard.url);
    await again.signIn('robin');
    return again;
  };

  it('find what somebody has changed in a target, and let the next run put right what was shown', async () => {
    const users = town.world.identity.directory.of('Users');
    const [one, two] = [...users].filter(([, { externalId }]) => externalId !== 'else');
    assert.ok(one !== undefined && two !== undefined);
    const spoil = ([id, own]: typeof one) => users.set(id, { ...own, displayName: 'By hand' });
    const named = ([id]: typeof one) => users.get(id)?.['displayName'];
    assert.match(await visitor.read(DRIFT), /Nobody has asked/);
    spoil(one);
    const found = await looked(DRIFT);
    assert.match(found, /by robin.*changed.*displayName.*Put right 1 object/s);
    assert.match(await visitor.read('/modules/identity'), /Last: 1 Sept 2026.*by robin/);
    const at = /name="at" value="(\d+)"/.exec(found)?.[1] ?? '';
    const old = await visitor.send(DRIFT, [
      ['do', 'repair'],
      ['at', '7'],
    ]);
    assert.match(await visitor.read(old.headers.get('location') ?? ''), /nothing was changed/);
    spoil(two);
    await town.reopen();
    visitor = await visitorOf();
    assert.match(await visitor.read(DRIFT), /by robin.*Put right 1 object/s, 'kept over a restart');
    const repair = [
      ['do', 'repair'],
      ['at', at],
    ] as const;
    assert.match(
      await looked(DRIFT, repair),
      /puts right 1 object\..*2 differ|2 differ.*puts right 1/s,
    );
    await town.world.sync('identity');
    assert.deepEqual(
      [named(one), named(two)].map((name) => name === 'By hand'),
      [false, true],
    );
    const rest = await looked(DRIFT);
    assert.match(rest, /, 1 differ/);
    const again = /name="at" value="(\d+)"/.exec(rest)?.[1] ?? '';
    await looked(DRIFT, [
      ['do', 'repair'],
      ['at', again],
    ]);
    await town.world.sync('identity');
    assert.match(await looked(DRIFT), /, 0 differ/);
  });

  it('look what could be adopted without taking it, and say why it broke off', async () => {
    assert.match(await looked('/modules/identity/adopt'), /Looked at/);
    const entries = await town.hub.control.auditTrail(10, { action: 'adopt' });
    assert.deepEqual(entries, []);
    const { SECRET = '' } = town.world.environment;
    town.world.environment['SECRET'] = 'wrong';
    assert.match(
      await looked('/modules/identity/adopt'),
      /It broke off:.*refuses our credentials.*Looked at/s,
    );
    town.world.environment['SECRET'] = SECRET;
  });

  it('say that a system gives no answer, since when, when it is tried again, and let it be tried now', async () => {
    const { environment } = town.world;
    const { IDENTITY_URL = '' } = environment;
    assert.match(await visitor.read('/modules/identity'), /closed: what is planned is delivered/);
    environment['IDENTITY_URL'] = 'http://127.0.0.1:9';
    const [one] = await town.hub.control.failures({ target: 'identity:scim', limit: 1 });
    await town.hub.control.retry([one?.id ?? ''], 'kim');
    await town.world.sync('identity');
    const open = await visitor.read('/modules/identity');
    assert.match(open, /open since 1 Sept 2026.*What to do:.*It is tried again.*Try now/s);
    environment['IDENTITY_URL'] = IDENTITY_URL;
    await post('/schedule/run', [['flow', 'identity']]);
    for (let look = 0; look < 100; look++) {
      if ((await visitor.read('/modules/identity')).includes('closed:')) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.fail('the circuit stays open');
  });
});
