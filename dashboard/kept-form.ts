import { html } from './html.ts';
import { token } from './layout.ts';
import { type Answer, type Ask, page } from './route.ts';

/** What a form has sent, from where and how. */
export interface Sent {
  readonly path: string;
  readonly isMultipart: boolean;
  readonly fields: readonly (readonly [name: string, text: string])[];
}

/**
 * What somebody filled in while the session ended, or was begun anew in another tab: it stands in a
 * form still, and is sent when they say so. Of what pages of others send nothing is kept.
 */
export function keptForm(ask: Ask, { path, isMultipart, fields }: Sent): Answer {
  const { kept: words } = ask.language.words;
  const hidden = fields
    .filter(([name]) => name !== 'csrf')
    .map(
      ([name, text]) => html`<textarea name="${name}" hidden>
${text}</textarea>`,
    );
  const how = isMultipart ? html` enctype="multipart/form-data"` : null;
  const form = (label: string) =>
    html`<form method="post" action="${path}" class="stack"${how}>${token(ask)}${hidden}
<button>${label}</button></form>`;
  if (ask.account !== null) {
    const body = html`<p>${words.text(ask.who)}</p>${form(words.send)}`;
    return page(words.title, body, 409);
  }
  const signIn = html`<a href="/sign-in" target="_blank" rel="noopener">${words.signIn}</a>`;
  const body = html`<p>${words.overText}</p><p>${signIn}</p>${form(words.again)}`;
  return page(words.over, body, 401);
}
