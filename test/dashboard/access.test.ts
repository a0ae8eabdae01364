import assert from 'node:assert/strict';
import type { Hub } from '../../core/hub.ts';
import { openHub } from '../../core/hub.ts';
import { silentLog } from '../../core/log/log.ts';
import { type Dashboard, openDashboard } from '../../dashboard/server.ts';
import { World } from '../e2e/world.ts';
import { openFor, PASSWORD, somebody, Visitor } from './visitor.ts';

const HOUR_MS = 3_600_000;

describe('who may use the dashboard', () => {
  let world: World;
  let hub: Hub;
  let dashboard: Dashboard;

  beforeEach(async () => {
    world = await World.open();
    const { folder, environment } = world;
    hub = await openHub({ folder, environment, log: silentLog, now: () => world.now });
    dashboard = await openFor(hub, () => world.now);
  });
  afterEach(async () => {
    await dashboard.stop();
    await hub.close();
    await world.close();
  });

  const first = () => new URL(dashboard.firstLink ?? '').pathname;
  const statusOf = async (visitor: Visitor) => (await visitor.ask('/')).status;

  it('is whoever opens the first link, once, and sets a password', async () => {
    const visitor = new Visitor(dashboard.url);
    assert.match(await visitor.read(first()), /Choose a password/);
    assert.match(await visitor.read(first()), /Choose a password/, 'to look uses nothing up');
    const short = await visitor.send(first(), [['password', 'short']]);
    assert.equal(short.status, 400);
    const set = await visitor.send(first(), [['password', PASSWORD]]);
    assert.deepEqual([set.status, set.headers.get('location')], [303, '/']);
    assert.equal(await statusOf(visitor), 200);
    assert.equal((await new Visitor(dashboard.url).ask(first())).status, 410);
    const again = await new Visitor(dashboard.url).send(first(), [['password', PASSWORD]]);
    assert.equal(again.status, 410);
  });

  it('gets no first link any more once somebody has an account', async () => {
    await somebody(hub, dashboard.url, 'kim');
    const later = await openFor(hub);
    assert.equal(later.firstLink, null);
    await later.stop();
  });

  it('opens a link within a day', async () => {
    world.now += 25 * HOUR_MS;
    assert.equal((await new Visitor(dashboard.url).ask(first())).status, 410);
  });

  it('is sent to the sign-in, and gets the same words for a wrong name and a wrong password', async () => {
    await somebody(hub, dashboard.url, 'kim');
    const stranger = new Visitor(dashboard.url);
    const sent = await stranger.ask('/');
    assert.deepEqual([sent.status, sent.headers.get('location')], [303, '/sign-in']);
    const wrongWord = await stranger.signIn('kim', 'not the password');
    const wrongName = await stranger.signIn('nobody', 'not the password');
    assert.deepEqual([wrongWord.status, wrongName.status], [403, 403]);
    assert.equal((await stranger.signIn('kim')).headers.get('location'), '/');
    await stranger.send('/sign-out', []);
    await stranger.ask('/runs?of=lms&type=flow');
    const back = await stranger.signIn('kim');
    assert.equal(back.headers.get('location'), '/runs?of=lms&type=flow', 'what was asked for');
    assert.ok(!stranger.cookies.has('skolnav-back'));
    const bare = async (answer: Response) => (await answer.text()).replaceAll(/value="[^"]*"/g, '');
    assert.equal(await bare(wrongWord), await bare(wrongName));
  });

  it('waits after five wrong tries, whether there is such an account or not', async () => {
    await somebody(hub, dashboard.url, 'kim');
    for (const name of ['kim', 'nobody']) {
      const guesser = new Visitor(dashboard.url);
      for (let at = 0; at < 5; at++) {
        assert.equal((await guesser.signIn(name, 'guess')).status, 403);
      }
      assert.equal((await guesser.signIn(name)).status, 429, name);
    }
    world.now += HOUR_MS;
    const visitor = new Visitor(dashboard.url);
    assert.equal((await visitor.signIn('kim')).status, 303);
  });

  it('stays for an hour without a look, for half a day at most, and until the sign-out', async () => {
    const idle = await somebody(hub, dashboard.url, 'kim');
    world.now += 1.1 * HOUR_MS;
    assert.equal(await statusOf(idle), 303);
    const busy = await somebody(hub, dashboard.url, 'robin');
    for (let hour = 0; hour < 23; hour++) {
      world.now += HOUR_MS / 2;
      assert.equal(await statusOf(busy), 200, `${hour}`);
    }
    world.now += HOUR_MS;
    assert.equal(await statusOf(busy), 303);
    await busy.signIn('robin');
    const twin = busy.twin();
    await busy.send('/sign-out', []);
    assert.equal(await statusOf(twin), 303, 'the session itself has ended');
  });

  it('is not kept awake by a page that renews itself', async () => {
    const visitor = await somebody(hub, dashboard.url, 'kim');
    for (const _half of [1, 2]) {
      world.now += HOUR_MS * 0.6;
      await visitor.ask('/', { headers: { 'x-skolnav-live': '1' } });
    }
    assert.equal(await statusOf(visitor), 303);
  });

  it('gets a new session with the sign-in, in a cookie that no script can read', async () => {
    await somebody(hub, dashboard.url, 'kim');
    const visitor = new Visitor(dashboard.url);
    await visitor.read('/sign-in');
    const before = visitor.cookies.get('skolnav-session');
    const cookie = (await visitor.signIn('kim')).headers.getSetCookie().join();
    assert.match(cookie, /HttpOnly/);
    assert.match(cookie, /SameSite=Lax/);
    assert.notEqual(visitor.cookies.get('skolnav-session'), before);
  });

  it('keeps no session, password or invitation that could be used by whoever reads the store', async () => {
    const visitor = await somebody(hub, dashboard.url, 'kim');
    const session = visitor.cookies.get('skolnav-session') ?? '';
    const secret = await hub.control.access.invite({ name: 'robin', rights: ['list'] }, 'kim');
    const kept = JSON.stringify(await hub.engine.store.getValue('access'));
    for (const one of [session, secret, PASSWORD]) assert.ok(!kept.includes(one));
    const stored = await world.storedText();
    for (const one of [session, secret, PASSWORD]) assert.ok(!stored.includes(one));
  });

  it('must send the form of a page of ours', async () => {
    const visitor = await somebody(hub, dashboard.url, 'kim');
    assert.equal((await visitor.post('/sign-out', [])).status, 403);
    const other = await somebody(hub, dashboard.url, 'robin');
    const csrf = /name="csrf" value="([^"]+)"/.exec(await other.read('/'))?.[1] ?? '';
    assert.equal((await visitor.post('/sign-out', [['csrf', csrf]])).status, 403);
    const own = /name="csrf" value="([^"]+)"/.exec(await visitor.read('/'))?.[1] ?? '';
    const crossed = await visitor.ask('/sign-out', {
      method: 'POST',
      body: new URLSearchParams({ csrf: own }),
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    assert.equal(crossed.status, 403);
    assert.equal(await statusOf(visitor), 200);
  });

  it('gets cookies over TLS alone where a proxy speaks TLS', async () => {
    const { control } = hub;
    const at = { host: '127.0.0.1', port: 0, tls: true, timeZone: 'Europe/Stockholm' };
    const behind = await openDashboard({ ...at, control, log: silentLog });
    const { headers } = await new Visitor(behind.url).ask('/sign-in');
    assert.match(
      headers.getSetCookie().join(),
      /^__Host-skolnav-session=[^;]+; Path=\/; HttpOnly; Secure/,
    );
    assert.match(headers.get('strict-transport-security') ?? '', /max-age/);
    await behind.stop();
  });

  it('gets headers that let nothing in from elsewhere and keep nothing', async () => {
    const { headers } = await new Visitor(dashboard.url).ask('/sign-in');
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe/);
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    assert.equal(headers.get('x-powered-by'), null);
  });

  it('keeps styles and scripts alone, which are of this version and of nobody', async () => {
    const page = await new Visitor(dashboard.url).read('/sign-in');
    const [, style = ''] = /href="(\/assets\/style\.css\?v=[0-9a-f]{12})"/.exec(page) ?? [];
    const visitor = new Visitor(dashboard.url);
    const { status, headers } = await visitor.ask(style);
    assert.deepEqual([status, headers.getSetCookie()], [200, []]);
    assert.match(headers.get('cache-control') ?? '', /immutable/);
    const missing = await visitor.ask('/assets/none.css');
    assert.deepEqual([missing.status, missing.headers.get('cache-control')], [404, 'no-store']);
  });
});
