import type { Digest } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { state, table } from '../layout.ts';
import { type Answer, type Ask, type House, page, type Route } from '../route.ts';
import { saySubject } from '../subjects.ts';
import { inUrgency } from '../urgency.ts';
import { meaningOf, textOf } from './problem.ts';

/** The last day at a glance: what the daily mail says, whether or not it is sent. */
export const DIGEST: readonly Route[] = [
  { method: 'get', path: '/digest', needs: 'list', answer: digestPage },
];

async function digestPage(ask: Ask, { control }: House): Promise<Answer> {
  const { digest: words } = ask.language.words;
  const digest = await control.digest();
  const { from, until, findings, overridesEnding } = digest;
  const { time } = ask.language;
  const lines = inUrgency(findings).map((one) => {
    const detail = html`<span class="note">${saySubject(ask.language, one.subject)}: ${textOf(ask, one)}</span>`;
    return html`<li>${meaningOf(ask, one.code)} ${detail}</li>`;
  });
  const ending = html`<p><a href="/overrides">${words.ending(overridesEnding)}</a></p>`;
  const body = html`<p>${words.lead(time(from), time(until))}</p>${days(ask, digest)}
<h2>${words.open}</h2>
${lines.length === 0 ? html`<p>${state('good', words.nothing)}</p>` : html`<ul>${lines}</ul>`}
${overridesEnding === 0 ? null : ending}`;
  return page(words.title, body);
}

function days({ language }: Ask, { subjects }: Digest): Html {
  const { digest: words, runs, counts } = language.words;
  const rows = subjects.map((one) => [
    `${runs[one.type]} ${one.subject}`,
    one.runs === 0 ? words.rested : state(signOf(one), words.done(one.done, one.runs)),
    counts(one.counts),
  ]);
  return table(words.title, [runs.subject, runs.outcome, runs.counts], rows);
}

function signOf({ done, runs }: Digest['subjects'][number]): 'good' | 'bad' {
  return done === runs ? 'good' : 'bad';
}
