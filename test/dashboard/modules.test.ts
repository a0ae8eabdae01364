import assert from 'node:assert/strict';
import { type Hosted, withTakenNames } from './hosted.ts';
import { rowsOf, somebody, type Visitor } from './visitor.ts';

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

  it('find what somebody has changed in a target, and let the next run put it right', async () => {
    const users = town.world.identity.directory.of('Users');
    const [id, own] = [...users].find(([, { externalId }]) => externalId !== 'else') ?? [];
    assert.ok(id !== undefined && own !== undefined);
    users.set(id, { ...own, displayName: 'Changed by hand' });
    assert.match(await post('/modules/identity/drift'), /changed.*displayName.*Put right/s);
    assert.match(await post('/modules/identity/drift', [['do', 'repair']]), /Noted/);
    await town.world.sync('identity');
    assert.notEqual(users.get(id)?.['displayName'], 'Changed by hand');
    assert.match(await post('/modules/identity/drift'), /, 0 differ/);
  });

  it('look what could be adopted without taking it', async () => {
    assert.match(await post('/modules/identity/adopt'), /Looked at/);
    const entries = await town.hub.control.auditTrail(10, { action: 'adopt' });
    assert.deepEqual(entries, []);
  });
});
