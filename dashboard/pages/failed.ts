import type {
  GroupName,
  Message,
  MessageGroup,
  MessagePage,
} from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { count, state, table, token, told, whyNot } from '../layout.ts';
import type { Retry } from '../retries.ts';
import {
  type Answer,
  type Ask,
  type House,
  MISSING,
  page,
  type Route,
  reasonOf,
  see,
} from '../route.ts';
import { meaningOf, placeOf, usualRemedy } from './problem.ts';

const PAGE = 50;

/** What has failed, in groups; a group's messages; and what a person does about them. */
export const FAILED: readonly Route[] = [
  { method: 'get', path: '/failed', needs: 'list', answer: groupsPage },
  { method: 'get', path: '/failed/group', needs: 'list', answer: groupPage },
  { method: 'post', path: '/failed/group/retry', needs: 'act', answer: retryGroup },
  { method: 'post', path: '/failed/group/discard', needs: 'act', answer: discardGroup },
  { method: 'post', path: '/failed/selected', needs: 'act', answer: actOnSelected },
];

async function groupsPage(ask: Ask, { control }: House): Promise<Answer> {
  const { language } = ask;
  const { failed: words, states } = language.words;
  const groups = await control.failureGroups();
  if (groups.length === 0) return page(words.title, html`<p>${state('good', words.none)}</p>`);
  const rows = groups.map((group) => [
    html`<a href="${pathOf(group)}">${titleOf(ask, group)}</a>${codeOf(group)}`,
    count(ask, group.count),
    ...[group.target, group.objectKind],
    stateOf(group.state, states[group.state]),
    language.time(group.since),
  ]);
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  const head = [words.code, words.count, words.target, words.kind, words.state, words.seen];
  return page(words.title, html`<p>${words.total(total)}</p>${table(words.title, head, rows)}`);
}

/** What is the matter with a group, in a sentence; its state where it has no problem of its own. */
function titleOf(ask: Ask, { code, state: name }: GroupName): string {
  return meaningOf(ask, code ?? '') || (code ?? ask.language.words.states[name]);
}

function codeOf({ code }: GroupName): Html | null {
  return code === null ? null : html` <span class="note">${code}</span>`;
}

function stateOf(name: Message['state'], word: string): Html {
  return state(name === 'failed' ? 'bad' : 'wait', word);
}

/** Where a group is; nothing in it says who is concerned. */
function pathOf(group: GroupName, more: Readonly<Record<string, string>> = {}): string {
  const { target, type, state: name, code, objectKind } = group;
  const about = { target, type, state: name, code: code ?? '', kind: objectKind };
  return `/failed/group?${new URLSearchParams({ ...about, ...more })}`;
}

/** The group that a request names, as it is counted now; null where nothing is left of it. */
async function groupOf(
  read: (name: string) => string,
  { control }: House,
): Promise<MessageGroup | null> {
  const found = (await control.failureGroups()).find(
    (one) =>
      one.target === read('target') &&
      one.type === read('type') &&
      one.state === read('state') &&
      (one.code ?? '') === read('code') &&
      one.objectKind === read('kind'),
  );
  return found ?? null;
}

async function groupPage(ask: Ask, house: House): Promise<Answer> {
  const { failed: words } = ask.language.words;
  const group = await groupOf(ask.query, house);
  const done = whatWasDone(ask);
  const retry = retryOf(ask.query, house);
  const news = html`${done === null ? null : told(done)}
${retry === null ? null : retryLine(ask, retry)}`;
  if (group === null) {
    if (done === null && retry === null) return MISSING;
    return page(words.title, html`${news}<p><a href="/failed">${words.title}</a></p>`);
  }
  const after = wholeNumber(ask.query('after'));
  const shown = await house.control.failurePage(group, after, PAGE);
  const title = words.group(group.code ?? '', group.objectKind, group.target);
  const body = html`${news}${matterOf(ask, group)}<p>${words.lead(group.count)}</p>
${groupActions(ask, group, house)}
${messageList(ask, shown, group)}
${paging(ask, group, shown, after)}`;
  return page(title, body);
}

/** What is the matter with all of them, and what to do; a message of its own may know better. */
function matterOf(ask: Ask, group: MessageGroup): Html | null {
  if (group.code === null) return null;
  const side = group.type === 'inbound' || group.type === 'entity' ? 'source' : 'target';
  const remedy = usualRemedy(ask, group.code, side);
  return html`<p class="what">${titleOf(ask, group)}</p>
${remedy === null ? null : html`<p><strong>${ask.language.words.message.remedy}:</strong> ${remedy}</p>`}`;
}

function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

function whatWasDone({ query, language }: Ask): string | null {
  const { failed: words } = language.words;
  const [, what, count] = /^(retried|discarded|none)-(\d{1,9})$/.exec(query('done')) ?? [];
  if (what === undefined) return null;
  if (what === 'none') return words.chooseSome;
  const found = Number(count);
  return what === 'retried' ? words.retriedSome(found) : words.discardedSome(found);
}

function retryOf(read: (name: string) => string, { retries }: House): Retry | null {
  return retries.of({ target: read('target'), code: read('code'), objectKind: read('kind') });
}

