import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { type Hold, type Message, RIGHTS } from '../../core/control/control-bus.ts';
import { NO_PAGES } from '../../dashboard/route.ts';
import { ROUTES } from '../../dashboard/routes.ts';
import { serviceOrPending } from '../services.ts';
import { findBrowser } from './browser.ts';
import { type Hosted, someGroup, withTakenNames } from './hosted.ts';
import { Keyboard } from './keyboard.ts';
import { PASSWORD, Visitor } from './visitor.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Whether the page scrolls sideways, or a table in it does where the screen is narrow. */
const IS_WIDE = `document.documentElement.scrollWidth > window.innerWidth || (window.innerWidth < 480 &&
  [...document.querySelectorAll('.scroll:has(table)')].some((one) => one.scrollWidth > one.clientWidth))`;
/** Whether a button is written as a note is, not as what can be pressed. */
const IS_GREY = `getComputedStyle(document.activeElement).color ===
  getComputedStyle(document.querySelector('.note')).color`;
const VIOLATIONS =
  'axe.run().then((all) => all.violations.map((one) => [one.id, ...one.nodes.map((node) => node.html)].join(" ")))';

const TROUBLE = { code: 'GUARD_LIMIT', text: 'too much', hint: 'look at it', place: null };
const HOLD: Hold = {
  ...{ id: 'h1', subject: 'flow identity', run: 'run-1', reasons: [TROUBLE], digest: 'd' },
  ...{ counts: { delete: 24 }, needs: 2, state: 'open', createdAt: 1, decidedAt: null },
  parts: [{ unit: 'u', name: 'oak', digest: 'd', counts: { delete: 24 } }],
  approvals: [{ who: 'robin', at: 1, reason: 'as the school says', units: null }],
  ...{ rejections: [], decidedBy: null, reason: null, version: 0 },
};

