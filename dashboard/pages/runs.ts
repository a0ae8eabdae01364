import type { Run } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { state, table } from '../layout.ts';
import { type Answer, type Ask, type House, page, type Route } from '../route.ts';
import { SIGN_OF } from '../signs.ts';
import { causeIn } from './problem.ts';

const MOST_RUNS = 100;

/** What is under way, and how the last runs went. */
export const RUNS: readonly Route[] = [
  { method: 'get', path: '/runs', needs: 'list', answer: runsPage },
];

async function runsPage(ask: Ask, { control }: House): Promise<Answer> {
  const { runs: words } = ask.language.words;
  const steps = (await control.underWay()).map(({ step, done, total }) => {
    return html`<li>${words.step(step, done, total)}</li>`;
  });
  const runs = await control.runs(MOST_RUNS);
  const body = html`<div data-live><h2>${words.now}</h2>
${steps.length === 0 ? html`<p>${words.idle}</p>` : html`<ul>${steps}</ul>`}
<h2>${words.title}</h2>${runs.length === 0 ? html`<p>${words.none}</p>` : history(ask, runs)}</div>`;
  return page(words.title, body);
}

function history(ask: Ask, runs: readonly Run[]): Html {
  const { language } = ask;
  const { runs: words, outcomes, counts } = language.words;
  const rows = runs.map(({ startedAt, endedAt, type, subject, outcome, problem, counts: all }) => [
    language.time(startedAt),
    endedAt === null ? '' : words.seconds((endedAt - startedAt) / 1000),
    `${words[type]} ${subject}`,
    state(SIGN_OF[outcome], outcomes[outcome]),
    problem === null ? '' : causeIn(ask, problem.code),
    counts(all),
  ]);
  const head = [words.started, words.took, words.subject, words.outcome, words.code, words.counts];
  return table(words.title, head, rows);
}
