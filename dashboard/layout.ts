import { assetPath } from './assets.ts';
import { type Content, Html, html } from './html.ts';
import { languages } from './language.ts';
import type { Ask } from './route.ts';
import { SIGNS, type Sign } from './signs.ts';

/** The menu: a page, its word, and the letter that opens it after g. */
export const PAGES = [
  ['/', 'overview', 'o'],
  ['/failed', 'failed', 'f'],
  ['/holds', 'holds', 'd'],
  ['/overrides', 'overrides', 'u'],
  ['/person', 'person', 'p'],
  ['/runs', 'runs', 'r'],
  ['/schedule', 'schedule', 's'],
  ['/flows', 'flows', 'w'],
  ['/modules', 'modules', 'm'],
  ['/audit', 'audit', 'a'],
  ['/settings', 'settings', 'i'],
] as const;

/** A whole page: what is the same on all of them, around what is its own. */
export function layout(ask: Ask, path: string, title: string, body: Html): string {
  const { words } = ask.language;
  return html`<!doctype html>
<html lang="${words.code}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} - ${words.product}</title>
<link rel="stylesheet" href="${assetPath('style.css')}">
<link rel="icon" href="${assetPath('icon.svg')}" type="image/svg+xml">
<script type="module" src="${assetPath('live.js')}"></script>
<script type="module" src="${assetPath('once.js')}"></script>
${ask.account === null ? null : html`<script type="module" src="${assetPath('shortcuts.js')}"></script><script type="module" src="${assetPath('check.js')}"></script>`}
</head>
<body>
<a class="skip" href="#content">${words.skip}</a>
<header>
<p class="brand"><a href="/">${words.product}</a></p>
${ask.account === null ? null : navigation(ask, path)}
<div class="tools">${switcher(ask, path)}${ask.account === null ? null : signOut(ask)}</div>
</header>
<main id="content" tabindex="-1">
<h1>${breakable(title)}</h1>
${ask.account === null ? null : staleNotice(ask)}
${body}
</main>
</body>
</html>
`.toString();
}

/** Shown by script alone, where an open page is no longer told of changes; leads to itself. */
function staleNotice({ language: { words } }: Ask): Html {
  return html`<p class="told" data-stale role="status" hidden>${words.old.text} <a href="">${words.old.again}</a></p>`;
}

/** A path in a heading is broken at its slashes where the screen is narrow. */
function breakable(title: string): Html {
  const parts = title.split(/(?<=\/)/);
  return html`${parts.map((part, at) => (at === 0 ? part : html`<wbr>${part}`))}`;
}

/** A page that would be refused is not offered. */
function navigation({ language: { words }, may }: Ask, path: string): Html {
  const isHere = (page: string) => (page === '/' ? path === '/' : path.startsWith(page));
  const shown = PAGES.filter(([, name]) => name !== 'audit' || may('protected'));
  const links = shown.map(([page, name, key]) => {
    const here = isHere(page) ? html` aria-current="page"` : null;
    return html`<li><a href="${page}" data-key="${key}"${here}>${words.nav[name]}</a></li>`;
  });
  return html`<nav aria-label="${words.menu}"><ul>${links}</ul></nav>`;
}

/** A page that a form has led to is shown again from the overview on: its form is not kept. */
function switcher(ask: Ask, path: string): Html {
  const buttons = languages().map(({ code, name }) => {
    const isChosen = code === ask.language.words.code;
    const pressed = isChosen ? 'true' : 'false';
    return html`<button class="plain" name="language" value="${code}" lang="${code}" aria-pressed="${pressed}">${name}</button>`;
  });
  const label = ask.language.words.language;
  return html`<form method="post" action="/language">${token(ask)}
<input type="hidden" name="back" value="${path}"><div role="group" aria-label="${label}">${buttons}</div></form>`;
}

function signOut(ask: Ask): Html {
  const { words } = ask.language;
  return html`<form method="post" action="/sign-out">${token(ask)}
<span class="who">${words.signedInAs(ask.who)}</span> <button class="plain">${words.signOut}</button></form>`;
}

/** Stands in every form: a page of somebody else cannot send it. */
export function token({ csrf }: Ask): Html {
  return html`<input type="hidden" name="csrf" value="${csrf}">`;
}

/** What the core says, which it says in English, with its commands between backticks. */
export function said(text: string): Html {
  return html`<span lang="en">${withCommands(text)}</span>`;
}

export function withCommands(text: string): Html {
  const parts = text
    .split('`')
    .map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part));
  return html`${parts}`;
}

/** A state by sign and word, never by colour alone. */
export function state(kind: Sign, word: string): Html {
  return html`<span class="state ${kind}"><span aria-hidden="true">${SIGNS[kind]}</span> ${word}</span>`;
}

/** What has come of a form, said aloud by a screen reader. */
export function told(text: Content): Html {
  return html`<p class="told" role="status">${text}</p>`;
}

/** A number in a cell: a table has it, and what is above it, at the right of its column. */
class Count extends Html {}

/** A number as the language writes it, where numbers stand below one another. */
export function count({ language }: Pick<Ask, 'language'>, value: number): Html {
  return numeric(language.words.n(value));
}

function numeric(text: Content): Count {
  return new Count(String(html`<span class="count">${text}</span>`));
}

/**
 * A table that can be read across. Where the screen is narrow each row is a card, with the column's
 * name beside each cell; the roles keep it a table for those who hear it.
 */
export function table(
  label: string,
  head: readonly Content[],
  rows: readonly (readonly Content[])[],
): Html {
  const headings = head.map((one, index) => {
    const over = rows.some((row) => row[index] instanceof Count) ? numeric(one) : one;
    return html`<th scope="col" role="columnheader">${over}</th>`;
  });
  const lines = rows.map((row) => {
    const cells = row.map((cell, index) => {
      const name = head[index];
      const shown = typeof name === 'string' ? name : '';
      return html`<td role="cell" data-name="${shown}"><div>${cell}</div></td>`;
    });
    return html`<tr role="row">${cells}</tr>`;
  });
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table role="table">
<thead role="rowgroup"><tr role="row">${headings}</tr></thead>
<tbody role="rowgroup">${lines}</tbody></table></div>`;
}

export function definitions(pairs: readonly (readonly [string, Content])[]): Html {
  return html`<dl>${pairs.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`;
}

/** A button that cannot be pressed, but can be reached; what has the id on its page says why. */
export function grey(label: string, id = 'why-not'): Html {
  return html`<button type="button" class="second grey" aria-disabled="true"
aria-describedby="${id}">${label}</button>`;
}

/** Whoever may not act sees the buttons grey, and why; once on a page. */
export function whyNot({ language: { words } }: Ask, ...labels: readonly string[]): Html {
  return greyBecause('why-not', words.refused.text('act'), ...labels);
}

/** Buttons that cannot be pressed now, and why; `id` is the reason's own on the page. */
export function greyBecause(id: string, why: string, ...labels: readonly string[]): Html {
  const buttons = labels.map((label) => grey(label, id));
  return html`${labels.length === 0 ? null : html`<p class="row">${buttons}</p>`}
<p class="note" id="${id}">${why}</p>`;
}
