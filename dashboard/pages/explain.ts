import type {
  FieldExplanation,
  ObjectTrace,
  SetField,
  TargetTrace,
} from '../../core/control/control-bus.ts';
import { evenly } from '../evenly.ts';
import { type Html, html } from '../html.ts';
import { said, token } from '../layout.ts';
import { type Answer, type Ask, type House, page, type Route } from '../route.ts';
import { nobody } from './search-form.ts';

/** Why a field of a target has its value. A form: keys may say who somebody is. */
export const EXPLAIN: readonly Route[] = [
  { method: 'post', path: '/explain', needs: 'contents', answer: evenly(explain) },
];

export function explainForm(ask: Ask, person: string, { flow, objects }: TargetTrace): Html {
  const { person: words } = ask.language.words;
  return html`<details><summary>${words.explain}</summary>
<form method="post" action="/explain" class="stack">${token(ask)}
<input type="hidden" name="flow" value="${flow}"><input type="hidden" name="person" value="${person}">
<label>${words.object}<select name="object">${objectOptions(objects)}</select></label>
<label>${words.field}<input name="field" required maxlength="100" autocomplete="off"></label>
<button class="second">${words.ask}</button></form></details>`;
}

/** Objects to choose among; `objectIn` reads what was chosen. */
export function objectOptions(
  objects: readonly Pick<ObjectTrace, 'objectKind' | 'key'>[],
): readonly Html[] {
  return objects.map(({ objectKind, key }) => {
    const value = JSON.stringify([objectKind, key]);
    return html`<option value="${value}">${objectKind} ${key}</option>`;
  });
}

async function explain(ask: Ask, { control }: House): Promise<Answer> {
  const { person: words } = ask.language.words;
  const object = objectIn(ask.field('object'));
  if (object === null) return nobody(ask);
  const [objectKind, key] = object;
  const field = ask.field('field').trim().slice(0, 100);
  const question = { flow: ask.field('flow'), objectKind, key, field };
  const found = await control.explain(question, ask.who);
  if (found === null || (found.isProtected && !ask.may('protected'))) return nobody(ask);
  const told = found.field === null ? html`<p>${words.noRule}</p>` : fieldStory(ask, found.field);
  const set = found.overrides.filter((one) => one.field === field).map((one) => setBy(ask, one));
  const { kind, id } = found.origin;
  const back = kind === 'person' ? html`<p><a href="/person/${id}">${words.title}</a></p>` : null;
  return page(`${words.explanation}: ${objectKind} ${field}`, html`${back}${set}${told}`);
}

function setBy({ language }: Ask, { who, until, reason }: SetField): Html {
  return html`<p>${language.words.override.setBy(who, until)} ${said(reason)}</p>`;
}

/** What the form's list has said, or somebody in its place. */
export function objectIn(text: string): readonly [string, string] | null {
  try {
    const read: unknown = JSON.parse(text);
    if (!Array.isArray(read)) return null;
    const [kind, key]: readonly unknown[] = read;
    return typeof kind === 'string' && typeof key === 'string' ? [kind, key] : null;
  } catch {
    return null;
  }
}

function fieldStory({ language }: Ask, { rules, origins }: FieldExplanation): Html {
  const { person: words } = language.words;
  const ruleLines = rules.map(
    ({ file, line, table }) =>
      html`<li>${file}:${line}${table === null ? null : `, ${table}`}</li>`,
  );
  const originLines = origins.map(({ field, owners, from, records }) => {
    const places = records.map((one) => html`<li>${one.source} ${one.file}:${one.line}</li>`);
    const whose = owners.length === 0 ? null : ` (${words.owner(owners.join(', '))})`;
    return html`<li>${from === null ? null : `${from}.`}${said(field)}${whose}<ul>${places}</ul></li>`;
  });
  return html`<h2>${words.rules}</h2><ul>${ruleLines}</ul><h2>${words.origins}</h2><ul>${originLines}</ul>`;
}
