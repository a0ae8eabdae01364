import {
  aboutTarget,
  type EditableObject,
  Failure,
  type Message,
  type ObjectName,
  type Override,
  type OverrideRequest,
  RightMissing,
} from '../../core/control/control-bus.ts';
import { type Content, type Html, html } from '../html.ts';
import { greyBecause, said, state, table, token, told, whyNot } from '../layout.ts';
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
import { confirmForm, editForm, faultList, writtenIn } from './override-form.ts';
import { textOf } from './problem.ts';

const MOST_PAST = 100;

/** Values that persons set in the place of a mapping's: where a message is, and all of them. */
export const OVERRIDES: readonly Route[] = [
  { method: 'get', path: '/message/:id/edit', needs: 'act', answer: messageObject },
  { method: 'post', path: '/message/:id/edit', needs: 'act', answer: messageObject },
  { method: 'get', path: '/overrides', needs: 'list', answer: overridesPage },
  { method: 'get', path: '/overrides/:id', needs: 'act', answer: overrideObject },
  { method: 'post', path: '/overrides/:id', needs: 'act', answer: overrideObject },
  { method: 'post', path: '/overrides/:id/approve', needs: 'act', answer: approve },
  { method: 'post', path: '/overrides/:id/end', needs: 'act', answer: end },
];

type Listed = Omit<Override, 'value'>;

/** Where a message is about an object that may be changed: the way there. */
export function editCard(ask: Ask, message: Message): Html | null {
  const { id, target } = message;
  if (!about(ask, target).may('act') || !isEditable(message)) return null;
  const { override: words } = ask.language.words;
  return html`<section class="card"><h2>${words.cardTitle}</h2><p>${words.cardLead}</p>
<p><a href="/message/${id}/edit">${words.card}</a></p></section>`;
}

/** Whether a message is about an object that its target should hold. */
export function isEditable({ type, action, key }: Message): boolean {
  const isWanted = action !== 'delete' && action !== 'suspend' && key !== '';
  return isWanted && (type === 'deliver' || type === 'parked');
}

/** The same request, with what the account may of one target. */
function about(ask: Ask, target: string): Ask {
  return { ...ask, may: (right) => ask.may(right, aboutTarget(target)) };
}

async function messageObject(ask: Ask, house: House): Promise<Answer> {
  const message = await house.control.failure(ask.param('id'));
  if (message === null) return MISSING;
  const path = `/message/${encodeURIComponent(message.id)}/edit`;
  return objectPage(about(ask, message.target), house, message, path);
}

async function overrideObject(ask: Ask, house: House): Promise<Answer> {
  const found = await overrideOf(ask, house);
  if (found === null) return MISSING;
  return objectPage(about(ask, found.target), house, found, pathOf(found));
}

function overrideOf(ask: Ask, { control }: House): Promise<Listed | null> {
  return control.override(ask.param('id'));
}

function pathOf({ id }: Pick<Override, 'id'>): string {
  return `/overrides/${encodeURIComponent(id)}`;
}

/** One object: its fields in a form, the difference that it would make, what was set before. */
async function objectPage(
  ask: Ask,
  house: House,
  { target, objectKind, key }: ObjectName,
  path: string,
): Promise<Answer> {
  const { override: words } = ask.language.words;
  const name = { target, objectKind, key };
  const object = await house.control.editable(name, ask.who);
  if (ask.field('do') === 'check') return checked(ask, house, object);
  const title = words.edit(objectKind, target);
  if (object === null) {
    // Whether nobody wants it, or nobody may know of it, is not told.
    return page(title, html`${outcome(ask)}<p>${words.notWanted}</p>`);
  }
  if (ask.field('do') !== '') return tried(ask, house, object, path);
  const body = html`${outcome(ask)}${editForm(ask, path, object, null)}${history(ask, object)}`;
  return page(title, body);
}

function requestIn(ask: Ask, { target, objectKind, key, fields }: EditableObject): OverrideRequest {
  const about = { target, objectKind, key, who: ask.who, mayContents: ask.may('contents') };
  return { ...about, ...writtenIn(ask, fields) };
}

/** What is wrong with the fields that somebody is writing; see public/check.js. */
async function checked(
  ask: Ask,
  { control }: House,
  object: EditableObject | null,
): Promise<Answer> {
  if (object === null) return MISSING;
  const request = requestIn(ask, object);
  const trial = await control.tryOverride(request);
  const own = (trial?.faults ?? []).filter(({ field }) => request.values.has(field));
  const faults = own.map(({ field, text, said }) => {
    return { field, text: (said === undefined ? null : ask.language.say(said)) ?? text };
  });
  return { kind: 'text', status: 200, text: JSON.stringify(faults) };
}

/** What was written, shown as a difference, or set. */
async function tried(
  ask: Ask,
  house: House,
  object: EditableObject,
  path: string,
): Promise<Answer> {
  const { override: words } = ask.language.words;
  const { target, objectKind } = object;
  const request = requestIn(ask, object);
  const trial = await house.control.tryOverride(request);
  if (trial === null) return MISSING;
  const title = words.edit(objectKind, target);
  if (trial.faults.length > 0) {
    return page(title, html`${faultList(ask, trial)}${editForm(ask, path, object, request)}`, 422);
  }
  if (ask.field('do') !== 'set') return page(title, confirmForm(ask, path, object, trial, request));
  try {
    const [set] = await house.control.setOverride(request);
    if (set === undefined) return MISSING;
    return see(`${pathOf(set)}?done=${await deliver(ask, house, set)}`);
  } catch (failure) {
    if (!(failure instanceof Failure) || failure instanceof RightMissing) throw failure;
    const why = html`<p class="fault" role="alert">${words.faults} ${textOf(ask, failure.toProblem())}</p>`;
    return page(title, html`${why}${editForm(ask, path, object, request)}`, 422);
  }
}

