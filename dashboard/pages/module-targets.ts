import type {
  Found,
  Inspection,
  KeptAdoption,
  KeptDrift,
  ModuleState,
} from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { count, said, state, table, token, told } from '../layout.ts';
import { modulePath } from '../links.ts';
import { type Answer, type Ask, type House, MISSING, page, type Route, see } from '../route.ts';
import { wholeNumber } from './group.ts';
import { causeAndRemedy } from './problem.ts';

const MOST_DRIFTS = 100;

/** What a target holds, compared with what it has confirmed; and what of it can be taken over. */
export const MODULE_TARGETS: readonly Route[] = [
  { method: 'get', path: '/modules/:id/drift', needs: 'act', answer: driftPage },
  { method: 'post', path: '/modules/:id/drift', needs: 'act', answer: driftOfModule },
  { method: 'get', path: '/modules/:id/adopt', needs: 'act', answer: adoptionPage },
  { method: 'post', path: '/modules/:id/adopt', needs: 'act', answer: adoptModule },
];

/** To compare what a target holds with its ledger; and what was found last. */
export async function driftForm(
  ask: Ask,
  { module, fedBy: [flow = ''] }: ModuleState,
  { control, inspections }: House,
): Promise<Html> {
  const { modules: words } = ask.language.words;
  const path = `${modulePath(module)}/drift`;
  return html`<h2>${words.drift}</h2><p class="note">${words.driftNote}</p>
${lastOne(ask, path, await inspections.drift(control, flow))}
<form method="post" action="${path}">${token(ask)}
<button class="second">${words.driftAsk}</button></form>`;
}

/** To look what a target holds already that answers to objects of ours. */
export async function adoptionForm(
  ask: Ask,
  { module, fedBy: [flow = ''] }: ModuleState,
  { control, inspections }: House,
): Promise<Html> {
  const { modules: words } = ask.language.words;
  const path = `${modulePath(module)}/adopt`;
  return html`<h2>${words.adoption}</h2><p class="note">${words.adoptionNote}</p>
${lastOne(ask, path, await inspections.adoption(control, flow))}
<form method="post" action="${path}">${token(ask)}
<button class="second">${words.adoptionAsk}</button></form>`;
}

function lastOne<R>(ask: Ask, path: string, last: Inspection<R> | null): Html | null {
  const { modules: words } = ask.language.words;
  if (last?.state === 'running') {
    return html`<p>${state('wait', words.underWay)} <a href="${path}">${words.reload}</a></p>`;
  }
  if (last === null) return null;
  const { found } = last;
  const when = found === null ? words.broke : words.last(found.who, ask.language.time(found.at));
  return html`<p><a href="${path}">${when}</a></p>`;
}

/** The flow that leads to the module; null where there is none that this account may act on. */
async function flowTo({ param }: Ask, { control }: House): Promise<string | null> {
  const flow = (await control.module(param('id')))?.fedBy[0] ?? null;
  return flow !== null && (await control.opens(`flow ${flow}`)) ? flow : null;
}

async function driftOfModule(ask: Ask, house: House): Promise<Answer> {
  const flow = await flowTo(ask, house);
  if (flow === null) return MISSING;
  const { control, inspections } = house;
  const path = `${modulePath(ask.param('id'))}/drift`;
  if (ask.field('do') === 'repair') {
    const isSame = await inspections.repair(control, flow, wholeNumber(ask.field('at')), ask.who);
    return see(isSame ? path : `${path}?done=over`);
  }
  inspections.lookForDrift(control, flow, ask.who);
  return see(path);
}

async function driftPage(ask: Ask, house: House): Promise<Answer> {
  const { modules: words } = ask.language.words;
  const flow = await flowTo(ask, house);
  if (flow === null) return MISSING;
  const last = await house.inspections.drift(house.control, flow);
  return inspectionPage(ask, words.drift, last, (found) => driftFound(ask, found));
}

async function adoptModule(ask: Ask, house: House): Promise<Answer> {
  const flow = await flowTo(ask, house);
  if (flow === null) return MISSING;
  const apply = ask.field('do') === 'apply';
  house.inspections.adopt(house.control, flow, apply, ask.who);
  return see(`${modulePath(ask.param('id'))}/adopt`);
}

async function adoptionPage(ask: Ask, house: House): Promise<Answer> {
  const { modules: words } = ask.language.words;
  const flow = await flowTo(ask, house);
  if (flow === null) return MISSING;
  const last = await house.inspections.adoption(house.control, flow);
  return inspectionPage(ask, words.adoption, last, (found) => adoptionFound(ask, found));
}

