import {
  aboutTarget,
  FAILURE_ORDERS,
  type FailurePage,
  type FailureWish,
  type GroupPart,
  type Message,
  type PageKey,
  type PlaceName,
} from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { count, table, token } from '../layout.ts';
import type { Ask, House } from '../route.ts';
import { groupFields, listIn, pathOf, placeText, type ShownGroup, unitName } from './group.ts';
import { placeOf, textOf } from './problem.ts';

/** Messages of one page. */
export const PAGE = 50;
/** Places and runs that can be chosen; a group of more has other ways to fewer. */
const MOST_CHOICES = 100;

/** Of what a key of an order is made. */
const KEYS = {
  number: ['number'],
  updated: ['number', 'number'],
  unit: ['number', 'string', 'string', 'number'],
  place: ['string', 'string', 'number', 'number'],
} as const satisfies Record<FailureWish['by'], readonly string[]>;

export type GroupOrder = keyof typeof FAILURE_ORDERS;
const NAMES = Object.keys(FAILURE_ORDERS).filter((one) => isOrder(one));

function isOrder(text: string): text is GroupOrder {
  return Object.hasOwn(FAILURE_ORDERS, text);
}

function orderIn({ query }: Ask): GroupOrder {
  const text = query('sort');
  return isOrder(text) ? text : 'oldest';
}

/** A key of another order is none. */
function keyIn(ask: Ask): PageKey | null {
  const parts = KEYS[FAILURE_ORDERS[orderIn(ask)].by];
  const key = listIn(ask.query('after'));
  const isKey = key.length === parts.length && key.every((one, at) => typeof one === parts[at]);
  return isKey ? key : null;
}

/** Whether this is the first page of a list. */
export function isBegin(ask: Ask): boolean {
  return keyIn(ask) === null;
}

/** The messages of a group, or of a part of it: by what they are chosen and sorted, and a page. */
export async function messagesOf(ask: Ask, group: ShownGroup, { control }: House): Promise<Html> {
  const { by, isDown } = FAILURE_ORDERS[orderIn(ask)];
  const wish = { by, isDown, after: keyIn(ask), limit: PAGE };
  const shown = await control.failurePage(group, wish);
  return html`<h2>${ask.language.words.failed.messages}</h2>
${states(ask, group)}${choices(ask, group)}
${messageList(ask, shown, group)}${paging(ask, group, shown)}`;
}

/** The same failures in other states: what goes on by itself stands in a list of its own. */
function states({ language }: Ask, group: ShownGroup): Html | null {
  const { failed: words, states: names } = language.words;
  if (group.states.length < 2) return null;
  const links = group.states.map((one) => {
    const here = one.state === group.state ? html` aria-current="true"` : null;
    const label = `${names[one.state]} (${language.words.n(one.count)})`;
    return html`<li><a href="${pathOf(one)}"${here}>${label}</a></li>`;
  });
  return html`<nav class="ways" aria-label="${words.state}"><span>${words.state}</span><ul>${links}</ul></nav>`;
}

function choices(ask: Ask, group: ShownGroup): Html {
  const { failed: words, n } = ask.language.words;
  const { run = '', place, parts } = group;
  const { run: _run, place: _place, ...whole } = group;
  const runs = countsBy(parts, (one) => one.run);
  const places = countsBy(parts, placeText);
  const labelOf = (text: string) => {
    const [file = '', field = ''] = listIn(text).map(String);
    return placeLabel(ask, { file, field });
  };
  const orders = NAMES.filter((one) => one !== 'unit' || group.unit === undefined);
  return html`<form method="get" action="/failed/group" class="choices">${groupFields(whole)}
${choice(words.place, 'place', place === undefined ? '' : placeText(place), [
  ['', words.all],
  ...places.map(([text, found]) => [text, `${labelOf(text)} (${n(found)})`] as const),
])}
${choice(words.run, 'run', run, [
  ['', words.all],
  ...runs.map(([id, found]) => [id, `${id} (${n(found)})`] as const),
])}
${choice(
  words.sort,
  'sort',
  orderIn(ask),
  orders.map((one) => [one, words.orders[one]] as const),
)}
<button class="second">${words.show}</button></form>`;
}

function choice(
  label: string,
  name: string,
  chosen: string,
  options: readonly (readonly [string, string])[],
): Html {
  const lines = options.map(([value, text]) => {
    const isChosen = value === chosen ? html` selected` : null;
    return html`<option value="${value}"${isChosen}>${text}</option>`;
  });
  return html`<label>${label}<select name="${name}">${lines}</select></label>`;
}

function countsBy(
  parts: readonly GroupPart[],
  nameOf: (part: GroupPart) => string,
): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const part of parts) {
    counts.set(nameOf(part), (counts.get(nameOf(part)) ?? 0) + part.count);
  }
  return [...counts].slice(0, MOST_CHOICES);
}

/** A file and a field, or that neither is known. */
export function placeLabel(
  { language }: Pick<Ask, 'language'>,
  { file, field }: PlaceName,
): string {
  return [file, field].filter((one) => one !== '').join(' ') || language.words.failed.noPlace;
}

function messageList(ask: Ask, { failures }: FailurePage, group: ShownGroup): Html {
  const { language } = ask;
  const { failed: words, message: about, impact } = language.words;
  const mayAct = ask.may('act', aboutTarget(group.target));
  const when = (at: number) => html`<span class="when">${language.time(at)}</span>`;
  const rows = failures.map(({ message: one, unitName: unit }) => {
    const link = html`<a href="/message/${one.id}">${one.id.slice(0, 8)}</a>`;
    const label = `${words.select} ${one.id.slice(0, 8)}`;
    const box = html`<input type="checkbox" name="id" value="${one.id}" aria-label="${label}">`;
    const row = [
      ...[link, unitName(ask, '', unit), foundIn(ask, one.problem), count(ask, one.attempts)],
      ...[when(one.createdAt), when(one.updatedAt)],
    ];
    return mayAct ? [box, ...row] : row;
  });
  const own = [
    ...[words.message, impact.unit, words.found, about.attempts],
    ...[words.seen, about.updated],
  ];
  const head = mayAct ? [words.select, ...own] : own;
  const list = html`<div id="messages">${table(words.message, head, rows)}</div>`;
  if (!mayAct) return list;
  return html`<form method="post" action="/failed/selected">${token(ask)}${groupFields(group)}${list}
<div class="stack">${
    group.type === 'deliver'
      ? html`<button class="second" name="do" value="retry" formnovalidate>${words.retrySelected}</button>`
      : null
  }
<label>${words.reason}<input name="reason" required maxlength="500"></label>
<button class="second" name="do" value="discard">${words.discardSelected}</button></div></form>`;
}

/** What is wrong with one of a group, and where. */
function foundIn(ask: Ask, problem: Message['problem']): Html | null {
  if (problem === null) return null;
  return html`${textOf(ask, problem)} <span class="note">${placeOf(problem)}</span>`;
}

function paging(ask: Ask, group: ShownGroup, { next }: FailurePage): Html {
  const { failed: words } = ask.language.words;
  const order = orderIn(ask);
  const sort = order === 'oldest' ? {} : { sort: order };
  const further = next === null ? null : pathOf(group, { ...sort, after: JSON.stringify(next) });
  return html`<p>${isBegin(ask) ? null : html`<a href="${pathOf(group, sort)}">${words.first}</a> `}
${further === null ? null : html`<a href="${further}" rel="next">${words.next}</a>`}</p>`;
}
