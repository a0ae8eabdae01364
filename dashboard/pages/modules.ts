import { type Connection, type ModuleState, tookMs } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { count, definitions, greyBecause, state, table, token, whyNot } from '../layout.ts';
import { flowLink, listed, mappingLink, moduleLink, modulePath } from '../links.ts';
import { type Answer, type Ask, type House, MISSING, page, type Route } from '../route.ts';
import { SIGN_OF } from '../signs.ts';
import { adoptionForm, driftForm, MODULE_TARGETS } from './module-targets.ts';
import { causeAndRemedy, causeIn } from './problem.ts';
import { waysDrawn } from './ways.ts';

const LIMIT_MS = 10_000;

/** By what each module is bound, and how it is. */
export const MODULES: readonly Route[] = [
  { method: 'get', path: '/modules', needs: 'list', answer: modulesPage },
  { method: 'get', path: '/modules/:id', needs: 'list', answer: modulePage },
  { method: 'post', path: '/modules/:id/connect', needs: 'act', answer: connect },
  ...MODULE_TARGETS,
];

async function modulesPage(ask: Ask, { control }: House): Promise<Answer> {
  const { language } = ask;
  const { modules: words, outcomes } = language.words;
  const rows = (await control.modules()).map((one) => [
    moduleLink(one.module),
    one.connector,
    roleOf(ask, one),
    one.run === null ? words.never : state(SIGN_OF[one.run.outcome], outcomes[one.run.outcome]),
    one.contactAt === null ? words.never : language.time(one.contactAt),
    one.fedBy.length === 0 ? '' : count(ask, sizeOf(one)),
  ]);
  const head = [
    ...[words.module, words.connector, words.role],
    ...[words.lastRun, words.contact, words.ledger],
  ];
  return page(words.title, table(words.title, head, rows));
}

function roleOf({ language }: Ask, { readBy, fedBy }: ModuleState): string {
  const { modules: words } = language.words;
  const roles = [
    ...(readBy.length > 0 ? [words.source] : []),
    ...(fedBy.length > 0 ? [words.target] : []),
  ];
  return roles.join(', ') || words.unused;
}

function sizeOf({ ledger }: ModuleState): number {
  return ledger.reduce((sum, one) => sum + one.count, 0);
}

async function modulePage(ask: Ask, house: House): Promise<Answer> {
  const found = await house.control.module(ask.param('id'));
  return found === null ? MISSING : await shown(ask, house, found, null);
}

async function shown(
  ask: Ask,
  house: House,
  one: ModuleState,
  answers: Html | null,
): Promise<Answer> {
  const { control } = house;
  const { modules: words } = ask.language.words;
  const mappings = control.wiring().mappings.filter(({ module }) => module === one.module);
  const body = html`${definitions(factsOf(ask, one))}${await outageCard(ask, one, control)}${answers}
${ask.may('act', `module ${one.module}`) ? connectForm(ask, one) : null}
${await waysDrawn(ask, house, { module: one.module })}
<h2>${words.options}</h2>${optionTable(ask, one)}
${one.fedBy.length === 0 ? null : ledgerTable(ask, one)}
${mayFeed(ask, one) ? html`${await driftForm(ask, one, house)}${await adoptionForm(ask, one, house)}` : null}${greyOnes(ask, one)}
<h2>${ask.language.words.flows.mappings}</h2>
<ul>${mappings.map(({ file }) => html`<li>${mappingLink(file)}</li>`)}</ul>`;
  return page(`${words.module}: ${one.module}`, body);
}

function mayFeed(ask: Ask, { fedBy: [flow] }: ModuleState): boolean {
  return flow !== undefined && ask.may('act', `flow ${flow}`);
}

/** What this person may not do with it. */
function greyOnes(ask: Ask, one: ModuleState): Html | null {
  const { modules: words } = ask.language.words;
  const labels = [
    ...(ask.may('act', `module ${one.module}`) ? [] : [words.connect]),
    ...(one.fedBy.length === 0 || mayFeed(ask, one) ? [] : [words.driftAsk, words.adoptionAsk]),
  ];
  return labels.length === 0 ? null : whyNot(ask, ...labels);
}