/** The pages of the list of routes that none of these addresses is. */
function unseen(paths: readonly string[]): readonly string[] {
  const pages = ROUTES.filter(({ method, needs, path }) => {
    return method === 'get' && needs !== 'anyone' && !NO_PAGES.includes(path);
  });
  const known = paths.map((path) => path.split('?')[0] ?? '');
  const isLookedAt = (path: string) => {
    const shape = new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`);
    return known.some((one) => shape.test(one));
  };
  return pages.map(({ path }) => path).filter((path) => !isLookedAt(path));
}

describe('the dashboard in a browser', function () {
  this.timeout(120_000);
  let browser: Browser;
  let town: Hosted;

  before(async function () {
    browser = serviceOrPending(this, await findBrowser());
  });
  after(() => browser?.close());
  beforeEach(async () => {
    town = await withTakenNames(3, 1);
    const { access } = town.hub.control;
    const rights = RIGHTS;
    await access.accept(await access.invite({ name: 'kim', rights }, 'test'), PASSWORD);
  });
  afterEach(() => town.close());

  async function pageWith(options: Parameters<Browser['newContext']>[0]) {
    const page = await (await browser.newContext(options)).newPage();
    const faults: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('pageerror', (fault) => faults.push(fault.message));
    await page.goto(`${town.dashboard.url}/`);
    return { page, faults };
  }

  const textOf = async (page: Page) => (await page.locator('main').textContent()) ?? '';

  async function signIn(page: Page) {
    const keyboard = new Keyboard(page);
    await keyboard.fill(/^(Namn|Name)$/, 'kim');
    await keyboard.fill(/^(Lösenord|Password)$/, PASSWORD);
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  }

  it('opens pages by shortcuts, which are listed under ?, and leaves them alone while one writes', async () => {
    const { page, faults } = await pageWith({ locale: 'en-GB' });
    await signIn(page);
    await page.keyboard.press('?');
    await page.waitForURL('**/shortcuts');
    assert.match(await textOf(page), /g m\s*Modules/);
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.waitForURL('**/modules');
    await page.goto(`${town.dashboard.url}/person`);
    await page.locator('[name=word]').focus();
    await page.keyboard.type('gm?');
    assert.match(page.url(), /\/person$/);
    await page.goto(`${town.dashboard.url}/shortcuts`);
    await page.getByRole('checkbox').uncheck();
    await page.locator('h1').click();
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.waitForTimeout(300);
    assert.match(page.url(), /\/shortcuts$/, 'switched off');
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  it('says while one writes what the target would not take', async () => {
    const [one] = await town.hub.control.failures({ code: 'KEY_TAKEN', limit: 1 });
    const { page, faults } = await pageWith({ locale: 'en-GB' });
    await signIn(page);
    await page.goto(`${town.dashboard.url}/message/${one?.id}/edit`);
    const item = page.getByRole('group', { name: 'emails: new row', exact: true }).first();
    await item.getByLabel('type').fill('work');
    await page.getByText('item 1, value is missing').waitFor();
    await item.getByLabel('type').fill('');
    await page.getByText('item 1, value is missing').waitFor({ state: 'hidden' });
    assert.deepEqual(faults, [], 'the content security policy stops nothing of ours');
    await page.context().close();
  });

  it('says of an open page that it is no longer told of changes, and keeps what is in a form whose session ends', async () => {
    const { page } = await pageWith({ locale: 'en-GB', bypassCSP: true });
    await page.context().route('**/live', (route) => route.fulfill({ status: 503 }));
    await signIn(page);
    const notice = page.locator('[data-stale]');
    await notice.waitFor({ state: 'visible' });
    assert.match((await notice.textContent()) ?? '', /what it says may be old/);
    await page.context().unroute('**/live');
    await notice.waitFor({ state: 'hidden' });
    await page.goto(`${town.dashboard.url}/schedule`);
    await page.locator('[name=reason]').fill('the "holidays" & more');
    await town.hub.control.access.endSessions('kim', 'test', null);
    await page.getByRole('button', { name: 'Pause' }).click();
    assert.match(await textOf(page), /Nothing was sent/);
    await check(page, 'what was filled in');
    const [tab] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'Sign in in a new tab' }).click(),
    ]);
    await tab.waitForLoadState();
    await signIn(tab);
    await page.getByRole('button', { name: 'Send again' }).click();
    assert.match(await textOf(page), /You have signed in anew, as kim/);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    assert.match(await textOf(page), /by kim .*: the "holidays" & more/);
    let sent = 0;
    await page.route('**/schedule/resume', async (route) => {
      sent += 1;
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue().catch(() => undefined);
    });
    await page.getByRole('button', { name: 'Resume' }).dblclick({ delay: 100 });
    await page.waitForURL(/done=(?:resumed|unknown)/);
    assert.equal(sent, 1, 'of a double click the second is not sent');
    await page.context().close();
  });

  it('lets axe find nothing on any page, in either language, theme and width', async function () {
    this.timeout(400_000);
    const [one] = await town.hub.control.failures({ code: 'KEY_TAKEN', limit: 1 });
    const group = new URLSearchParams({
      ...{ target: 'identity:scim', type: 'deliver', state: 'failed', code: 'KEY_TAKEN' },
      kind: 'User',
    });
    const own = [`/failed/group?${group}`, `/message/${one?.id}`, `/person/${one?.origin.id}`];
    await town.hub.engine.store.runs.putHold(HOLD);
    own.push(`/holds/${HOLD.id}`, `/holds/${HOLD.id}/changes`);
    own.push('/schedule', '/flows', '/flows/lms', '/mapping?file=mappings/scim/user.yaml');
    own.push('/mapping/edit?file=mappings/scim/user.yaml');
    own.push(`/message/${one?.id}/edit`, '/overrides', `/overrides/${await overridden(one)}`);
    own.push('/failed?by=unit', '/failed?by=consequence', '/failed?by=flow');
    own.push('/modules/identity/drift', '/modules/identity/adopt');
    own.push('/modules', '/modules/identity', '/settings', '/shortcuts', '/digest');
    own.push(`/person/${one?.origin.id}/day?day=2026-09-01`, `/group/${await someGroup(town)}`);
    own.push(await tried());
    const paths = ['/', '/failed', '/holds', '/person', '/runs', '/audit', '/nowhere', ...own];
    assert.deepEqual(unseen(paths), [], 'every page that is served is looked at');
    for (const [locale, colorScheme, width] of [
      ['sv-SE', 'light', 1440],
      ['sv-SE', 'dark', 375],
      ['en-GB', 'dark', 1440],
      // As wide as a screen of 1280 at four times the size.
      ['en-GB', 'light', 320],
    ] as const) {
      const viewport = { width, height: 900 };
      const { page } = await pageWith({ locale, colorScheme, viewport, bypassCSP: true });
      await check(page, `sign-in ${locale} ${colorScheme}`);
      await signIn(page);
      for (const path of paths) {
        await page.goto(town.dashboard.url + path);
        const told = `${path} ${locale} ${colorScheme} ${width}`;
        await check(page, told);
        const isWide = await page.evaluate(IS_WIDE);
        assert.ok(!isWide, `${told} is wider than the screen`);
      }
      await page.context().close();
    }
  });

  it('tells by the keyboard why a button is grey, and axe finds nothing about it', async () => {
    const { access } = town.hub.control;
    await access.setRights({ name: 'kim', rights: ['list', 'act:lms'] }, 'test');
    await town.hub.engine.store.runs.putHold(HOLD);
    const [one] = await town.hub.control.failures({ code: 'KEY_TAKEN', limit: 1 });
    const viewport = { width: 375, height: 900 };
    const { page } = await pageWith({
      locale: 'en-GB',
      colorScheme: 'dark',
      viewport,
      bypassCSP: true,
    });
    await signIn(page);
    for (const path of [
      `/message/${one?.id}`,
      `/holds/${HOLD.id}`,
      '/schedule',
      '/modules/identity',
    ]) {
      await page.goto(town.dashboard.url + path);
      await check(page, path);
      const button = page.locator('button[aria-disabled="true"]').first();
      await button.focus();
      const why = await page
        .locator(`#${await button.getAttribute('aria-describedby')}`)
        .textContent();
      assert.match(why ?? '', /It takes the right to act/, path);
      assert.ok(await page.evaluate(IS_GREY), `${path} shows it in the button's colour, too`);
      await page.keyboard.press('Enter');
      assert.equal(page.url(), town.dashboard.url + path, 'nothing is sent');
      assert.ok(!(await page.evaluate(IS_WIDE)), path);
    }
    await page.context().close();
  });
  /** A value that is set in the object that a message is about, and waits for nobody. */
  async function overridden(message: Message | undefined): Promise<string> {
    assert.ok(message !== undefined);
    const { target, objectKind, key } = message;
    const values = new Map([['displayName', 'Kim Alm']]);
    const until = new Date(town.world.now + 7 * 86_400_000).toISOString().slice(0, 10);
    const request = { target, objectKind, key, values, until, reason: 'a test', who: 'robin' };
    const [one] = await town.hub.control.setOverride({ ...request, mayContents: true });
    return one?.id ?? '';
  }

  /** What a mapping would change, once that is known. */
  async function tried(): Promise<string> {
    const visitor = new Visitor(town.dashboard.url);
    await visitor.signIn('kim');
    const file = 'mappings/scim/user.yaml';
    const text = (await town.hub.control.mappingText(file)) ?? '';
    const answer = await visitor.sendForm('/mapping/edit', { file, text, do: 'try' });
    const path = answer.headers.get('location') ?? '';
    for (let look = 0; look < 100; look++) {
      if (!(await visitor.read(path)).includes(`href="${path}"`)) return path;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return path;
  }

  async function check(page: Page, told: string) {
    await page.addScriptTag({ path: AXE });
    const found = await page.evaluate(VIOLATIONS);
    assert.deepEqual(found, [], told);
  }
});
