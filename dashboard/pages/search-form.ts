import { type Html, html } from '../html.ts';
import { token } from '../layout.ts';
import { type Answer, type Ask, page, reasonOf } from '../route.ts';

/** What was looked for stands there still: it may be a letter that is wrong. */
export function searchForm(ask: Ask, found: Html | null): Html {
  const { person: words } = ask.language.words;
  const [word, reason] = [ask.field('word').slice(0, 200), reasonOf(ask)];
  return html`<form method="post" action="/person" class="stack" role="search">${token(ask)}
<label>${words.search}<input name="word" value="${word}" required maxlength="200" autocomplete="off" spellcheck="false"></label>
<label>${words.reason}<input name="reason" value="${reason}" maxlength="500" autocomplete="off"></label>
<button>${words.submit}</button><p class="note">${words.note}</p></form>${found}`;
}

/** A day is no personal data: its form may stand in an address. */
export function dayForm({ language }: Pick<Ask, 'language'>, path: string, day: string): Html {
  const { past: words } = language.words;
  return html`<form method="get" action="${path}" class="stack">
<label>${words.day}<input type="date" name="day" required value="${day}"></label>
<button class="second">${words.show}</button></form>`;
}

/** The same for whom there is not, and whom this person may not see. */
export function nobody(ask: Ask): Answer {
  const { person: words } = ask.language.words;
  return page(words.title, searchForm(ask, html`<p role="status">${words.nobody}</p>`), 404);
}
