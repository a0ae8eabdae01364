import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type Message, RIGHTS } from '../../core/control/control-bus.ts';
import { sv as words } from '../../dashboard/locales/sv.ts';
import { World } from '../e2e/world.ts';
import { serviceOrPending } from '../services.ts';
import { findBrowser } from './browser.ts';
import { type Hosted, hosted } from './hosted.ts';
import { Keyboard } from './keyboard.ts';
import { PASSWORD } from './visitor.ts';

const PUPILS = 40;
const DAY_MS = 86_400_000;
/** What each code stands for, in the words of its table. */
const MEANINGS: Readonly<Record<string, string>> = {
  F: 'Kvinna',
  '9': 'Ingen',
  ZZ: 'GR',
};

describe('whatever a page can mend', function () {
  this.timeout(120_000);
  let browser: Browser;

  before(async function () {
    browser = serviceOrPending(this, await findBrowser());
  });
  after(() => browser?.close());

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with script' : 'without script';
    it(`is found from the overview, mended and gone after the next run by the keyboard alone, ${how}`, async () => {
      const town = await withFaults();
      const context = await browser.newContext({ javaScriptEnabled, locale: 'sv-SE' });
      try {
        const page = await context.newPage();
        const faults: string[] = [];
        page.on('console', (one) => {
          if (one.type() === 'error') faults.push(one.text());
        });
        page.on('pageerror', (fault) => faults.push(fault.message));
        await page.goto(`${town.dashboard.url}/`);
        await new Walk(town, page).all();
        assert.deepEqual(faults, [], 'the content security policy stops nothing of ours');
      } finally {
        await context.close();
        await town.close();
      }
    });
  }
});

/** A night with a bad record of each kind, and two accounts whose names are taken in the portal. */
async function withFaults(): Promise<Hosted> {
  const world = await World.open();
  await world.guard('{ maxCreate: 1%, minimum: 0 }');
  const flow = await readFile(join(world.folder, 'flows', 'identity.yaml'), 'utf8');
  await world.write('flows/identity.yaml', `${flow}\nadopt: { User: [externalId] }\n`);
  await world.night(1, PUPILS, true);
  const accounts = join(world.folder, 'data', 'register', 'ber-20260901-konto.csv');
  const pupils = (await readFile(accounts, 'utf8'))
    .split('\r\n')
    .filter((one) => /;Elev$/.test(one));
  for (const [at, line] of pupils.slice(0, 2).entries()) {
    const other = { id: `x${at}`, version: 1, userName: line.split(';')[1], externalId: 'else' };
    world.identity.directory.of('Users').set(other.id, other);
  }
  await world.sync('identity');
  const town = await hosted(world);
  const { access } = town.hub.control;
  await access.accept(await access.invite({ name: 'kim', rights: RIGHTS }, 'test'), PASSWORD);
  return town;
}

/** One morning, as somebody spends it who has the pages alone. */
class Walk {
  readonly #town: Hosted;
  readonly #page: Page;
  readonly #by: Keyboard;
  readonly #mended: string[] = [];

  constructor(town: Hosted, page: Page) {
    this.#town = town;
    this.#page = page;
    this.#by = new Keyboard(page);
  }

