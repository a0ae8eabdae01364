import type { ScheduledFlow, WorkerState } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { grey, greyBecause, state, table, token, told, whyNot } from '../layout.ts';
import { flowLink } from '../links.ts';
import { type Answer, type Ask, type House, page, type Route, reasonOf, see } from '../route.ts';
import { saySubject } from '../subjects.ts';
import { meaningOf, textOf } from './problem.ts';

/** When flows run by themselves; to let one run now, and to pause them. */
export const SCHEDULE: readonly Route[] = [
  { method: 'get', path: '/schedule', needs: 'list', answer: schedulePage },
  { method: 'post', path: '/schedule/run', needs: 'act', answer: runNow },
  { method: 'post', path: '/schedule/pause', needs: 'act', answer: pause },
  { method: 'post', path: '/schedule/resume', needs: 'act', answer: resume },
];

const DONE = ['paused', 'resumed', 'unknown', 'reason'] as const;

async function schedulePage(ask: Ask, house: House): Promise<Answer> {
  const { schedule: words } = ask.language.words;
  const flows = await house.control.timetable();
  const workers = await house.control.workers();
  const done = DONE.find((one) => one === ask.query('done'));
  const own = flows.filter(({ flow }) => ask.may('act', `flow ${flow}`));
  const rest = own.length === 0 ? whyNot(ask, words.pause) : whyNot(ask);
  const body = html`${done === undefined ? null : told(words.done[done])}
<div data-live>${timetable(ask, house, flows)}${workersTable(ask, workers)}</div>
${forms(ask, own)}${own.length === flows.length ? null : rest}`;
  return page(words.title, body);
}

function timetable(ask: Ask, house: House, flows: readonly ScheduledFlow[]): Html {
  const { language } = ask;
  const { schedule: words, flows: flowWords } = language.words;
  const rows = flows.map((one) => [
    flowLink(one.flow),
    stateOf(ask, house, one),
    html`<ul class="tight when">${one.turns.map((turn) => html`<li>${language.wall(turn)}</li>`)}</ul>`,
    one.schedule === null ? flowWords.byHand : language.turns(one.schedule),
    one.deadline ?? '',
    runCell(ask, house, one.flow),
  ]);
  const head = [
    flowWords.flow,
    words.state,
    words.next,
    flowWords.schedule,
    words.deadline,
    words.now,
  ];
  return table(words.title, head, rows);
}

/** The processes that serve, and what each does. */
function workersTable({ language }: Ask, workers: readonly WorkerState[]): Html | null {
  const { workers: words, runs } = language.words;
  if (workers.length === 0) return null;
  const rows = workers.map(({ place, role, version, startedAt, seenAt, isAlive, holds, steps }) => [
    html`<code>${place}</code>`,
    words.roles[role] ?? role,
    version,
    language.time(startedAt),
    isAlive ? state('good', words.alive) : state('bad', words.silent(language.time(seenAt))),
    holds.map((held) => saySubject(language, held)).join(', '),
    html`<ul class="tight">${steps.map(({ step, done, total }) => html`<li>${runs.step(step, done, total)}</li>`)}</ul>`,
  ]);
  const head = [
    words.place,
    words.role,
    words.version,
    words.since,
    words.state,
    words.holds,
    words.steps,
  ];
  return html`<h2>${words.title}</h2>${table(words.title, head, rows)}`;
}

function stateOf(ask: Ask, { syncs }: House, { flow, pause: paused }: ScheduledFlow): Html {
  const { language } = ask;
  const { schedule: words } = language.words;
  const begun = syncs.of(flow);
  const shown = [
    paused === null
      ? state('good', words.runs)
      : html`${state('wait', words.paused)} <span class="note">${words.pausedBy(paused.who, language.time(paused.at), paused.reason)}</span>`,
  ];
  if (begun?.state === 'running') shown.push(html`<br>${state('wait', words.running)}`);
  if (begun?.state === 'ended') shown.push(html`<br><a href="/runs">${words.ended}</a>`);
  if (begun?.state === 'refused')
    shown.push(
      html`<br>${state('bad', meaningOf(ask, begun.code) || begun.code)} ${textOf(ask, begun)}`,
    );
  return html`${shown}`;
}

function runCell(ask: Ask, { syncs }: House, flow: string): Html {
  const { schedule: words } = ask.language.words;
  if (!ask.may('act', `flow ${flow}`)) return grey(words.run);
  if (syncs.of(flow)?.state !== 'running') return runForm(ask, flow);
  return greyBecause(`running-${flow}`, words.running, words.run);
}

function runForm(ask: Ask, flow: string): Html {
  const { schedule: words } = ask.language.words;
  return html`<form method="post" action="/schedule/run">${token(ask)}
<button name="flow" value="${flow}" class="second" aria-label="${words.runOne(flow)}">${words.run}</button></form>`;
}

function forms(ask: Ask, flows: readonly ScheduledFlow[]): Html {
  const { schedule: words } = ask.language.words;
  const running = flows.filter(({ pause: paused }) => paused === null);
  const paused = flows.filter(({ pause: one }) => one !== null);
  const pauseForm = html`<h2>${words.pause}</h2><p class="note">${words.pauseNote}</p>
<form method="post" action="/schedule/pause" class="stack">${token(ask)}${choice(ask, running)}
<label>${words.reason}<input name="reason" required maxlength="500"></label>
<button class="second">${words.pause}</button></form>`;
  const resumeForm = html`<h2>${words.resume}</h2>
<form method="post" action="/schedule/resume" class="stack">${token(ask)}${choice(ask, paused)}
<button>${words.resume}</button></form>`;
  return html`${running.length === 0 ? null : pauseForm}${paused.length === 0 ? null : resumeForm}`;
}

function choice(ask: Ask, flows: readonly ScheduledFlow[]): Html {
  const { schedule: words, flows: flowWords } = ask.language.words;
  const options = flows.map(({ flow }) => html`<option value="${flow}">${flow}</option>`);
  return html`<label>${flowWords.flow}<select name="flow"><option value="">${words.all}</option>${options}</select></label>`;
}

async function runNow(ask: Ask, { control, syncs }: House): Promise<Answer> {
  const flow = ask.field('flow');
  if (!(await control.opens(`flow ${flow}`))) return see('/schedule?done=unknown');
  if (!control.wiring().flows.some(({ name }) => name === flow))
    return see('/schedule?done=unknown');
  syncs.begin(control, flow, ask.who);
  return see('/schedule');
}

async function pause(ask: Ask, { control }: House): Promise<Answer> {
  const reason = reasonOf(ask);
  if (reason === '') return see('/schedule?done=reason');
  const meant = await control.pause({ flow: ask.field('flow') || null, who: ask.who, reason });
  return see(`/schedule?done=${meant.length === 0 ? 'unknown' : 'paused'}`);
}

async function resume(ask: Ask, { control }: House): Promise<Answer> {
  const flow = ask.field('flow') || null;
  const meant = await control.resume({ flow, who: ask.who, reason: reasonOf(ask) });
  return see(`/schedule?done=${meant.length === 0 ? 'unknown' : 'resumed'}`);
}
