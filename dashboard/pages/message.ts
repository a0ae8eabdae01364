import {
  aboutTarget,
  type Ending,
  type Message,
  type ObjectStory,
  type Trace,
} from '../../core/control/control-bus.ts';
import { lineOf, momentsOf } from '../attempts.ts';
import { type Html, html } from '../html.ts';
import { asSentence } from '../language.ts';
import { definitions, greyBecause, state, token, told, whyNot } from '../layout.ts';
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
import { pathOf, titleOf } from './group.ts';
import { messagePath } from './message-path.ts';
import { editCard, isEditable } from './overrides.ts';
import { causeAndRemedy, causeIn } from './problem.ts';
import { rowCard } from './table-row.ts';

const MOST_WAITING = 20;

/** One message: why, what to do, where it comes from, who waits; technical details last. */
export const MESSAGE: readonly Route[] = [
  { method: 'get', path: '/message/:id', needs: 'list', answer: messagePage },
  { method: 'post', path: '/message/:id/retry', needs: 'act', answer: retry },
  { method: 'post', path: '/message/:id/discard', needs: 'act', answer: discard },
  { method: 'post', path: '/message/:id/restore', needs: 'act', answer: restore },
];

async function messagePage(ask: Ask, house: House): Promise<Answer> {
  const { control } = house;
  const { language } = ask;
  const { message: words } = language.words;
  const message = await control.failure(ask.param('id'));
  if (message === null) return endedPage(ask, await control.ending(ask.param('id')));
  const { problem } = message;
  const cause = await control.causeOf(message);
  const waiting = await control.waitingFor(message.id, MOST_WAITING + 1);
  const trace = await traceOf(ask, message, control);
  const story = await storyOf(ask, message, trace, control);
  const sentence = sentenceOf(ask, message);
  const written = ask.query('done') === 'row' ? told(language.words.row.written) : null;
  const body = html`${written}<p>${state(message.state === 'failed' ? 'bad' : 'wait', sentence)}</p>
${problem === null ? null : causeAndRemedy(ask, problem)}${toGroup(ask, message)}
${cause === null ? null : html`<h2>${words.waitsFor}</h2><ul><li>${linkTo(ask, cause)}</li></ul>`}
${rowCard(ask, message, house)}${editCard(ask, message)}
${ask.may('act', aboutTarget(message.target)) ? actions(ask, message) : greyActions(ask, message, house)}
<h2>${words.from}</h2>${messagePath(ask, message, trace, story)}
<h2>${words.attemptsTitle}</h2>${attempts(ask, message)}
<h2>${words.behind}</h2>${behind(ask, waiting)}
<details><summary>${words.technical}</summary>${details(ask, message, trace)}</details>`;
  return page(words.title, body);
}

/** Where the others are that fail for the same reason: by what that is, and not by its code. */
function toGroup(
  ask: Ask,
  { problem, target, type, state: name, objectKind }: Message,
): Html | null {
  if (problem === null) return null;
  const group = { target, type, state: name, objectKind, code: problem.code };
  const { toGroup: label } = ask.language.words.failed;
  return html`<p>${label}: <a href="${pathOf(group)}">${titleOf(ask, group)}</a></p>`;
}

/** What has ended cannot be tried again: it is told by what it ended, and when. */
function endedPage(ask: Ask, ending: Ending | null): Answer {
  if (ending === null) return MISSING;
  const { language } = ask;
  const { message: words } = language.words;
  const { message, how, run, at } = ending;
  const isDiscarded = how === 'discarded';
  const undo = html`<form method="post" action="/message/${message.id}/restore" class="stack">${token(ask)}
<button>${words.restore}</button><p class="note">${words.restoreNote}</p></form>`;
  const sentence = words.ended[how](run, language.time(at));
  const { objectKind, target, problem } = message;
  const mayAct = ask.may('act', aboutTarget(target));
  const restored = mayAct ? undo : whyNot(ask, words.restore);
  const over = greyBecause('over', words.endedNote, words.retry);
  const cause = problem === null ? null : causeIn(ask, problem.code);
  const body = html`<p>${state(isDiscarded ? 'wait' : 'good', sentence)}</p>
<p>${words.was(language.words.kind(objectKind), target)} ${cause}</p>
${isDiscarded ? restored : over}`;
  return page(words.title, body);
}

/** Null where this person may not see it, and of a record that could not be told whose it is. */
async function traceOf(
  ask: Ask,
  { origin: about, target }: Message,
  control: House['control'],
): Promise<Trace | null> {
  const subject = aboutTarget(target);
  if (!ask.may('contents', subject) || about.id === '') return null;
  return shown(ask, await control.trace(about, ask.who));
}

