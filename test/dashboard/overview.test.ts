import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { type Hub, openHub } from '../../core/hub.ts';
import { silentLog } from '../../core/log/log.ts';
import { sv } from '../../dashboard/locales/sv.ts';
import type { Dashboard } from '../../dashboard/server.ts';
import { numbers, smallTown } from '../e2e/small-town.ts';
import { World } from '../e2e/world.ts';
import { openFor, rowsOf, somebody, type Visitor } from './visitor.ts';

describe('the overview', () => {
  let world: World;
  let hub: Hub;
  let dashboard: Dashboard;
  let visitor: Visitor;

  beforeEach(async () => {
    world = await World.open();
    await world.quicken();
  });
  afterEach(async () => {
    await dashboard.stop();
    await hub.close();
    await world.close();
  });

  async function open() {
    const { folder, environment } = world;
    hub = await openHub({ folder, environment, log: silentLog, now: () => world.now });
    dashboard = await openFor(hub, () => world.now);
    visitor = await somebody(hub, dashboard.url, 'kim');
  }
  const send = (pupils: number) =>
    publish(join(world.folder, 'data', 'register'), smallTown('ber-20260901', numbers(1, pupils)));
  const swedish = async (path = '/') => {
    const answer = await visitor.ask(path, { headers: { 'accept-language': 'sv,en' } });
    return (await answer.text()).replaceAll(' ', ' ');
  };

  it('has a Swedish word for every count of a run', async () => {
    await send(12);
    await open();
    const { signal } = new AbortController();
    const night = { flow: null, deliver: true, onProgress: () => undefined, signal, patienceMs: 0 };
    await hub.control.sync(night);
    const keys = (await hub.control.runs(100)).flatMap(({ counts }) => Object.keys(counts));
    assert.ok(keys.includes('leftOut') && keys.includes('delivered'));
    const unsaid = keys.filter((key) => sv.counts({ [key]: 1 }) === `${key} 1`);
    assert.deepEqual(unsaid, []);
  });

  it('says of a new hub that nothing has run', async () => {
    await open();
    const page = await visitor.read('/');
    assert.match(page, /Nothing needs attention now/);
    assert.match(page, /identity: has not run yet/);
  });

  it('has a page for the last day at a glance', async () => {
    await send(20);
    await world.sync('identity');
    await open();
    assert.match(await visitor.read('/'), /href="\/digest"/);
    const page = await visitor.read('/digest');
    assert.match(rowsOf(page), /flow identity \| .*1 of 1 runs ended well.*new 21/);
    assert.match(rowsOf(page), /flow lms \| .*no run/);
    world.now += 2 * 86_400_000;
    await visitor.signIn('kim');
    assert.match(rowsOf(await visitor.read('/digest')), /flow identity \| .*no run/);
  });

  it('tells each flow in a sentence, and that nothing is wrong and since when', async () => {
    await send(20);
    await world.sync();
    await open();
    const page = await visitor.read('/');
    assert.match(page, /identity: \d+ of \d+ delivered</);
    assert.match(page, /Nothing has gone wrong since 1 Sept 2026/);
    assert.match(page, /next \d+ Sept 2026, \d\d:\d\d, usually takes \d minutes?/);
    assert.match(page, /<rect class="good"[^>]*><title>intake register, 1 Sept 2026/);
    assert.match(page, /<rect class="good"[^>]*><title>flow identity, .*: done</);
  });

  it('says of a source that has been silent for too long that it is late', async () => {
    await send(20);
    await world.sync();
    await open();
    assert.doesNotMatch(await visitor.read('/'), /<\/span> late</);
    world.now += 15 * 86_400_000;
    await visitor.signIn('kim');
    assert.match(rowsOf(await visitor.read('/')), /^register \| .* late \|/m);
  });

  it('tells in Swedish how many failed, and first what needs somebody and what to do', async () => {
    for (const number of numbers(1, 7)) {
      const userName = `p${number}@skola.example`;
      const taken = { id: `x${number}`, version: 1, userName, externalId: 'else' };
      world.identity.directory.of('Users').set(`x${number}`, taken);
    }
    await send(20);
    await world.sync('identity');
    await open();
    const page = await swedish();
    assert.match(page, /<html lang="sv">/);
    assert.match(page, /identity: \d+ av \d+ levererade, 7 misslyckades/);
    assert.ok(page.indexOf('Behöver åtgärdas nu') < page.indexOf('Senaste natten'));
    assert.match(page, /<li>school: 7 elever i class saknas i identity<\/li>/, 'whom it concerns');
    assert.match(
      page,
      /href="\/failed\/group\?target=identity%3Ascim&amp;.*code=KEY_TAKEN&amp;kind=User"/,
    );
    assert.match(await swedish('/digest'), /identity:scim: 7 meddelanden har misslyckats\./);
  });

  it('is told to an open page when a run has ended', async () => {
    await open();
    const stop = new AbortController();
    const answer = await visitor.ask('/live', { signal: stop.signal });
    assert.equal(answer.headers.get('content-type'), 'text/event-stream');
    const heard = (async () => {
      let text = '';
      for await (const chunk of answer.body ?? []) {
        text += Buffer.from(chunk).toString();
        if (text.includes('event: change')) return true;
      }
      return false;
    })();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await send(5);
    await world.sync('identity');
    assert.equal(await heard, true);
    stop.abort();
  });
});