/** How it goes, or how it went, and what was found last. */
function inspectionPage<R extends { readonly target: string; readonly canBeAsked: boolean }>(
  ask: Ask,
  title: string,
  last: Inspection<R> | null,
  shown: (found: Found<R>) => Html,
): Answer {
  const { modules: words } = ask.language.words;
  const over = ask.query('done') === 'over' ? told(words.foundAnew) : null;
  if (last?.state === 'running') {
    return page(`${title}: ${ask.param('id')}`, html`${back(ask)}${underWay(ask, title, last)}`);
  }
  const why = last?.state === 'broken' ? broken(ask, last) : null;
  const found = last?.found ?? null;
  if (found === null) {
    const none = why ?? html`<p>${words.notLooked}</p>`;
    return page(`${title}: ${ask.param('id')}`, html`${back(ask)}${none}`);
  }
  const { report, who, at } = found;
  const body = html`${back(ask)}${over}${why}
<p class="note">${words.last(who, ask.language.time(at))}</p>
${report.canBeAsked ? shown(found) : html`<p>${words.mute}</p>`}`;
  return page(`${title}: ${report.target}`, body);
}

function underWay<R>(ask: Ask, title: string, { step }: Inspection<R>): Html {
  const { modules: words, runs } = ask.language.words;
  const bar =
    step === null || step.total === null
      ? null
      : html`<progress max="${step.total}" value="${Math.min(step.done, step.total)}" aria-label="${title}"></progress>`;
  const at =
    step === null ? null : html`<p>${runs.step(step.step, step.done, step.total)}</p>${bar}`;
  return html`${told(words.underWay)}${at}<p><a href="">${words.reload}</a></p>`;
}

function broken<R>(ask: Ask, { problem }: Inspection<R>): Html {
  const { modules: words } = ask.language.words;
  const why = problem === null ? html`<p>${words.cutOff}</p>` : causeAndRemedy(ask, problem);
  return html`<div role="status"><p class="fault">${words.broke}</p>${why}</div>`;
}

function driftFound(ask: Ask, { report, isDone, at }: Found<KeptDrift>): Html {
  const { modules: words, failed, message } = ask.language.words;
  const { looked, drifts, differ, foreign, unread, repaired } = report;
  const rows = drifts.slice(0, MOST_DRIFTS).map(({ objectKind, kind, key, fields, deleted }) => {
    const day = deleted === undefined ? '' : new Date(deleted.at).toISOString().slice(0, 10);
    const what = deleted === undefined ? fields.join(', ') : words.deletedBy(day, deleted.run);
    return [objectKind, words.drifts[kind], key, what];
  });
  const head = [failed.kind, words.drift, message.key, words.fields];
  const repairForm = html`<form method="post" action="${modulePath(ask.param('id'))}/drift" class="stack">${token(ask)}
<input type="hidden" name="at" value="${at}"><p class="note">${words.repairNote}</p>
<button name="do" value="repair">${words.repair(drifts.length)}</button></form>`;
  const more = drifts.length - MOST_DRIFTS;
  return html`<p role="status">${words.looked(looked, differ, foreign)}</p>
${unread.map(({ objectKind }) => html`<p class="fault">${words.unread(objectKind)}</p>`)}
${isDone ? told(words.repaired(repaired)) : null}
${rows.length === 0 ? null : table(words.drift, head, rows)}
${more > 0 ? html`<p class="note">${words.moreDrifts(more)}</p>` : null}
${drifts.length > 0 && !isDone ? repairForm : null}`;
}

function adoptionFound(ask: Ask, { report, isDone }: Found<KeptAdoption>): Html {
  const { modules: words, failed } = ask.language.words;
  const { flow, kinds, ambiguous } = report;
  const rows = kinds.map(({ objectKind, looked, ours, adopted, differing, foreign }) => [
    objectKind,
    ...[looked, ours, adopted, differing, foreign].map((one) => count(ask, one)),
  ]);
  const head = [failed.kind, ...words.adoptionHeads];
  const isMore = kinds.some(({ adopted }) => adopted > 0);
  const form = html`<form method="post" action="${modulePath(ask.param('id'))}/adopt">${token(ask)}
<button name="do" value="apply">${words.adopt}</button></form>`;
  return html`${table(words.adoption, head, rows)}
${ambiguous === 0 ? null : html`<p>${words.ambiguous(ambiguous)} ${said(`\`skolnav adopt ${flow}\``)}</p>`}
${isDone ? told(words.adopted) : isMore ? form : null}`;
}

function back({ param, language }: Ask): Html {
  const id = param('id');
  return html`<p><a href="${modulePath(id)}">${language.words.modules.module}: ${id}</a></p>`;
}
