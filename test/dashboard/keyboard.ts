import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

const MOST_TABS = 120;
/** What a screen reader would say of where the focus is, and where a link leads. */
const FOCUSED =
  '((at) => [(at.getAttribute("aria-label") ?? (at.labels?.[0] ?? at).textContent).trim(), at.getAttribute("href") ?? ""].join(" ").trim())(document.activeElement)';
/** Whether one can see where the focus is. */
const IS_SEEN = 'getComputedStyle(document.activeElement).outlineStyle !== "none"';

/** Somebody who has the keyboard alone, and goes by what the page says of its links and boxes. */
export class Keyboard {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Opens a link, or presses a button: whatever leads from a page's contents to another. */
  async go(name: RegExp): Promise<void> {
    await this.#pastMenu();
    await this.menu(name);
  }

  /** Goes to another place of the same page. */
  async jump(name: RegExp): Promise<void> {
    await this.#pastMenu();
    await this.#tabTo(name);
    await this.#page.keyboard.press('Enter');
  }

  /** The same of the menu, which comes first. */
  async menu(name: RegExp): Promise<void> {
    await this.#tabTo(name);
    await Promise.all([this.#page.waitForEvent('load'), this.#page.keyboard.press('Enter')]);
  }

  async fill(label: RegExp, text: string): Promise<void> {
    await this.#pastMenu();
    await this.#tabTo(label);
    await this.#page.keyboard.press('ControlOrMeta+a');
    await this.#page.keyboard.type(text);
  }

  /** `YYYY-MM-DD`, as the browser without a language of its own takes it. */
  async date(label: RegExp, day: string): Promise<void> {
    await this.#tabTo(label);
    const [year = '', month = '', date = ''] = day.split('-');
    await this.#page.keyboard.type(`${month}${date}${year}`);
  }

  /** By the first link of a page where nothing has the focus yet. */
  async #pastMenu(): Promise<void> {
    if (
      await this.#page.evaluate('document.activeElement !== document.body || location.hash !== ""')
    )
      return;
    await this.#page.keyboard.press('Tab');
    await this.#page.keyboard.press('Enter');
  }

  /** Goes on with Tab until what has the focus says this. */
  async #tabTo(name: RegExp): Promise<void> {
    for (let at = 0; at < MOST_TABS; at++) {
      await this.#page.keyboard.press('Tab');
      if (name.test(String(await this.#page.evaluate(FOCUSED)))) {
        assert.ok(await this.#page.evaluate(IS_SEEN), `${name} shows that it has the focus`);
        return;
      }
    }
    assert.fail(`nothing in the Tab order of ${this.#page.url()} says ${name}`);
  }
}
