import {
  type Finding,
  type FlowOutcome,
  type Overview,
  type Run,
  type SourceContact,
  tookMs,
} from '../../core/control/control-bus.ts';
import { type Content, type Html, html } from '../html.ts';
import { count, state, table } from '../layout.ts';
import { type Answer, type Ask, type House, page, type Route } from '../route.ts';
import { SIGN_OF, type Sign, signOfFlow } from '../signs.ts';
import { type Bar, timeline } from '../timeline.ts';
import { inUrgency } from '../urgency.ts';
import { concernedBy, findingCard, weightOf } from './finding-card.ts';

/** What ran in a day, as far as a picture of it can be read. */
const MOST_RUNS = 100;
const DAY_MS = 86_400_000;

/** What a person sees first in the morning. */
export const OVERVIEW: readonly Route[] = [
  { method: 'get', path: '/', needs: 'list', answer: overviewPage },
  { method: 'get', path: '/live', needs: 'list', answer: async () => ({ kind: 'live' }) },
];

async function overviewPage(ask: Ask, house: House): Promise<Answer> {
  const { control, now } = house;
  const { overview: words } = ask.language.words;
  const overview = await control.overview();
  const findings = await control.findings();
  const body = html`<div data-live>
${findings.length === 0 ? quiet(ask, overview) : await needed(ask, findings, house)}
<h2>${words.flows}</h2>${flowLines(ask, overview.flows)}
${night(ask, await control.runs(MOST_RUNS), now())}
<h2>${words.sources}</h2>
${sourceTable(ask, overview.sources, findings)}
<p><a href="/digest">${ask.language.words.digest.title}</a></p>
</div>`;
  return page(words.title, body);
}

function quiet(ask: Ask, { lastProblem, firstRun }: Overview): Html {
  const { overview: words } = ask.language.words;
  const since = lastProblem ?? firstRun;
  const how = since === null ? words.nothingYet : words.quietSince(ask.language.time(since));
  return html`<p class="quiet">${state('good', words.quiet)} ${how}</p>`;
}

async function needed(ask: Ask, findings: readonly Finding[], house: House): Promise<Html> {
  const { overview: words } = ask.language.words;
  const concerned = await concernedBy(findings, house);
  const sorted = inUrgency(findings, (one) => weightOf(one, concerned));
  const cards = sorted.map((finding) => html`<li>${findingCard(ask, finding, concerned)}</li>`);
  return html`<h2>${words.findings}</h2>
<p>${state('bad', words.findingCount(findings.length))}</p>
<ol class="findings">${cards}</ol>`;
}

const WORST_FIRST: readonly Sign[] = ['bad', 'wait', 'good'];

/** How many went well, and a line each: what did not comes first. */
function flowLines(ask: Ask, flows: readonly FlowOutcome[]): Html {
  const { overview: words } = ask.language.words;
  const rank = (flow: FlowOutcome) => WORST_FIRST.indexOf(signOfFlow(flow));
  const well = flows.filter((flow) => signOfFlow(flow) === 'good').length;
  const all = words.flowCount(flows.length);
  const sum = well === flows.length ? words.allWell(all) : words.someWell(all, well);
  const lines = flows.toSorted((a, b) => rank(a) - rank(b));
  return html`${flows.length < 2 ? null : html`<p>${sum}</p>`}
<ul class="flows wide">${lines.map((flow) => html`<li>${flowLine(ask, flow)}</li>`)}</ul>`;
}

/** One sentence, and when it was and will be. */
function flowLine(ask: Ask, flow: FlowOutcome): Html {
  const { language } = ask;
  const { overview: words, outcomes } = language.words;
  const { run, nextTurn, usualMinutes } = flow;
  const when: Content[] = [];
  if (run !== null) {
    const at = language.time(run.endedAt ?? run.startedAt);
    when.push(`${words.lastRun} ${at} (${outcomes[run.outcome]}), `);
  }
  when.push(`${words.next} ${nextTurn === null ? words.noTurn : language.wall(nextTurn)}`);
  if (nextTurn !== null && usualMinutes !== null) when.push(`, ${words.takes(usualMinutes)}`);
  if (flow.deadline !== null) when.push(`, ${words.deadline(flow.deadline)}`);
  return html`${state(signOfFlow(flow), sentence(ask, flow))} <span class="note">${when}</span>`;
}

function sentence(ask: Ask, { module, run, failed, waiting }: FlowOutcome): string {
  const { overview: words } = ask.language.words;
  if (run === null) return words.never(module);
  if (run.outcome === 'running') return words.running(module);
  const delivered = (run.counts['delivered'] ?? 0) + (run.counts['removed'] ?? 0);
  const isHeld = run.outcome === 'held';
  if (delivered + failed + waiting > 0) {
    return words.flow(module, delivered, failed, waiting) + (isHeld ? words.alsoHeld : '');
  }
  if (isHeld) return words.heldBack(module);
  return run.outcome === 'failed' ? words.broke(module) : words.nothing(module);
}

/** What ran in the day until the newest run, each source and flow in a row of its own. */
function night(ask: Ask, runs: readonly Run[], now: number): Html | null {
  const { language } = ask;
  const { overview: words, outcomes, runs: about } = language.words;
  const newest = runs[0]?.startedAt ?? 0;
  const shown = runs.filter(({ startedAt }) => startedAt > newest - DAY_MS).reverse();
  if (shown.length === 0) return null;
  const bars = new Map<string, Bar[]>();
  for (const run of shown) {
    const { type, subject, startedAt, endedAt, outcome } = run;
    const until = endedAt ?? now;
    const took = about.seconds((tookMs(run) ?? now - startedAt) / 1000);
    const title = `${about[type]} ${subject}, ${language.time(startedAt)}, ${took}: ${outcomes[outcome]}`;
    const kind = SIGN_OF[outcome];
    const own = bars.get(subject) ?? [];
    bars.set(subject, [...own, { from: startedAt, until, kind, title }]);
  }
  const rows = [...bars].map(([label, own]) => ({ label, bars: own }));
  const drawn = timeline(rows, words.nightOf(shown.length), language.clock);
  return html`<h2>${words.night}</h2><div class="scroll" role="region" aria-label="${words.night}"
tabindex="0">${drawn}</div><p class="note"><a href="/runs">${words.toRuns}</a></p>`;
}

function sourceTable(
  ask: Ask,
  sources: readonly SourceContact[],
  findings: readonly Finding[],
): Html {
  const { language } = ask;
  const { overview: words, outcomes } = language.words;
  const rows = sources.map(({ module, run, takenInAt, setAside }) => [
    module,
    contactOf(
      ask,
      takenInAt,
      findings.some(({ kind, subject }) => kind === 'silent' && subject === `intake ${module}`),
    ),
    run === null ? null : state(run.outcome === 'done' ? 'good' : 'wait', outcomes[run.outcome]),
    count(ask, setAside),
  ]);
  const head = [words.source, words.contact, words.outcome, words.setAside];
  return table(words.sources, head, rows);
}

function contactOf({ language }: Ask, takenInAt: number | null, isLate: boolean): Content {
  const { overview: words } = language.words;
  const at = takenInAt === null ? words.never2 : language.time(takenInAt);
  return isLate ? html`${at} ${state('bad', words.late)}` : at;
}
