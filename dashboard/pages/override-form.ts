import type {
  EditableField,
  EditableObject,
  OverrideTrial,
} from '../../core/control/control-bus.ts';
import { type Content, type Html, html } from '../html.ts';
import { table, token } from '../layout.ts';
import type { Ask } from '../route.ts';
import { itemsOf, listIn, listInput } from './override-list.ts';
import { textOf } from './problem.ts';

/** What a form has said: values by field, where they are others than the page has shown. */
export interface Written {
  readonly values: ReadonlyMap<string, string>;
  readonly until: string;
  readonly reason: string;
}

const MOST_REASON = 500;

/** What a person has changed; who may not see a value changes it only by writing another one. */
export function writtenIn(ask: Ask, fields: readonly EditableField[]): Written {
  const values = new Map<string, string>();
  for (const field of ask.fields('field')) {
    const known = fields.find((one) => one.field === field);
    const list = known === undefined ? null : listIn(ask, known);
    const value = list ?? ask.field(`value:${field}`);
    // What is confirmed is what the page before has found to be a change.
    const isChange = ask.field('do') === 'set' || value !== ask.field(`was:${field}`);
    if (isChange) values.set(field, value);
  }
  const reason = ask.field('reason').trim().slice(0, MOST_REASON);
  return { values, until: ask.field('until').trim().slice(0, 10), reason };
}

/** The fields that may be set, each with what it holds now; below them those that may not. */
export function editForm(
  ask: Ask,
  path: string,
  object: EditableObject,
  written: Written | null,
): Html {
  const { override: words } = ask.language.words;
  const isOpen = (one: EditableField) => {
    return one.lock === null && (!one.isSensitive || ask.may('contents'));
  };
  const open = object.fields.filter(isOpen).map((one, at) => fieldInput(ask, one, at, written));
  const locked = object.fields.filter((one) => !isOpen(one));
  const { until = '', reason = '' } = written ?? {};
  return html`<form method="post" action="${path}" class="stack" data-check>${token(ask)}
${open}
<label>${words.until}<input type="date" name="until" required max="${object.latest}" value="${until}" aria-describedby="about-until"></label>
<p class="note" id="about-until">${words.untilNote(object.latest)} <span class="fault-text" data-fault="until" role="status"></span></p>
<label>${words.reason}<input name="reason" required maxlength="${MOST_REASON}" value="${reason}" aria-describedby="about-reason"></label>
<p class="note" id="about-reason">${words.reasonNote}</p>
<button name="do" value="try">${words.check}</button></form>
${locked.length === 0 ? null : lockedFields(ask, locked)}`;
}

function fieldInput(ask: Ask, one: EditableField, at: number, written: Written | null): Html {
  const { override: words } = ask.language.words;
  const { field, form, isRequired, mapped } = one;
  const shown = ask.may('contents') ? (one.present ?? '') : '';
  const value = written?.values.get(field) ?? shown;
  const rule = isRequired ? words.required : words.empty;
  const made = ask.may('contents') ? `${words.mapped}: ${mapped ?? words.nothing}` : words.hidden;
  const items = itemsOf(one, value);
  const isJson = form === 'json' && items === null;
  const how = isJson ? [words.json] : items === null ? [] : [words.items];
  const about = [made, rule, ...how].join('; ');
  const id = `about-${at}`;
  const input = html`<label>${field}${inputOf(one, value, id)}</label>`;
  const was = html`<input type="hidden" name="was:${field}" value="${shown}">`;
  return html`<input type="hidden" name="field" value="${field}">${was}
${items === null ? input : listInput(ask, one, items, id)}
<p class="note" id="${id}">${about}. <span class="fault-text" data-fault="${field}" role="status"></span></p>`;
}

function inputOf({ field, form, choices }: EditableField, value: string, about: string): Html {
  const name = `value:${field}`;
  if (choices.length > 0) {
    const words = choices.includes(value) || value === '' ? choices : [value, ...choices];
    const options = ['', ...words].map((word) => {
      const chosen = word === value ? html` selected` : null;
      return html`<option value="${word}"${chosen}>${word}</option>`;
    });
    return html`<select name="${name}" aria-describedby="${about}">${options}</select>`;
  }
  if (form === 'json') {
    return html`<textarea name="${name}" rows="4" maxlength="10000" spellcheck="false" aria-describedby="${about}">${value}</textarea>`;
  }
  return html`<input name="${name}" value="${value}" maxlength="10000" autocomplete="off" aria-describedby="${about}">`;
}

function lockedFields(ask: Ask, fields: readonly EditableField[]): Html {
  const { override: words } = ask.language.words;
  const rows = fields.map(({ field, lock }) => [
    field,
    lock === null ? words.sensitive : words.locks[lock],
  ]);
  return html`<details><summary>${words.locked}</summary>${table(words.locked, [words.field, words.state], rows)}</details>`;
}

/** What is wrong with what was written. */
export function faultList(ask: Ask, { faults }: OverrideTrial): Html {
  const { override: words } = ask.language.words;
  const lines = faults.map((fault) => {
    const { field } = fault;
    return html`<li>${field === '' ? null : `${field}: `}${textOf(ask, fault)}</li>`;
  });
  return html`<div class="fault" role="alert"><p>${words.faults}</p><ul>${lines}</ul></div>`;
}

/** The difference, and the form that lets it count. */
export function confirmForm(
  ask: Ask,
  path: string,
  { needs }: EditableObject,
  { changes, problem }: OverrideTrial,
  { values, until, reason }: Written,
): Html {
  const { override: words } = ask.language.words;
  const hidden = (before: string | null): Content => {
    return ask.may('contents') ? (before ?? words.leftOut) : '…';
  };
  const rows = changes.map(({ field, before, after }) => [
    field,
    hidden(before),
    after ?? words.leftOut,
  ]);
  const kept = [...values].map(
    ([field, value]) => html`<input type="hidden" name="value:${field}" value="${value}">
<input type="hidden" name="field" value="${field}">`,
  );
  const still =
    problem === null ? null : html`<p>${words.still} ${problem.code} ${textOf(ask, problem)}</p>`;
  return html`<h2>${words.difference}</h2>
${table(words.difference, [words.field, words.before, words.after], rows)}${still}
<p>${words.until} ${until}. ${reason}</p><p>${words.needs(needs)}</p>
<form method="post" action="${path}" class="stack">${token(ask)}${kept}
<input type="hidden" name="until" value="${until}"><input type="hidden" name="reason" value="${reason}">
<button name="do" value="set">${words.set}</button><p class="note">${words.setNote}</p></form>
<p><a href="${path}">${words.back}</a></p>`;
}
