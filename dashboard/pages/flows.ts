import type { MappingName, WiredFlow } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import { definitions, state, table } from '../layout.ts';
import { flowLink, listed, mappingLink, moduleLink } from '../links.ts';
import { type Answer, type Ask, type House, MISSING, page, type Route } from '../route.ts';
import { lintTable } from './problem.ts';
import { waysDrawn } from './ways.ts';

/** What stands between which modules, as the configuration says it. */
export const FLOWS: readonly Route[] = [
  { method: 'get', path: '/flows', needs: 'list', answer: flowsPage },
  { method: 'get', path: '/flows/:id', needs: 'list', answer: flowPage },
];

async function flowsPage(ask: Ask, house: House): Promise<Answer> {
  const { flows: words } = ask.language.words;
  const wiring = house.control.wiring();
  const { remarks, mappings } = wiring;
  const body = html`<p class="note">${words.lead}</p>${await waysDrawn(ask, house)}
<h2>${words.title}</h2>${flowTable(ask, wiring.flows)}
<h2>${words.remarks}</h2>${remarks.length === 0 ? html`<p>${state('good', words.noRemarks)}</p>` : lintTable(ask, words.remarks, remarks)}
<details><summary>${words.mappingCount(mappings.length)}</summary>${mappingTable(ask, mappings)}</details>`;
  return page(words.title, body);
}

function flowTable({ language }: Ask, flows: readonly WiredFlow[]): Html {
  const { flows: words } = language.words;
  const rows = flows.map(({ name, from, target, schedule, purpose }) => [
    flowLink(name),
    from.join(', '),
    target,
    schedule === null ? words.byHand : language.turns(schedule),
    purpose,
  ]);
  const head = [words.flow, words.from, words.to, words.schedule, words.purpose];
  return table(words.title, head, rows);
}

function mappingTable(ask: Ask, mappings: readonly MappingName[]): Html {
  const { flows: words } = ask.language.words;
  const rows = mappings.map(({ file, module, from, to }) => [
    ...[mappingLink(file), module],
    ...[ask.language.words.kind(from), ask.language.words.kind(to)],
  ]);
  return table(words.mappings, [words.file, words.module, words.from, words.to], rows);
}

async function flowPage(ask: Ask, house: House): Promise<Answer> {
  const { flows: words } = ask.language.words;
  const wiring = house.control.wiring();
  const flow = wiring.flows.find(({ name }) => name === ask.param('id'));
  if (flow === undefined) return MISSING;
  const { from, to, selects } = flow;
  const isOwn = ({ direction, module }: MappingName) =>
    direction === 'inbound' ? from.includes(module) : module === to;
  const rows = selects.map(({ kind, where, line }) => [
    ask.language.words.kind(kind),
    where === null ? words.all : html`<code>${where}</code>`,
    line === null ? '' : `${flow.file}:${line}`,
  ]);
  const mappings = wiring.mappings.filter(isOwn);
  const body = html`${definitions(factsOf(ask, flow))}${await waysDrawn(ask, house, { flow: flow.name })}
<h2>${words.selects}</h2>${table(words.selects, [words.kind, words.where, words.file], rows)}
<details><summary>${words.mappingCount(mappings.length)}</summary>${mappingTable(ask, mappings)}</details>`;
  return page(`${words.flow}: ${flow.name}`, body);
}

function factsOf(
  { language }: Ask,
  flow: WiredFlow,
): readonly (readonly [string, Html | string])[] {
  const { flows: words } = language.words;
  return [
    [words.purpose, flow.purpose],
    [words.basis, words.bases[flow.legalBasis] ?? flow.legalBasis],
    [words.from, listed(flow.from.map(moduleLink))],
    [words.to, html`${moduleLink(flow.to)} (${flow.target})`],
    [words.schedule, flow.schedule === null ? words.byHand : language.turns(flow.schedule)],
    [words.file, flow.file],
  ];
}
