import { aboutTarget, type MessageGroup } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { asSentence } from '../language.ts';
import { greyBecause, token, told, whyNot } from '../layout.ts';
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
import { failedList } from './failed-list.ts';
import {
  groupFields,
  groupOf,
  unitName as nameOfUnit,
  partIn,
  pathOf,
  type ShownGroup,
  titleOf,
  wholeNumber,
} from './group.ts';
import { isBegin, messagesOf, PAGE, placeLabel } from './group-list.ts';
import { impact } from './impact.ts';
import { usualRemedy } from './problem.ts';
import { story } from './remark.ts';
import { retryNews } from './retry.ts';

/** What has failed, in groups; a group's messages; and what a person does about them. */
export const FAILED: readonly Route[] = [
  { method: 'get', path: '/failed', needs: 'list', answer: failedList },
  { method: 'get', path: '/failed/group', needs: 'list', answer: groupPage },
  { method: 'post', path: '/failed/group/discard', needs: 'act', answer: discardGroup },
  { method: 'post', path: '/failed/group/restore', needs: 'act', answer: restoreGroup },
  { method: 'post', path: '/failed/selected', needs: 'act', answer: actOnSelected },
];

async function groupPage(ask: Ask, house: House): Promise<Answer> {
  const { failed: words } = ask.language.words;
  const group = await groupOf(ask.query, house);
  const done = whatWasDone(ask);
  const retry = await retryNews(ask, house);
  const news = html`${done === null ? null : told(done)}${undoForm(ask)}${retry}`;
  if (group === null) {
    if (done === null && retry === null) return MISSING;
    return page(words.title, html`${news}<p><a href="/failed">${words.title}</a></p>`);
  }
  const list = await messagesOf(ask, group, house);
  const kind = ask.language.words.kind(group.objectKind);
  const title = asSentence(words.group(titleOf(ask, group), kind, group.target));
  const body = html`${news}${partShown(ask, group)}${matterOf(ask, group)}<p>${words.lead(group.count)} <a href="#messages">${words.toMessages}</a></p>
${await story(ask, group, house)}
${groupActions(ask, group, house)}
${isBegin(ask) ? await impact(ask, group, house) : null}
${list}`;
  return page(title, body);
}

/** Where the page is about a part: of which unit, run and place it is, and the way to all. */
function partShown(ask: Ask, { unit, run, place, unitName, ...group }: ShownGroup): Html | null {
  const { failed: words, impact: own } = ask.language.words;
  const said = [
    ...(unit === undefined ? [] : [own.part(nameOfUnit(ask, unit, unitName))]),
    ...(run === undefined ? [] : [words.ofRun(run)]),
    ...(place === undefined ? [] : [words.ofPlace(placeLabel(ask, place))]),
  ];
  if (said.length === 0) return null;
  return html`<p>${said.join(' ')} <a href="${pathOf(group)}">${own.whole}</a></p>`;
}

/** What to do about all of them; a message of its own may know better. */
function matterOf(ask: Ask, group: MessageGroup): Html | null {
  if (group.code === null) return null;
  const side = group.type === 'inbound' || group.type === 'entity' ? 'source' : 'target';
  const remedy = usualRemedy(ask, group.code, side);
  return html`<p class="note">${group.code}</p>
${remedy === null ? null : html`<p><strong>${ask.language.words.message.remedy}:</strong> ${remedy}</p>`}`;
}

function whatWasDone({ query, language }: Ask): string | null {
  const { failed: words } = language.words;
  const [, what, count] = /^(retried|discarded|none)-(\d{1,9})$/.exec(query('done')) ?? [];
  if (what === undefined) return null;
  if (what === 'none') return words.chooseSome;
  const found = Number(count);
  return what === 'retried' ? words.retriedSome(found) : words.discardedSome(found);
}

/** Beside the word that something was discarded. */
function undoForm(ask: Ask): Html | null {
  const { failed: words } = ask.language.words;
  const since = wholeNumber(ask.query('since'));
  const about = aboutTarget(ask.query('target'));
  if (since === 0 || !ask.may('act', about)) return null;
  const fields = ['target', 'code', 'kind', 'unit', 'run', 'place'].map(
    (name) => html`<input type="hidden" name="${name}" value="${ask.query(name)}">`,
  );
  return html`<form method="post" action="/failed/group/restore" class="stack">${token(ask)}${fields}
<input type="hidden" name="since" value="${since}"><button class="second">${words.restore}</button>
<p class="note">${words.restoreNote}</p></form>`;
}

/** What is done is done to those that are counted here: what fails meanwhile is left alone. */
function groupActions(ask: Ask, group: ShownGroup, { now }: House): Html | null {
  const { failed: words } = ask.language.words;
  const isOpen = group.state === 'failed' && group.code !== null;
  if (!ask.may('act', aboutTarget(group.target))) {
    const retryLabel = group.type === 'deliver' ? [words.retryAll(group.count)] : [];
    const labels = isOpen ? [...retryLabel, words.discardAll(group.count)] : [];
    return whyNot(ask, ...labels, words.remark);
  }
  if (!isOpen) {
    const why = words.notYet[group.state];
    return why === '' ? null : greyBecause('not-yet', why, words.retryAll(group.count));
  }
  const name = html`${token(ask)}${groupFields(group)}
<input type="hidden" name="until" value="${now()}">`;
  const retry = html`<form method="post" action="/failed/group/retry" class="stack">${name}
<button>${words.retryAll(group.count)}</button><p class="note">${words.retryNote}</p></form>`;
  return html`<section class="card">
${group.type === 'deliver' ? retry : greyBecause('judged', words.judged, words.retryAll(group.count))}
<details><summary>${words.discardAll(group.count)}</summary>
<form method="post" action="/failed/group/discard" class="stack">${name}
<label>${words.reason}<input name="reason" required maxlength="500"></label>
<label class="check"><input type="checkbox" name="sure" value="yes" required> ${words.sure(group.count)}</label>
<button class="second">${words.discardAll(group.count)}</button></form></details></section>`;
}

async function discardGroup(ask: Ask, house: House): Promise<Answer> {
  if (!(await house.control.opens(aboutTarget(ask.field('target'))))) return MISSING;
  const group = await groupOf(ask.field, house);
  const reason = reasonOf(ask);
  if (group?.code == null) return MISSING;
  if (reason === '' || ask.field('sure') !== 'yes') return see(pathOf(group));
  const { target, code, objectKind } = group;
  const until = wholeNumber(ask.field('until'));
  const about = { target, code, objectKind, ...partIn(ask.field) };
  const request = { ...about, until, who: ask.who, reason };
  const since = String(house.now());
  const found = await house.control.discardGroup(request);
  return see(pathOf(group, { done: `discarded-${found}`, since }));
}

/** Of a group whose messages are all discarded nothing is left but its name. */
async function restoreGroup(ask: Ask, { control }: House): Promise<Answer> {
  const [target, code, objectKind] = [ask.field('target'), ask.field('code'), ask.field('kind')];
  const since = wholeNumber(ask.field('since'));
  const about = { target, code, objectKind, ...partIn(ask.field) };
  const found = await control.restoreGroup({ ...about, since, who: ask.who });
  return found === 0 ? MISSING : see('/failed');
}

/** Nothing chosen, or no reason given, changes nothing. */
async function actOnSelected(ask: Ask, house: House): Promise<Answer> {
  const { control } = house;
  if (!(await control.opens(aboutTarget(ask.field('target'))))) return MISSING;
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
  const since = String(house.now());
  const found = await control.discard(ids, ask.who, reason);
  return see(pathOf(group, { done: `discarded-${found}`, since }));
}
