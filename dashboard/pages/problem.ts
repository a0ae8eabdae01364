import type { Problem } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { said } from '../layout.ts';
import type { Ask } from '../route.ts';

/** The file and line, or the mapping and field, that a problem points to. */
export function placeOf(problem: Problem | null): string {
  if (problem?.place == null) return '';
  const { file, line, field } = problem.place;
  const at = line === null ? file : `${file}:${line}`;
  return field === null ? at : `${at} ${field}`;
}

/** Cause and remedy in a sentence each; the remedy is left out where the page itself has it. */
export function causeAndRemedy({ language }: Ask, problem: Problem, isRemedyHere = false): Html {
  const { message: words } = language.words;
  const place = placeOf(problem);
  const remedy = html`<p><strong>${words.remedy}:</strong> ${said(problem.hint)}</p>`;
  return html`<p class="what">${said(problem.text)}</p>${isRemedyHere ? null : remedy}
<p class="note">${problem.code}${place === '' ? '' : `, ${place}`}</p>`;
}
