import {
  CATALOGUE,
  type CauseAndRemedy,
  type FailureCode,
  type Lint,
  type Problem,
} from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { said, table, withCommands } from '../layout.ts';
import type { Ask } from '../route.ts';

type Said = Pick<Problem, 'text' | 'said'>;

/** The file and line, or the mapping and field, that a problem points to. */
export function placeOf(problem: Problem | null): string {
  if (problem?.place == null) return '';
  const { file, line, field } = problem.place;
  const at = line === null ? file : `${file}:${line}`;
  return field === null ? at : `${at} ${field}`;
}

/** What a code means, in the reader's language; empty for a code of another version. */
export function meaningOf({ language }: Ask, code: string): string {
  return isKnown(code) ? language.words.failures[code].meaning : '';
}

/** The same with the code beside it, by which it is found in files and logs. */
export function causeIn(ask: Ask, code: string): Html {
  const meaning = meaningOf(ask, code);
  if (meaning === '') return html`${code}`;
  return html`${meaning} <span class="note">${code}</span>`;
}

/** What a code's failures are mended by, as far as that is the same for all of them. */
export function usualRemedy(
  { language }: Ask,
  code: string,
  side: 'source' | 'target',
): Html | null {
  if (!isKnown(code)) return null;
  const { hint, targetHint } = language.words.failures[code];
  return withCommands(side === 'target' ? (targetHint ?? hint) : hint);
}

/** What was found: in the reader's language where it is known what it is made of. */
export function textOf({ language }: Pick<Ask, 'language'>, { text, said: saying }: Said): Html {
  const words = saying === undefined ? null : language.say(saying);
  return words === null ? said(text) : withCommands(words);
}

/** What to do: in the reader's language what the catalogue says, as it was kept what says more. */
export function remedyOf(
  ask: Pick<Ask, 'language'>,
  { code, hint, hintSaid }: Pick<Problem, 'code' | 'hint' | 'hintSaid'>,
): Html {
  const { language } = ask;
  if (hintSaid !== undefined) return textOf(ask, { text: hint, said: hintSaid });
  if (!isKnown(code)) return said(hint);
  const usual: CauseAndRemedy = CATALOGUE[code];
  const own = language.words.failures[code];
  if (hint === usual.hint) return withCommands(own.hint);
  return hint === usual.targetHint ? withCommands(own.targetHint ?? own.hint) : said(hint);
}

/** Cause and remedy in a sentence each; the remedy is left out where the page itself has it. */
export function causeAndRemedy(ask: Ask, problem: Problem, isRemedyHere = false): Html {
  const { message: words } = ask.language.words;
  const place = placeOf(problem);
  const remedy = html`<p><strong>${words.remedy}:</strong> ${remedyOf(ask, problem)}</p>`;
  return html`<p class="what">${meaningOf(ask, problem.code)}</p><p>${textOf(ask, problem)}</p>
${isRemedyHere ? null : remedy}
<p class="note">${problem.code}${place === '' ? '' : `, ${place}`}</p>`;
}

/** What is wrong with files that a person wrote: where, what, and what mends it. */
export function lintTable(ask: Ask, caption: string, lints: readonly Lint[]): Html {
  const { failed, message } = ask.language.words;
  const rows = lints.map((lint) => [
    `${lint.file}:${lint.line}:${lint.column}`,
    lint.code,
    textOf(ask, lint),
    remedyOf(ask, lint),
  ]);
  return table(caption, [failed.place, failed.code, message.why, message.remedy], rows);
}

function isKnown(code: string): code is FailureCode {
  return Object.hasOwn(CATALOGUE, code);
}