/** What has come of it; once enough persons want it, the object is tried at once. */
async function deliver({ who }: Ask, { control, retries }: House, set: Override): Promise<string> {
  if (set.approvals.length < set.needs) return 'waits';
  const { target, objectKind, key } = set;
  return retries.now(control, { target, objectKind, key }, who);
}

function outcome(ask: Ask): Html | null {
  const { done } = ask.language.words.override;
  const named = Object.entries(done).find(([name]) => name === ask.query('done'));
  return named === undefined ? null : told(named[1]);
}

/** What was set in an object, each with its end, or with what can be done about it. */
function history(ask: Ask, { overrides }: EditableObject): Html | null {
  if (overrides.length === 0) return null;
  const { override: words } = ask.language.words;
  const rows = overrides
    .slice(0, MOST_PAST)
    .map((one) => [
      one.field,
      valueIn(ask, one),
      one.until,
      stateOf(ask, one),
      one.approvals.join(', '),
      said(one.reason),
      one.end === null ? forms(ask, one) : '',
    ]);
  const head = [
    words.field,
    words.value,
    words.until,
    words.state,
    words.by,
    words.reason,
    words.change,
  ];
  return html`<h2>${words.history}</h2>${table(words.history, head, rows)}`;
}

function valueIn(ask: Ask, { value, end: over }: Override): Content {
  const { override: words } = ask.language.words;
  if (over !== null) return words.forgotten;
  if (!ask.may('contents')) return '…';
  if (value === null) return words.leftOut;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function stateOf({ language }: Ask, { end: over, approvals, needs }: Listed): Html {
  const { override: words } = language.words;
  if (over !== null) return state('wait', words.ends[over.how]);
  const missing = needs - approvals.length;
  return missing > 0 ? state('wait', words.waits(missing)) : state('good', words.counts);
}

function forms(ask: Ask, one: Listed): Html {
  const { override: words } = ask.language.words;
  const waits = one.approvals.length < one.needs;
  const isOwn = one.approvals.includes(ask.who);
  // Whoever approves a value has seen it.
  const maySee = ask.may('contents');
  const why = isOwn ? words.anotherPerson : ask.language.words.refused.text('contents');
  const button = html`<form method="post" action="${pathOf(one)}/approve">${token(ask)}
<button>${words.approve}</button></form>`;
  const approval = isOwn || !maySee ? greyBecause(`why-${one.id}`, why, words.approve) : button;
  return html`${waits ? approval : null}
<form method="post" action="${pathOf(one)}/end">${token(ask)}
<label>${words.reason}<input name="reason" required maxlength="500"></label>
<button class="second">${words.end}</button></form>`;
}

async function overridesPage(ask: Ask, { control }: House): Promise<Answer> {
  const { override: words } = ask.language.words;
  const all = await control.overrides();
  const open = all.filter(({ end: over }) => over === null);
  const past = all.filter(({ end: over }) => over !== null);
  const body = html`<p class="note">${words.lead}</p>
${open.length === 0 ? html`<p>${words.none}</p>` : list(ask, words.title, open)}
${past.length === 0 ? null : html`<h2>${words.past}</h2>${list(ask, words.past, past.slice(0, MOST_PAST))}`}
${past.length > MOST_PAST ? html`<p class="note">${words.most(MOST_PAST)}</p>` : null}
${ask.may('act') || all.length === 0 ? null : whyNot(ask, words.change, words.end)}`;
  return page(words.title, body);
}

/** By its entity, since a key may say who it is; values stand on the page of each object. */
function list(ask: Ask, label: string, overrides: readonly Listed[]): Html {
  const { override: words } = ask.language.words;
  const rows = overrides.map((one) => {
    const { origin, field, target, objectKind, until, approvals, reason } = one;
    const name = `${origin.kind} ${origin.id}`;
    const of = origin.kind === 'person' ? html`<a href="/person/${origin.id}">${name}</a>` : name;
    const link = html`<a href="${pathOf(one)}">${objectKind} ${field}</a>`;
    return [
      about(ask, target).may('act') ? link : `${objectKind} ${field}`,
      about(ask, target).may('contents') ? of : name,
      target,
      until,
      stateOf(ask, one),
      approvals.join(', '),
      said(reason),
    ];
  });
  const head = [
    words.field,
    words.of,
    words.target,
    words.until,
    words.state,
    words.by,
    words.reason,
  ];
  return table(label, head, rows);
}

async function approve(ask: Ask, house: House): Promise<Answer> {
  const { override: words, refused } = ask.language.words;
  const found = await overrideOf(ask, house);
  if (found === null) return MISSING;
  if (!about(ask, found.target).may('contents')) {
    return page(refused.title, html`<p>${refused.text('contents')}</p>`, 403);
  }
  try {
    const approved = await house.control.approveOverride(ask.param('id'), ask.who);
    if (approved === null) return page(words.title, html`<p>${words.over}</p>`, 409);
    return see(`${pathOf(approved)}?done=${await deliver(ask, house, approved)}`);
  } catch (failure) {
    if (!(failure instanceof Failure) || failure instanceof RightMissing) throw failure;
    return page(words.title, html`<p class="fault">${textOf(ask, failure.toProblem())}</p>`, 422);
  }
}

async function end(ask: Ask, { control }: House): Promise<Answer> {
  const { override: words } = ask.language.words;
  const id = ask.param('id');
  const reason = reasonOf(ask);
  if (reason === '') return see(pathOf({ id }));
  const ended = await control.endOverride(id, ask.who, reason);
  if (ended === null) return page(words.title, html`<p>${words.over}</p>`, 409);
  return see(`${pathOf(ended)}?done=ended`);
}
