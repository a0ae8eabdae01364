import { html } from '../html.ts';
import { PAGES, table } from '../layout.ts';
import { type Answer, type Ask, page, type Route } from '../route.ts';

/** What the keyboard can do beside Tab; see public/shortcuts.js. */
export const SHORTCUTS: readonly Route[] = [
  { method: 'get', path: '/shortcuts', needs: 'account', answer: shortcutsPage },
];

async function shortcutsPage({ language }: Ask): Promise<Answer> {
  const { shortcuts: words, nav } = language.words;
  const rows = PAGES.map(([, name, key]) => [
    html`<kbd>g</kbd> <kbd>${key}</kbd>`,
    html`${nav[name]}`,
  ]);
  const all = [[html`<kbd>?</kbd>`, words.title], ...rows];
  const body = html`<p class="note">${words.lead}</p>
<label class="check" data-shortcuts hidden><input type="checkbox"> ${words.on}</label>
${table(words.title, [words.keys, words.page], all)}`;
  return page(words.title, body);
}
