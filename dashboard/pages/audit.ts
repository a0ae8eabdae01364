import type { AuditEntry } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { table } from '../layout.ts';
import { type Answer, type Ask, type House, page, type Route } from '../route.ts';

const MOST_ENTRIES = 200;

/** Who did and looked at what. It names protected persons too, so their right is needed. */
export const AUDIT: readonly Route[] = [
  { method: 'get', path: '/audit', needs: 'protected', answer: auditPage },
];

async function auditPage(ask: Ask, { control }: House): Promise<Answer> {
  const { audit: words } = ask.language.words;
  const action = ask.query('action').slice(0, 100);
  const entries = await control.auditTrail(MOST_ENTRIES, action === '' ? {} : { action });
  const found = entries.length === 0 ? html`<p>${words.none}</p>` : trail(ask, entries);
  const all = action === '' ? null : html`<p><a href="/audit">${words.all}</a></p>`;
  return page(words.title, html`<p class="note">${words.note(MOST_ENTRIES)}</p>${all}${found}`);
}

function trail({ language }: Ask, entries: readonly AuditEntry[]): Html {
  const { audit: words } = language.words;
  const rows = entries.map(({ at, who, action, subject, reason }) => [
    language.time(at),
    who,
    html`<a href="/audit?action=${encodeURIComponent(action)}">${action}</a>`,
    subject,
    reason,
  ]);
  return table(words.title, [words.at, words.who, words.action, words.subject, words.reason], rows);
}
