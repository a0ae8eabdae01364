import type { AdoptionReport, DriftReport, ModuleState } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { count, said, table, token } from '../layout.ts';
import { modulePath } from '../links.ts';
import { type Answer, type Ask, type House, MISSING, page } from '../route.ts';

const LIMIT_MS = 120_000;
const MOST_DRIFTS = 100;

/** To compare what a target holds with its ledger. */
export function driftForm(ask: Ask, { module }: ModuleState): Html {
  const { modules: words } = ask.language.words;
  return html`<h2>${words.drift}</h2><p class="note">${words.driftNote}</p>
<form method="post" action="${modulePath(module)}/drift">${token(ask)}
<button class="second">${words.driftAsk}</button></form>`;
}

/** To look what a target holds already that answers to objects of ours. */
export function adoptionForm(ask: Ask, { module }: ModuleState): Html {
  const { modules: words } = ask.language.words;
  return html`<h2>${words.adoption}</h2><p class="note">${words.adoptionNote}</p>
<form method="post" action="${modulePath(module)}/adopt">${token(ask)}
<button class="second">${words.adoptionAsk}</button></form>`;
}

/** The flow that leads to the module, if there is one. */
async function flowTo({ param }: Ask, { control }: House): Promise<string | null> {
  return (await control.module(param('id')))?.fedBy[0] ?? null;
}

export async function driftOfModule(ask: Ask, house: House): Promise<Answer> {
  const flow = await flowTo(ask, house);
  if (flow === null) return MISSING;
  const repair = ask.field('do') === 'repair';
  const signal = AbortSignal.timeout(LIMIT_MS);
  const report = await house.control.drift({ flow, repair, who: ask.who, signal });
  if (report === null) return MISSING;
  const { modules: words } = ask.language.words;
  const body = html`${back(ask)}${report.canBeAsked ? driftFound(ask, report, repair) : html`<p>${words.mute}</p>`}`;
  return page(`${words.drift}: ${report.target}`, body);
}

function driftFound(ask: Ask, report: DriftReport, isRepaired: boolean): Html {
  const { modules: words, failed, message } = ask.language.words;
  const { looked, drifts, foreign, unread } = report;
  const rows = drifts.slice(0, MOST_DRIFTS).map(({ objectKind, kind, key, fields }) => {
    return [objectKind, words.drifts[kind], key, fields.join(', ')];
  });
  const head = [failed.kind, words.drift, message.key, words.fields];
  const repairForm = html`<form method="post" action="${modulePath(ask.param('id'))}/drift">${token(ask)}
<p class="note">${words.repairNote}</p><button name="do" value="repair">${words.repair}</button></form>`;
  return html`<p role="status">${words.looked(looked, drifts.length, foreign)}</p>
${unread.map(({ objectKind }) => html`<p class="fault">${words.unread(objectKind)}</p>`)}
${isRepaired ? html`<p class="told" role="status">${words.repaired}</p>` : null}
${rows.length === 0 ? null : table(words.drift, head, rows)}
${drifts.length > 0 && !isRepaired ? repairForm : null}`;
}

export async function adoptModule(ask: Ask, house: House): Promise<Answer> {
  const flow = await flowTo(ask, house);
  if (flow === null) return MISSING;
  const apply = ask.field('do') === 'apply';
  const request = { flow, apply, choose: new Map(), who: ask.who };
  const signal = AbortSignal.timeout(LIMIT_MS);
  const report = await house.control.adopt({ ...request, signal });
  if (report === null) return MISSING;
  const { modules: words } = ask.language.words;
  const body = html`${back(ask)}${report.canBeAsked ? adoptionFound(ask, report, apply) : html`<p>${words.mute}</p>`}`;
  return page(`${words.adoption}: ${report.target}`, body);
}

function adoptionFound(ask: Ask, report: AdoptionReport, isApplied: boolean): Html {
  const { modules: words, failed } = ask.language.words;
  const { flow, kinds, ambiguities } = report;
  const rows = kinds.map(({ objectKind, looked, ours, adopted, differing, foreign }) => [
    objectKind,
    ...[looked, ours, adopted, differing, foreign].map((one) => count(ask, one)),
  ]);
  const head = [failed.kind, ...words.adoptionHeads];
  const isMore = kinds.some(({ adopted }) => adopted > 0);
  const form = html`<form method="post" action="${modulePath(ask.param('id'))}/adopt">${token(ask)}
<button name="do" value="apply">${words.adopt}</button></form>`;
  return html`${table(words.adoption, head, rows)}
${ambiguities.length === 0 ? null : html`<p>${words.ambiguous(ambiguities.length)} ${said(`\`skolnav adopt ${flow}\``)}</p>`}
${isApplied ? html`<p class="told" role="status">${words.adopted}</p>` : isMore ? form : null}`;
}

function back({ param, language }: Ask): Html {
  const id = param('id');
  return html`<p><a href="${modulePath(id)}">${language.words.modules.module}: ${id}</a></p>`;
}
