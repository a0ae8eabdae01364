import {
  aboutTarget,
  type GroupName,
  type GroupRetry,
  type OfPart,
  type RetryWish,
} from '../../core/control/control-bus.ts';
import { type Content, type Html, html } from '../html.ts';
import { greyBecause, token, told } from '../layout.ts';
import { type Answer, type Ask, type House, MISSING, type Route, see } from '../route.ts';
import { groupFields, groupOf, partIn, pathOf, wholeNumber } from './group.ts';

/** Trying a whole group again: how far it is, and how a person stops it or lets it go on. */
export const RETRY: readonly Route[] = [
  { method: 'post', path: '/failed/group/retry', needs: 'act', answer: begin },
  { method: 'post', path: '/failed/group/retry/ask', needs: 'act', answer: askOf },
];

/** How the last retry of the group that the page is about goes or went; null if there was none. */
export async function retryNews(ask: Ask, { control, retries }: House): Promise<Html | null> {
  const { failed: words } = ask.language.words;
  const name = nameOf(ask.query);
  const about = aboutTarget(name.target);
  if (!ask.may('list', about)) return null;
  const refused = retries.refusalOf(name);
  if (refused !== null) {
    const text = html`${refused.code} <span lang="en">${refused.text}</span>`;
    return html`<p class="fault" role="status">${words.notBegun} ${text}</p>`;
  }
  const retry = await retries.of(control, name);
  if (retry === null) return null;
  const reload = html`<a href="">${words.reload}</a>`;
  if (retry === 'begins') return told(html`${words.retrying} ${reload}`);
  const line = lineOf(ask, retry);
  return html`${told(retry.state === 'running' ? html`${line} ${reload}` : line)}
${ask.may('act', about) ? buttons(ask, retry, name) : greyButtons(ask, retry)}`;
}

function lineOf({ language }: Ask, retry: GroupRetry): Content {
  const { failed: words } = language.words;
  const { tried, found, mended, state } = retry;
  const counts = words.retried(tried, found, mended);
  const stage = words.stage(retry.stage);
  switch (state) {
    case 'running':
      return html`${words.retrying} ${stage} ${counts}
<progress max="${found}" value="${tried}" aria-label="${counts}"></progress>`;
    case 'paused':
      return `${words.paused} ${stage} ${counts}`;
    case 'cancelled':
      return `${words.cancelled} ${counts}`;
    case 'stopped':
      return `${words.last} ${counts} ${words.stopped(retry.stage)}`;
    case 'done':
      return `${words.last} ${counts}`;
  }
}

function buttons(ask: Ask, { state }: GroupRetry, name: GroupName & OfPart): Html | null {
  const { failed: words } = ask.language.words;
  if (state !== 'running' && state !== 'paused') return null;
  const [wish, word] = state === 'running' ? ['pause', words.pause] : ['resume', words.resume];
  return html`<form method="post" action="/failed/group/retry/ask" class="row">${token(ask)}
${groupFields(name)}<button name="do" value="${wish}">${word}</button>
<button class="second" name="do" value="cancel">${words.cancel}</button></form>`;
}

function greyButtons(ask: Ask, { state }: GroupRetry): Html | null {
  const { failed: words, refused } = ask.language.words;
  if (state !== 'running' && state !== 'paused') return null;
  const labels = [state === 'running' ? words.pause : words.resume, words.cancel];
  return greyBecause('why-no-retry', refused.text('act'), ...labels);
}

/** What is tried again is always deliveries that have failed. */
function nameOf(read: (name: string) => string) {
  const about = { target: read('target'), code: read('code'), objectKind: read('kind') };
  return { ...about, ...partIn(read), type: 'deliver', state: 'failed' } as const;
}

async function begin(ask: Ask, house: House): Promise<Answer> {
  if (!(await house.control.opens(aboutTarget(ask.field('target'))))) return MISSING;
  const group = await groupOf(ask.field, house);
  if (group?.code == null || group.type !== 'deliver') return MISSING;
  const { target, code, objectKind } = group;
  const until = wholeNumber(ask.field('until'));
  const about = { target, code, objectKind, ...partIn(ask.field) };
  house.retries.begin(house.control, { ...about, until }, ask.who);
  return see(pathOf(group));
}

/** Of a group that is being tried, nothing may have failed just now: its name is enough. */
async function askOf(ask: Ask, { control, retries }: House): Promise<Answer> {
  const name = nameOf(ask.field);
  if (!(await control.opens(aboutTarget(name.target)))) return MISSING;
  const wish = ask.field('do');
  const retry = await control.retryOf(name);
  if (retry === null) return MISSING;
  if (wish === 'resume') retries.resume(control, { ...name, until: retry.until }, ask.who);
  if (isWish(wish)) await control.askRetry(name, wish, ask.who);
  return see(pathOf(name));
}

function isWish(text: string): text is RetryWish {
  return text === 'pause' || text === 'cancel';
}