  async all(): Promise<void> {
    await this.#signIn();
    const { control } = this.#town.hub;
    const open = await control.failures({ limit: 1000 });
    const codes = await this.#addRows(open.filter((one) => control.tableGap(one)?.code != null));
    assert.deepEqual(codes.sort(), Object.keys(MEANINGS).sort());
    await this.#setAnotherName();
    await this.#retryAll();
    assert.equal(await this.#run(), 1, 'a guard held what was mended, and it was approved');
    for (const id of this.#mended) {
      await this.#page.goto(`${this.#town.dashboard.url}/message/${id}`);
      assert.match(await this.#text(), /Ersatt|Levererat/);
    }
  }

  async #signIn(): Promise<void> {
    await this.#by.fill(of(words.signIn.name), 'kim');
    await this.#by.fill(of(words.signIn.password), PASSWORD);
    await this.#by.go(of(words.signIn.submit));
  }

  /** From the overview to a message: its finding, its group, itself. */
  async #find({ problem, target, objectKind, id }: Message): Promise<void> {
    const code = problem?.code ?? '';
    if (this.#mended.length > 0) await this.#by.menu(of(words.nav.failed));
    else await this.#by.go(new RegExp(`${words.overview.toFailed}: ${target} .*code=${code}`));
    if (!this.#page.url().includes('/failed/group'))
      await this.#by.go(new RegExp(`/failed/group\\?.*code=${code}&kind=${objectKind}$`));
    await this.#by.jump(of(words.failed.toMessages));
    await this.#by.go(new RegExp(`/message/${id}`));
    assert.match(await this.#text(), of(words.message.remedy));
    this.#mended.push(id);
  }

  /** A row in each table that lacks one. */
  async #addRows(open: readonly Message[]): Promise<string[]> {
    const codes: string[] = [];
    for (const message of open) {
      const { code = null } = this.#town.hub.control.tableGap(message) ?? {};
      if (code === null || codes.includes(code)) continue;
      await this.#find(message);
      assert.match(await this.#text(), of(words.row.title));
      await this.#by.fill(of(words.row.from), code);
      await this.#by.fill(of(words.row.to), MEANINGS[code] ?? '');
      await this.#by.go(of(words.row.try));
      assert.match(await this.#text(), /[1-9] undanlagda? post/);
      await this.#by.go(of(words.row.write));
      assert.match(await this.#text(), of(words.row.written));
      codes.push(code);
    }
    return codes;
  }

  /** Another value for one that the target will not take. */
  async #setAnotherName(): Promise<void> {
    const [one] = await this.#town.hub.control.failures({ code: 'KEY_TAKEN', limit: 1 });
    assert.ok(one !== undefined);
    await this.#find(one);
    await this.#by.go(of(words.override.card));
    await this.#by.fill(/^userName/, 'another@skola.example');
    const until = new Date(this.#town.world.now + 7 * DAY_MS).toISOString().slice(0, 10);
    await this.#by.date(of(words.override.until), until);
    await this.#by.fill(of(words.override.reason), 'namnet är upptaget');
    await this.#by.go(of(words.override.check));
    assert.match(await this.#text(), /another@skola.example/);
    await this.#by.go(of(words.override.set));
    assert.match(await this.#text(), of(words.override.done.delivered));
  }

  /** The rest, once the cause has gone. */
  async #retryAll(): Promise<void> {
    for (const id of ['x0', 'x1']) this.#town.world.identity.directory.of('Users').delete(id);
    const [one] = await this.#town.hub.control.failures({ code: 'KEY_TAKEN', limit: 1 });
    assert.ok(one !== undefined);
    await this.#by.menu(of(words.nav.failed));
    await this.#by.go(/\/failed\/group\?.*code=KEY_TAKEN/);
    await this.#by.go(of(words.failed.retryAll(1)));
    await this.#reloadUntil((text) => text.includes(words.failed.retried(1, 1, 1)));
  }

  /**
   * Lets the flow run from the schedule, and waits for its end; what a guard holds is approved
   * on its page. Answers how often that was.
   */
  async #run(): Promise<number> {
    for (let approved = 0; ; approved++) {
      assert.ok(approved < 4, 'it is held still');
      await this.#by.menu(of(words.nav.schedule));
      await this.#by.go(of(words.schedule.runOne('identity')));
      await this.#reloadUntil((text) => text.includes(words.schedule.ended));
      await this.#by.menu(of(words.nav.overview));
      if (!(await this.#text()).includes(words.overview.toHold)) return approved;
      await this.#by.go(of(words.overview.toHold));
      assert.match(await this.#text(), of(words.holds.why));
      await this.#by.fill(of(words.holds.reason), 'skolan säger att det stämmer');
      await this.#by.go(of(words.holds.approve));
      assert.match(await this.#text(), of(words.holds.decided));
    }
  }

  async #reloadUntil(isOver: (text: string) => boolean): Promise<void> {
    for (let look = 0; look < 200; look++) {
      if (isOver(await this.#text())) return;
      await this.#page.waitForTimeout(200);
      await this.#page.reload();
    }
    assert.fail(await this.#text());
  }

  async #text(): Promise<string> {
    return (await this.#page.locator('main').textContent()) ?? '';
  }
}

/** Begins with these words. */
function of(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}