/** Null where this person may not see it: what comes from a protected one is shown to nobody. */
async function storyOf(
  ask: Ask,
  message: Message,
  trace: Trace | null,
  control: House['control'],
): Promise<ObjectStory | null> {
  const isOpen = trace !== null && !trace.isProtected;
  return isOpen ? control.objectStory(message, ask.who) : null;
}

/** A protected person is told of like one of whom no source speaks, but to who may know. */
function shown(ask: Ask, trace: Trace): Trace {
  return trace.isProtected && !ask.may('protected') ? { ...trace, sources: [] } : trace;
}

function linkTo(ask: Ask, message: Message): Html {
  return html`<a href="/message/${message.id}">${sentenceOf(ask, message)}</a>`;
}

/** Records and entities come from a source; all else is on its way to a target. */
function sentenceOf({ language }: Ask, { type, objectKind, target, state: name }: Message): string {
  const { message: words, states } = language.words;
  const isFromSource = type === 'inbound' || type === 'entity';
  const kind = language.words.kind(objectKind);
  if (isFromSource) return asSentence(words.fromSource(kind, target));
  return asSentence(words.sentence(kind, target, states[name]));
}

function actions(ask: Ask, { id, type }: Message): Html {
  const { message: words, failed } = ask.language.words;
  const retryForm = html`<form method="post" action="/message/${id}/retry" class="stack">${token(ask)}
<button>${words.retry}</button></form>`;
  const judged = greyBecause('judged', failed.judged, words.retry);
  return html`<section class="card">${type === 'deliver' ? retryForm : judged}
<form method="post" action="/message/${id}/discard" class="stack">${token(ask)}
<label>${failed.reason}<input name="reason" required maxlength="500"></label>
<button class="second">${words.discard}</button></form></section>`;
}

function greyActions(ask: Ask, message: Message, { control }: House): Html {
  const { message: words, override, row } = ask.language.words;
  const labels = [
    ...(control.tableGap(message) === null ? [] : [row.title]),
    ...(isEditable(message) ? [override.card] : []),
    ...(message.type === 'deliver' ? [words.retry] : []),
  ];
  return whyNot(ask, ...labels, words.discard);
}

/** By a line and in words: of records the run that read them is the attempt. */
function attempts({ language }: Ask, message: Message): Html {
  const moments = momentsOf(language, message);
  const lines = moments.map(({ at, text }) => {
    return html`<li><span class="when">${language.time(at)}</span>: ${text}</li>`;
  });
  const title = language.words.message.attemptsTitle;
  return html`${moments.length < 2 ? null : lineOf(moments, title)}<ul>${lines}</ul>`;
}

function behind(ask: Ask, waiting: readonly Message[]): Html {
  const { message: words } = ask.language.words;
  if (waiting.length === 0) return html`<p>${words.behindNone}</p>`;
  const links = waiting.slice(0, MOST_WAITING).map((one) => html`<li>${linkTo(ask, one)}</li>`);
  return html`<ul>${links}</ul>${waiting.length > MOST_WAITING ? html`<p>${words.more}</p>` : null}`;
}

/** A key may be an account's name: personal data like any other. */
function details(ask: Ask, message: Message, trace: Trace | null): Html {
  const { language } = ask;
  const mayKnow = trace !== null && (trace.sources.length > 0 || ask.may('protected'));
  const { message: words } = language.words;
  return definitions([
    [words.id, message.id],
    [words.key, mayKnow ? message.key : words.hidden],
    [words.action, message.action ?? ''],
    [words.run, message.run],
    [words.attempts, message.attempts],
    [words.created, language.time(message.createdAt)],
    [words.updated, language.time(message.updatedAt)],
    [words.doubt, message.inDoubt ? words.yes : words.no],
  ]);
}

async function retry(ask: Ask, { control }: House): Promise<Answer> {
  const id = ask.param('id');
  if ((await control.failure(id)) === null) return MISSING;
  await control.retry([id], ask.who);
  return see(`/message/${encodeURIComponent(id)}`);
}

async function discard(ask: Ask, { control }: House): Promise<Answer> {
  const id = ask.param('id');
  if ((await control.failure(id)) === null) return MISSING;
  const reason = reasonOf(ask);
  if (reason === '') return see(`/message/${encodeURIComponent(id)}`);
  await control.discard([id], ask.who, reason);
  return see(`/message/${encodeURIComponent(id)}`);
}

async function restore(ask: Ask, { control }: House): Promise<Answer> {
  const id = ask.param('id');
  const found = await control.restore([id], ask.who);
  return found === 0 ? MISSING : see(`/message/${encodeURIComponent(id)}`);
}
