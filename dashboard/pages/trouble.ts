import type { Trouble } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { said } from '../layout.ts';
import type { Ask } from '../route.ts';

/** The file and line, or the mapping and field, that a trouble points to. */
export function placeOf(trouble: Trouble | null): string {
  if (trouble?.place == null) return '';
  const { file, line, field } = trouble.place;
  const at = line === null ? file : `${file}:${line}`;
  return field === null ? at : `${at} ${field}`;
}

/** Cause and remedy in a sentence each; the remedy is left out where the page itself has it. */
export function causeAndRemedy({ language }: Ask, trouble: Trouble, isRemedyHere = false): Html {
  const { message: words } = language.words;
  const place = placeOf(trouble);
  const remedy = html`<p><strong>${words.remedy}:</strong> ${said(trouble.hint)}</p>`;
  return html`<p class="what">${said(trouble.text)}</p>${isRemedyHere ? null : remedy}
<p class="note">${trouble.code}${place === '' ? '' : `, ${place}`}</p>`;
}
