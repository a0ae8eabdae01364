import { type Run, tookMs } from '../../core/control/control-bus.ts';
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

async function runsPage(ask: Ask, house: House): Promise<Answer> {
  const { control } = house;
  const { runs: words } = ask.language.words;
  const subject = ask.query('of');
  if (subject !== '') return runsOf(ask, house, subject);
  const steps = (await control.underWay()).map(({ step, done, total }) => {
    return html`<li>${words.step(step, done, total)}</li>`;
  });
  const runs = await control.runs(MOST_RUNS);
  const body = html`<div data-live><h2>${words.now}</h2>
${steps.length === 0 ? html`<p>${words.idle}</p>` : html`<ul>${steps}</ul>`}
<h2>${words.title}</h2>${runs.length === 0 ? html`<p>${words.none}</p>` : history(ask, runs)}</div>`;
  return page(words.title, body);
}

/** The runs of one flow or source, each against the one before. */
async function runsOf(ask: Ask, { control }: House, subject: string): Promise<Answer> {
  const { runs: words } = ask.language.words;
  // A source and a flow may have one name.
  const all = await control.runs(2 * MOST_RUNS, subject);
  const runs = all.filter(({ type }) => type === ask.query('type'));
  const shown = runs.slice(0, MOST_RUNS);
  const rows = shown.map((run, at) => [...cellsOf(ask, run), sinceIn(ask, run, runs[at + 1])]);
  const list = table(words.title, [...headOf(ask), words.since], rows);
  const body = html`<p><a href="/runs">${words.all}</a></p>
<div data-live>${runs.length === 0 ? html`<p>${words.none}</p>` : list}</div>`;
  return page(words.of(subject), body);
}

/** A run that did nothing yet, or came to nothing, tells nothing of a difference. */
function sinceIn({ language }: Ask, run: Run, before: Run | undefined): string {
  const { runs: words, differing } = language.words;
  if (before === undefined || run.outcome === 'running') return '';
  const names = new Set([...Object.keys(before.counts), ...Object.keys(run.counts)]);
  const differences = [...names].map((name) => {
    return [name, (run.counts[name] ?? 0) - (before.counts[name] ?? 0)] as const;
  });
  return differing(Object.fromEntries(differences)) || words.asBefore;
}

function history(ask: Ask, runs: readonly Run[]): Html {
  const { runs: words } = ask.language.words;
  const rows = runs.map((run) => cellsOf(ask, run));
  return table(words.title, headOf(ask), rows);
}

function headOf({ language }: Ask): readonly string[] {
  const { runs: words } = language.words;
  return [words.started, words.took, words.subject, words.outcome, words.code, words.counts];
}

function cellsOf(ask: Ask, run: Run) {
  const { language } = ask;
  const { startedAt, type, subject, outcome, problem, counts: all } = run;
  const { runs: words, outcomes, counts } = language.words;
  const tookFor = tookMs(run);
  const took = tookFor === null ? '' : words.seconds(tookFor / 1000);
  return [
    html`<span class="when">${language.time(startedAt)}</span>`,
    html`<span class="when">${took}</span>`,
    html`<a href="/runs?${new URLSearchParams({ of: subject, type }).toString()}">${words[type]} ${subject}</a>`,
    state(SIGN_OF[outcome], outcomes[outcome]),
    problem === null ? '' : causeIn(ask, problem.code),
    counts(all),
  ];
}
