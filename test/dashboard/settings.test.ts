import assert from 'node:assert/strict';
import { World } from '../e2e/world.ts';
import { type Hosted, hosted } from './hosted.ts';
import { PASSWORD, somebody, Visitor } from './visitor.ts';

describe('the settings page', () => {
  let house: Hosted;
  let kim: Visitor;
  let robin: Visitor;

  beforeEach(async () => {
    house = await hosted(await World.open());
    const { hub, dashboard } = house;
    kim = await somebody(hub, dashboard.url, 'kim');
    robin = await somebody(hub, dashboard.url, 'robin', ['list', 'act']);
  });
  afterEach(() => house.close());

  const send = async (path: string, fields: readonly (readonly [string, string])[]) =>
    (await kim.send(path, fields)).headers.get('location');
  const statusOf = async (visitor: Visitor, path = '/') => (await visitor.ask(path)).status;

  it('shows everybody their own account, and the others to those who look after them', async () => {
    const own = await robin.read('/settings');
    assert.match(own, /Your account/);
    assert.doesNotMatch(own, /kim/);
    assert.match(await kim.read('/settings'), /<h3>robin<\/h3>/);
  });

  it('ends the sessions of another, who must sign in again', async () => {
    assert.equal(await statusOf(robin), 200);
    assert.equal(await send('/settings/sign-out', [['name', 'robin']]), '/settings?done=ended');
    assert.equal(await statusOf(robin), 303);
    await robin.signIn('robin');
    assert.equal(await statusOf(robin), 200);
  });

  it("ends all of one's own sessions but this", async () => {
    const elsewhere = new Visitor(house.dashboard.url);
    await elsewhere.signIn('robin');
    await robin.send('/settings/sign-out-others', []);
    assert.deepEqual([await statusOf(robin), await statusOf(elsewhere)], [200, 303]);
  });

  it('gives and takes rights from the next page on, and notes it', async () => {
    assert.equal(await statusOf(robin, '/person'), 403);
    await send('/settings/rights', [
      ['name', 'robin'],
      ['right', 'list'],
      ['right', 'contents'],
    ]);
    assert.equal(await statusOf(robin, '/person'), 200);
    assert.doesNotMatch(await robin.read('/schedule'), /schedule\/run/);
    const [entry] = await house.hub.control.auditTrail(1, { action: 'set rights' });
    assert.deepEqual([entry?.who, entry?.subject], ['kim', 'robin list,contents']);
  });

  it('invites somebody by a link that is good once', async () => {
    const page = await (
      await kim.send('/settings/invite', [
        ['name', 'sam'],
        ['right', 'list'],
      ])
    ).text();
    const link = /<code>(\/welcome\/[^<]+)<\/code>/.exec(page)?.[1] ?? '';
    const sam = new Visitor(house.dashboard.url);
    await sam.send(link, [['password', PASSWORD]]);
    assert.equal(await statusOf(sam), 200);
    assert.equal((await sam.send(link, [['password', PASSWORD]])).status, 410);
  });

  it('removes an account only where one is sure, and nobody their own', async () => {
    assert.equal(await send('/settings/remove', [['name', 'robin']]), '/settings?done=sure');
    const sure = ['sure', 'yes'] as const;
    assert.equal(await send('/settings/remove', [['name', 'kim'], sure]), '/settings?done=unknown');
    const own = [
      ['name', 'kim'],
      ['right', 'list'],
    ] as const;
    assert.equal(await send('/settings/rights', own), '/settings?done=unknown');
    assert.equal(
      await send('/settings/remove', [['name', 'robin'], sure]),
      '/settings?done=removed',
    );
    assert.equal(await statusOf(robin), 303);
  });
});
