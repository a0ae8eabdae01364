import assert from 'node:assert/strict';
import { join } from 'node:path';
import { World } from '../e2e/world.ts';
import { forgeAudit } from '../services/stored.ts';
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
    const answer = await visitor.ask('/audit', { headers: { 'accept-language': 'sv' } });
    assert.match(await answer.text(), /robin: se listorna, se personuppgifter/);
  });

  it('goes back page by page, and to all entries of one action', async () => {
    const { hub, dashboard } = house;
    const visitor = await somebody(hub, dashboard.url, 'robin');
    for (let count = 0; count < 250; count++) {
      const entry = { at: count, who: `person ${count}`, action: 'trace', subject: '', reason: '' };
      await hub.engine.store.runs.audit(entry);
    }
    const seen = new Set<string>();
    let path: string | undefined = '/audit?action=trace';
    for (let pages = 0; path !== undefined && pages < 9; pages++) {
      const text: string = await visitor.read(path);
      for (const [name] of text.matchAll(/person \d+/g)) seen.add(name);
      path = /href="([^"]+)">Older/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    assert.equal(seen.size, 250);
  });

  it('checks the chain, tells its end, and sees what somebody has changed in the database', async () => {
    const { hub, dashboard, world } = house;
    const visitor = await somebody(hub, dashboard.url, 'robin');
    const check = async (noted: string) =>
      (await visitor.send('/audit/check', [['noted', noted]])).text();
    const whole = await check('');
    assert.match(whole, /The chain is whole: \d+ entries/);
    const head = /<code>(\w{64})<\/code>/.exec(whole)?.[1] ?? '';
    await hub.control.findPersons('nobody', 'kim', '');
    assert.match(await check(head), /that you noted is in the chain/);
    await forgeAudit(join(world.folder, 'data', 'hub'), world.cluster, 2, 'sam');
    assert.match(await check(head), /broken at entry 2/);
    assert.match(await check('f'.repeat(64)), /is not there/);
  });

  it('goes out as a file with every digest, which is noted', async () => {
    const { hub, dashboard } = house;
    const visitor = await somebody(hub, dashboard.url, 'robin');
    const answer = await visitor.ask('/audit/export');
    assert.match(answer.headers.get('content-disposition') ?? '', /audit\.ndjson/);
    const lines = (await answer.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const [last] = await hub.control.auditTrail(1);
    assert.deepEqual(lines.at(-1), last);
    assert.deepEqual([last?.who, last?.action], ['robin', 'export audit']);
  });

  it('is neither offered nor shown to whoever may not see protected persons', async () => {
    const { hub, dashboard } = house;
    const visitor = await somebody(hub, dashboard.url, 'sam', ['list', 'contents', 'act']);
    assert.doesNotMatch(await visitor.read('/'), /href="\/audit"/);
    assert.equal((await visitor.ask('/audit')).status, 403);
  });
});
