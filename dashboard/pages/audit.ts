import { type AuditCheck, type AuditRecord, grantsIn } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { definitions, state, table, token } from '../layout.ts';
import { type Answer, type Ask, type House, page, type Route } from '../route.ts';
import { rightNames } from './settings.ts';

const PAGE = 100;

/** Who did and looked at what. It names protected persons too, so their right is needed. */
export const AUDIT: readonly Route[] = [
  { method: 'get', path: '/audit', needs: 'protected', answer: auditPage },
  { method: 'get', path: '/audit/export', needs: 'protected', answer: exported },
  { method: 'post', path: '/audit/check', needs: 'protected', answer: check },
];

async function auditPage(ask: Ask, { control }: House): Promise<Answer> {
  const { audit: words } = ask.language.words;
  const action = ask.query('action').slice(0, 100);
  const before = Number(ask.query('before'));
  const isPaged = Number.isSafeInteger(before) && before > 0;
  const entries = await control.auditTrail(PAGE, {
    ...(action === '' ? {} : { action }),
    ...(isPaged ? { before } : {}),
  });
  const found =
    entries.length === 0 ? html`<p>${words.none}</p>` : trail(ask, entries, control.access.flows);
  const all = action === '' ? null : html`<p><a href="/audit">${words.all}</a></p>`;
  const body = html`<p class="note">${words.note}</p>${all}${found}
${pager(ask, entries, action, isPaged)}${checkForm(ask)}`;
  return page(words.title, body);
}

function trail(ask: Ask, entries: readonly AuditRecord[], flows: readonly string[]): Html {
  const { language } = ask;
  const { audit: words } = language.words;
  const rows = entries.map(({ at, who, action, subject, reason }) => [
    html`<span class="when">${language.time(at)}</span>`,
    words.whoNames[who] ?? who,
    html`<a href="/audit?action=${encodeURIComponent(action)}">${words.actionNames[action] ?? action}</a>`,
    OF_RIGHTS.has(action) ? withRights(ask, subject, flows) : subject,
    reason,
  ]);
  return table(words.title, [words.at, words.who, words.action, words.subject, words.reason], rows);
}

/** Of what is done to an account: its name and rights. */
function withRights(ask: Ask, subject: string, flows: readonly string[]): string {
  const at = subject.lastIndexOf(' ');
  const rights = grantsIn(subject.slice(at + 1).split(','), flows);
  return rights === null ? subject : `${subject.slice(0, at)}: ${rightNames(ask, rights)}`;
}

const OF_RIGHTS: ReadonlySet<string> = new Set(['invite', 'set rights']);

function pager(
  { language }: Ask,
  entries: readonly AuditRecord[],
  action: string,
  isPaged: boolean,
): Html {
  const { audit: words } = language.words;
  const own: Record<string, string> = action === '' ? {} : { action };
  const last = entries.at(-1);
  const next = new URLSearchParams({ ...own, before: String(last?.number ?? 0) });
  const first = new URLSearchParams(own);
  return html`<p>${isPaged ? html`<a href="/audit?${String(first)}">${words.first}</a> ` : null}
${entries.length < PAGE ? null : html`<a href="/audit?${String(next)}">${words.next}</a>`}</p>`;
}

function checkForm(ask: Ask): Html {
  const { audit: words } = ask.language.words;
  return html`<h2>${words.check}</h2><p class="note">${words.checkNote}</p>
<form method="post" action="/audit/check" class="stack">${token(ask)}
<label>${words.noted}<input name="noted" maxlength="64" autocomplete="off"></label>
<button class="second">${words.check}</button></form>
<p><a href="/audit/export">${words.export}</a></p>`;
}

async function check(ask: Ask, { control }: House): Promise<Answer> {
  const { audit: words } = ask.language.words;
  const noted = ask.field('noted').trim();
  const found = await control.checkAudit(noted === '' ? null : noted);
  return page(words.check, html`${verdict(ask, found)}${checkForm(ask)}`);
}

function verdict(
  { language }: Ask,
  { entries, unchained, brokenAt, head, hasNoted }: AuditCheck,
): Html {
  const { audit: words } = language.words;
  const whole =
    brokenAt === null ? state('good', words.whole(entries)) : state('bad', words.broken(brokenAt));
  const seen = hasNoted ? state('good', words.found) : state('bad', words.lost);
  return html`<p role="status">${whole}</p>${hasNoted === null ? null : html`<p>${seen}</p>`}
${unchained === 0 ? null : html`<p class="note">${words.unchained(unchained)}</p>`}
${definitions([[words.head, html`<code>${head}</code>`]])}`;
}

async function exported({ who }: Ask, { control }: House): Promise<Answer> {
  const text = linesOf(control.auditExport(who));
  return { kind: 'file', name: 'audit.ndjson', type: 'application/x-ndjson', text };
}

async function* linesOf(pages: AsyncIterable<readonly AuditRecord[]>): AsyncGenerator<string> {
  for await (const records of pages) {
    yield records.map((one) => `${withoutTags(JSON.stringify(one))}\n`).join('');
  }
}

/** The same JSON, in which no browser could find a tag, wherever the file is opened. */
function withoutTags(json: string): string {
  return json.replaceAll('<', '\\u003c');
}