function factsOf(ask: Ask, one: ModuleState): Parameters<typeof definitions>[0] {
  const { language } = ask;
  const { modules: words, outcomes } = language.words;
  const { run } = one;
  return [
    [words.connector, one.connector],
    [words.mappings, one.mappings],
    [words.readBy, one.readBy.length === 0 ? words.nobody : listed(one.readBy.map(flowLink))],
    [words.fedBy, one.fedBy.length === 0 ? words.nobody : listed(one.fedBy.map(flowLink))],
    [words.contact, one.contactAt === null ? words.never : language.time(one.contactAt)],
    [
      words.lastRun,
      run === null
        ? words.never
        : html`${state(SIGN_OF[run.outcome], outcomes[run.outcome])} ${language.time(run.startedAt)} ${run.problem === null ? null : causeIn(ask, run.problem.code)}`,
    ],
    ...(one.fedBy.length === 0 ? [] : [circuitOf(ask, one)]),
    ...rateOf(ask, one),
    [words.pausing, html`<a href="/schedule">${words.toSchedule}</a>`],
  ];
}

function circuitOf({ language }: Ask, { outage }: ModuleState): readonly [string, Html] {
  const { modules: words } = language.words;
  if (outage === null) return [words.circuit, state('good', words.circuitClosed)];
  return [words.circuit, state('bad', words.circuitOpen(language.time(outage.since)))];
}

/** How fast its system took what the last run delivered. */
function rateOf({ language }: Ask, { run }: ModuleState): readonly (readonly [string, string])[] {
  const { modules: words } = language.words;
  const delivered = run?.counts['delivered'] ?? 0;
  const took = run === null ? null : tookMs(run);
  if (took === null || delivered === 0) return [];
  const seconds = Math.max(1, Math.round(took / 1000));
  return [[words.rate, words.rateOf(delivered, seconds)]];
}

/** Why the circuit is open, when it is tried again, and a way to do that now. */
async function outageCard(
  ask: Ask,
  { outage, fedBy: [flow = ''] }: ModuleState,
  control: House['control'],
): Promise<Html | null> {
  if (outage === null) return null;
  const { modules: words } = ask.language.words;
  const about = (await control.timetable()).find((one) => one.flow === flow);
  const [turn] = about?.pause === null ? about.turns : [];
  const next = turn === undefined ? words.noNextTry : words.nextTry(ask.language.wall(turn));
  const form = html`<form method="post" action="/schedule/run">${token(ask)}
<input type="hidden" name="flow" value="${flow}"><button class="second">${words.tryNow}</button></form>`;
  return html`<section class="card">${causeAndRemedy(ask, outage.problem)}
<p>${next} ${words.circuitNote}</p>
${ask.may('act', `flow ${flow}`) ? form : greyBecause('no-try', ask.language.words.refused.text('act'), words.tryNow)}</section>`;
}

function optionTable({ language }: Ask, { options }: ModuleState): Html {
  const { modules: words } = language.words;
  const rows = options.map(({ name, value }) => [
    name,
    value === null ? html`<span class="note">${words.secret}</span>` : html`<code>${value}</code>`,
  ]);
  return table(words.options, [words.option, words.value], rows);
}

function ledgerTable(ask: Ask, { ledger }: ModuleState): Html {
  const { modules: words, failed } = ask.language.words;
  const rows = ledger.map(({ kind, count: size }) => [
    ask.language.words.kind(kind),
    count(ask, size),
  ]);
  return html`<h2>${words.ledger}</h2><p class="note">${words.ledgerNote}</p>
${table(words.ledger, [failed.kind, failed.count], rows)}`;
}

function connectForm(ask: Ask, { module }: ModuleState): Html {
  const { modules: words } = ask.language.words;
  return html`<form method="post" action="${modulePath(module)}/connect">${token(ask)}
<button class="second">${words.connect}</button></form>`;
}

async function connect(ask: Ask, house: House): Promise<Answer> {
  const found = await house.control.module(ask.param('id'));
  if (found === null) return MISSING;
  const answers = await house.control.connect(LIMIT_MS, found.module);
  return shown(
    ask,
    house,
    found,
    html`<div role="status">${answers.map((one) => answer(ask, one))}</div>`,
  );
}

function answer(ask: Ask, { problem, isUnasked }: Connection): Html {
  const { modules: words } = ask.language.words;
  if (problem !== null) return html`${state('bad', words.refuses)}${causeAndRemedy(ask, problem)}`;
  return html`<p>${isUnasked ? state('wait', words.unasked) : state('good', words.answers)}</p>`;
}
