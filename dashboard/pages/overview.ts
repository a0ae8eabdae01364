import type {
  Finding,
  FlowOutcome,
  Overview,
  SourceContact,
} from '../../core/control/control-bus.ts';
import { type Content, type Html, html } from '../html.ts';
import { count, said, state, table } from '../layout.ts';
import { type Answer, type Ask, type House, page, type Route } from '../route.ts';
import { inUrgency, kindOf } from '../urgency.ts';
import { meaningOf, remedyOf } from './problem.ts';

/** What a person sees first in the morning. */
export const OVERVIEW: readonly Route[] = [
  { method: 'get', path: '/', needs: 'list', answer: overviewPage },
  { method: 'get', path: '/live', needs: 'list', answer: async () => ({ kind: 'live' }) },
];

async function overviewPage(ask: Ask, { control }: House): Promise<Answer> {
  const { overview: words } = ask.language.words;
  const overview = await control.overview();
  const findings = inUrgency(await control.findings());
  const body = html`<div data-live>
${findings.length === 0 ? quiet(ask, overview) : needed(ask, findings)}
<h2>${words.flows}</h2>
<ul class="flows">${overview.flows.map((flow) => html`<li>${flowLine(ask, flow)}</li>`)}</ul>
<h2>${words.sources}</h2>
${sourceTable(ask, overview.sources)}
</div>`;
  return page(words.title, body);
}

function quiet(ask: Ask, { lastProblem, firstRun }: Overview): Html {
  const { overview: words } = ask.language.words;
  const since = lastProblem ?? firstRun;
  const how = since === null ? words.nothingYet : words.quietSince(ask.language.time(since));
  return html`<p class="quiet">${state('good', words.quiet)} ${how}</p>`;
}

function needed(ask: Ask, findings: readonly Finding[]): Html {
  const { overview: words } = ask.language.words;
  return html`<h2>${words.findings}</h2>
<p>${state('bad', words.findingCount(findings.length))}</p>
<ol class="findings">${findings.map((finding) => html`<li>${findingCard(ask, finding)}</li>`)}</ol>`;
}

function findingCard(ask: Ask, finding: Finding): Html {
  const { code, subject } = finding;
  return html`<p class="what">${meaningOf(ask, code)}</p><p>${detailOf(ask, finding)}</p>
${whatToDo(ask, finding)}
<p class="note">${code}, ${subject}</p>`;
}

/** In the reader's language where the finding says what it is made of, else as the hub has it. */
function detailOf({ language }: Ask, finding: Finding): Html {
  const { text, values } = finding;
  const kind = kindOf(finding);
  const say = kind === null ? undefined : language.words.findings[kind];
  return say === undefined || values === undefined ? said(text) : html`${say(values)}`;
}

/** A hold's remedy is its page. */
function whatToDo(ask: Ask, finding: Finding): Html {
  const { overview: words } = ask.language.words;
  const { subject } = finding;
  const kind = kindOf(finding);
  if (kind === 'hold') return html`<p><a href="/holds">${words.toHold}: ${subject}</a></p>`;
  const remedy = html`<p>${remedyOf(ask, finding)}</p>`;
  if (kind !== 'failed') return remedy;
  return html`${remedy}<p><a href="/failed">${words.toFailed}: ${subject}</a></p>`;
}

/** One sentence, and when it was and will be. */
function flowLine(ask: Ask, flow: FlowOutcome): Html {
  const { language } = ask;
  const { overview: words, outcomes } = language.words;
  const { run, nextTurn } = flow;
  const when: Content[] = [];
  if (run !== null) {
    const at = language.time(run.endedAt ?? run.startedAt);
    when.push(`${words.lastRun} ${at} (${outcomes[run.outcome]}), `);
  }
  when.push(`${words.next} ${nextTurn === null ? words.noTurn : language.wall(nextTurn)}`);
  return html`${state(signOf(flow), sentence(ask, flow))} <span class="note">${when}</span>`;
}

function signOf({ run, failed, waiting }: FlowOutcome): 'good' | 'wait' | 'bad' {
  if (run?.outcome === 'failed' || failed > 0) return 'bad';
  return run?.outcome === 'done' && waiting === 0 ? 'good' : 'wait';
}

function sentence(ask: Ask, { module, run, failed, waiting }: FlowOutcome): string {
  const { overview: words } = ask.language.words;
  if (run === null) return words.never(module);
  if (run.outcome === 'running') return words.running(module);
  const delivered = (run.counts['delivered'] ?? 0) + (run.counts['removed'] ?? 0);
  if (delivered + failed + waiting === 0) return words.nothing(module);
  return words.flow(module, delivered, failed, waiting);
}

function sourceTable(ask: Ask, sources: readonly SourceContact[]): Html {
  const { language } = ask;
  const { overview: words, outcomes } = language.words;
  const rows = sources.map(({ module, run, takenInAt, setAside }) => [
    module,
    takenInAt === null ? words.never2 : language.time(takenInAt),
    run === null ? null : state(run.outcome === 'done' ? 'good' : 'wait', outcomes[run.outcome]),
    count(ask, setAside),
  ]);
  const head = [words.source, words.contact, words.outcome, words.setAside];
  return table(words.sources, head, rows);
}
