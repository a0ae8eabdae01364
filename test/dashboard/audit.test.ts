import assert from 'node:assert/strict';
import { World } from '../e2e/world.ts';
import { type Hosted, hosted } from './hosted.ts';
import { somebody } from './visitor.ts';

describe('the audit page', () => {
  let house: Hosted;

  beforeEach(async () => {
    house = await hosted(await World.open());
  });
  afterEach(() => house.close());

  it('shows who did what, and of one action only that', async () => {
    const { hub, dashboard } = house;
    const visitor = await somebody(hub, dashboard.url, 'robin');
    await hub.control.findPersons('nobody-of-this-name', 'kim', 'a <b>reason</b>');
    const all = await visitor.read('/audit');
    assert.match(all, /a &lt;b&gt;reason/);
    assert.doesNotMatch(all, /nobody-of-this-name/);
    const actions = [...all.matchAll(/href="(\/audit\?action=[^"]+)"/g)].map(([, path]) => path);
    assert.ok(new Set(actions).size >= 2, 'the invitation and the look-up');
    const [lookUp] = await hub.control.auditTrail(1);
    const action = encodeURIComponent(lookUp?.action ?? '');
    const one = await visitor.read(`/audit?action=${action}`);
    assert.match(one, /kim/);
    const shown = [...one.matchAll(/href="\/audit\?action=([^"]+)"/g)].map(([, name]) => name);
    assert.deepEqual(new Set(shown), new Set([action]));
    assert.match(await visitor.read('/audit?action=unheard'), /There are no entries/);
  });

  it('is neither offered nor shown to whoever may not see protected persons', async () => {
    const { hub, dashboard } = house;
    const visitor = await somebody(hub, dashboard.url, 'sam', ['list', 'contents', 'act']);
    assert.doesNotMatch(await visitor.read('/'), /href="\/audit"/);
    assert.equal((await visitor.ask('/audit')).status, 403);
  });
});