function retryLine({ language }: Ask, retry: Retry): Html {
  const { failed: words } = language.words;
  if (retry.state === 'running') {
    return told(html`${words.retrying} <a href="">${words.reload}</a>`);
  }
  if (retry.state === 'refused') {
    const text = html`${retry.code} <span lang="en">${retry.text}</span>`;
    return html`<p class="fault" role="status">${words.notBegun} ${text}</p>`;
  }
  const { tried, found, mended, stoppedAt } = retry.report;
  const stopped = stoppedAt === null ? '' : ` ${words.stopped(stoppedAt)}`;
  return told(`${words.retried(tried, found, mended)}${stopped}`);
}

/** What is done is done to those that are counted here: what fails meanwhile is left alone. */
function groupActions(ask: Ask, group: MessageGroup, { now }: House): Html | null {
  const { failed: words } = ask.language.words;
  if (group.state !== 'failed' || group.code === null) return null;
  if (!ask.may('act')) return whyNot(ask);
  const name = html`${token(ask)}${groupFields(group)}
<input type="hidden" name="until" value="${now()}">`;
  const retry = html`<form method="post" action="/failed/group/retry" class="stack">${name}
<button>${words.retryAll(group.count)}</button><p class="note">${words.retryNote}</p></form>`;
  return html`<section class="card">
${group.type === 'deliver' ? retry : html`<p class="note">${words.judged}</p>`}
<details><summary>${words.discardAll(group.count)}</summary>
<form method="post" action="/failed/group/discard" class="stack">${name}
<label>${words.reason}<input name="reason" required maxlength="500"></label>
<label class="check"><input type="checkbox" name="sure" value="yes" required> ${words.sure(group.count)}</label>
<button class="second">${words.discardAll(group.count)}</button></form></details></section>`;
}

function groupFields({ target, type, state: name, code, objectKind }: MessageGroup): Html {
  const fields = { target, type, state: name, code: code ?? '', kind: objectKind };
  const inputs = Object.entries(fields).map(
    ([field, value]) => html`<input type="hidden" name="${field}" value="${value}">`,
  );
  return html`${inputs}`;
}

function messageList(ask: Ask, { messages }: MessagePage, group: MessageGroup): Html {
  const { language } = ask;
  const { failed: words, message: about } = language.words;
  const mayAct = ask.may('act');
  const rows = messages.map((one) => {
    const link = html`<a href="/message/${one.id}">${one.id.slice(0, 8)}</a>`;
    const label = `${words.select} ${one.id.slice(0, 8)}`;
    const box = html`<input type="checkbox" name="id" value="${one.id}" aria-label="${label}">`;
    const row = [link, placeOf(one.problem), String(one.attempts), language.time(one.updatedAt)];
    return mayAct ? [box, ...row] : row;
  });
  const own = [words.message, words.place, about.attempts, about.updated];
  const head = mayAct ? [words.select, ...own] : own;
  const list = table(words.message, head, rows);
  if (!mayAct) return list;
  return html`<form method="post" action="/failed/selected">${token(ask)}${groupFields(group)}${list}
<div class="stack">${
    group.type === 'deliver'
      ? html`<button class="second" name="do" value="retry">${words.retrySelected}</button>`
      : null
  }
<label>${words.reason}<input name="reason" maxlength="500"></label>
<button class="second" name="do" value="discard">${words.discardSelected}</button></div></form>`;
}

function paging(
  { language }: Ask,
  group: MessageGroup,
  { next }: MessagePage,
  after: number,
): Html {
  const { failed: words } = language.words;
  const further = next === null ? null : pathOf(group, { after: String(next) });
  return html`<p>${after === 0 ? null : html`<a href="${pathOf(group)}">${words.first}</a> `}
${further === null ? null : html`<a href="${further}" rel="next">${words.next}</a>`}</p>`;
}

async function retryGroup(ask: Ask, house: House): Promise<Answer> {
  const group = await groupOf(ask.field, house);
  if (group?.code == null || group.type !== 'deliver') return MISSING;
  const { target, code, objectKind } = group;
  const until = wholeNumber(ask.field('until'));
  house.retries.begin({ target, code, objectKind, until }, ask.who);
  return see(pathOf(group));
}

async function discardGroup(ask: Ask, house: House): Promise<Answer> {
  const group = await groupOf(ask.field, house);
  const reason = reasonOf(ask);
  if (group?.code == null) return MISSING;
  if (reason === '' || ask.field('sure') !== 'yes') return see(pathOf(group));
  const { target, code, objectKind } = group;
  const until = wholeNumber(ask.field('until'));
  const request = { target, code, objectKind, until, who: ask.who, reason };
  const found = await house.control.discardGroup(request);
  return see(pathOf(group, { done: `discarded-${found}` }));
}

/** Nothing chosen, or no reason given, changes nothing. */
async function actOnSelected(ask: Ask, house: House): Promise<Answer> {
  const { control } = house;
  const group = await groupOf(ask.field, house);
  if (group === null) return MISSING;
  const ids = ask.fields('id').slice(0, PAGE);
  const reason = reasonOf(ask);
  if (ids.length === 0) return see(pathOf(group, { done: 'none-0' }));
  if (ask.field('do') === 'retry') {
    const found = await control.retry(ids, ask.who);
    return see(pathOf(group, { done: `retried-${found}` }));
  }
  if (ask.field('do') !== 'discard' || reason === '') return see(pathOf(group));
  const found = await control.discard(ids, ask.who, reason);
  return see(pathOf(group, { done: `discarded-${found}` }));
}
