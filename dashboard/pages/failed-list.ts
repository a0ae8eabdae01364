import type {
  Consequence,
  GroupName,
  GroupStory,
  MessageGroup,
  UnitImpact,
} from '../../core/control/control-bus.ts';
import { type Affected, affectedBy } from '../affected.ts';
import { type Content, type Html, html } from '../html.ts';
import { count, state, table } from '../layout.ts';
import { type Answer, type Ask, type House, page } from '../route.ts';
import { sparkline } from '../sparkline.ts';
import { pathOf, titleOf, unitIn, unitName, wholeNumber } from './group.ts';
import { causeIn, meaningOf } from './problem.ts';

/** Rows of one page. */
const PAGE = 100;
const WAYS = ['cause', 'unit', 'consequence', 'flow'] as const;

/** What of the failures a page is about; what is left out stands for all. */
interface Filter {
  readonly unit?: string;
  readonly target?: string;
  readonly code?: string;
  readonly consequence?: Consequence;
}

/** All that has failed, in groups: by cause, by school unit, by what it means, or by flow. */
export async function failedList(ask: Ask, { control }: House): Promise<Answer> {
  const { failed: words } = ask.language.words;
  const way = WAYS.find((one) => one === ask.query('by')) ?? 'cause';
  const filter = filterIn(ask);
  const isWhole = Object.keys(filter).length === 0;
  // Causes alone are counted without looking whom they concern.
  const impacts = way === 'cause' && isWhole ? null : await control.impacts(namedBy(filter));
  const meant = (impacts ?? []).filter((one) => isMeant(one, filter));
  const shown = impacts === null ? await control.failureGroups() : groupsIn(meant);
  if (shown.length === 0 && isWhole)
    return page(words.title, html`<p>${state('good', words.none)}</p>`);
  const total = shown.reduce((sum, group) => sum + group.count, 0);
  const list = {
    cause: async () => byCause(ask, shown, filter, control),
    unit: async () => byUnit(ask, meant),
    consequence: async () => byConsequence(ask, meant),
    flow: async () => byFlow(ask, meant, control),
  }[way];
  const body = html`<p>${words.total(total)}</p>${ways(ask, way, filter)}
${isWhole ? null : narrowedTo(ask, filter, meant)}${await list()}`;
  return page(words.title, body);
}

function filterIn({ query }: Ask): Filter {
  const consequence = CONSEQUENCES.find((one) => one === query('consequence'));
  return {
    ...unitIn(query),
    ...(query('target') === '' ? {} : { target: query('target') }),
    ...(query('code') === '' ? {} : { code: query('code') }),
    ...(consequence === undefined ? {} : { consequence }),
  };
}

/** What the hub itself can leave out. */
function namedBy({ consequence: _consequence, ...rest }: Filter): Omit<Filter, 'consequence'> {
  return rest;
}

const CONSEQUENCES = ['missing', 'outdated', 'remains', 'kept'] as const;

function isMeant(one: UnitImpact, { unit, target, code, consequence }: Filter): boolean {
  const isOfUnit = unit === undefined || one.unit === unit;
  const isOfCause = (code ?? one.code) === one.code && (target ?? one.target) === one.target;
  return isOfUnit && isOfCause && (consequence ?? one.consequence) === one.consequence;
}

/** What the impacts leave of each group. */
function groupsIn(impacts: readonly UnitImpact[]): readonly MessageGroup[] {
  const groups = new Map<string, MessageGroup>();
  for (const { target, type, state: name, code, objectKind, count: found } of impacts) {
    const group = { target, type, state: name, code, objectKind };
    const key = JSON.stringify(Object.values(group));
    groups.set(key, { ...group, count: found + (groups.get(key)?.count ?? 0) });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

function pathWith(by: string, { unit, ...rest }: Filter, from = 0): string {
  const said = { by, ...rest, ...(unit === undefined ? {} : { unit: unit || 'none' }) };
  return `/failed?${new URLSearchParams(from === 0 ? said : { ...said, from: String(from) })}`;
}

/** The same, seen in another way. */
function ways({ language }: Ask, way: string, filter: Filter): Html {
  const { impact: words } = language.words;
  const links = WAYS.map((one) => {
    const here = one === way ? html` aria-current="true"` : null;
    return html`<li><a href="${pathWith(one, filter)}"${here}>${words.ways[one]}</a></li>`;
  });
  return html`<nav class="ways" aria-label="${words.by}"><span>${words.by}</span><ul>${links}</ul></nav>`;
}

/** Of what the list is told, and the way back to all of it. */
function narrowedTo(ask: Ask, filter: Filter, impacts: readonly UnitImpact[]): Html {
  const { impact: words } = ask.language.words;
  const { unit, target, code, consequence } = filter;
  const name = impacts.find((one) => one.unit === unit)?.name;
  const said = [
    ...(unit === undefined ? [] : [unitName(ask, unit, name ?? '')]),
    ...(target === undefined ? [] : [target]),
    ...(code === undefined ? [] : [meaningOf(ask, code) || code]),
    ...(consequence === undefined ? [] : [words.short(consequence, target ?? '')]),
  ];
  return html`<p>${words.only(said.join('; '))} <a href="/failed">${words.showAll}</a></p>`;
}

async function byCause(
  ask: Ask,
  groups: readonly MessageGroup[],
  { unit }: Filter,
  control: House['control'],
): Promise<Html> {
  const { failed: words, states } = ask.language.words;
  const [shown, further] = pageOf(ask, groups);
  const stories = await control.storiesOf(shown);
  const ofUnit = unit === undefined ? {} : { unit };
  const rows = shown.map((group, at) => [
    html`<a href="${pathOf({ ...group, ...ofUnit })}">${titleOf(ask, group)}</a>${codeOf(ask, group)}`,
    count(ask, group.count),
    ...[group.target, ask.language.words.kind(group.objectKind)],
    state(group.state === 'failed' ? 'bad' : 'wait', states[group.state]),
    trendOf(ask, stories[at]),
    seenAt(ask, stories[at]?.seen ?? null),
    stories[at]?.remark?.owner ?? '',
  ]);
  const about = [words.code, words.count, words.target, words.kind, words.state, words.trend];
  const head = [...about, words.seenAt, words.owner];
  return html`${table(words.title, head, rows)}${further}`;
}

/** Beside its title, where that is no code itself. */
function codeOf(ask: Ask, { code }: GroupName): Html | null {
  const isTold = code !== null && meaningOf(ask, code) !== '';
  return isTold ? html` <span class="note">${code}</span>` : null;
}

/** First and last, one below the other. */
function seenAt({ language }: Ask, seen: GroupStory['seen']): Html | null {
  if (seen === null) return null;
  const [first, last] = [language.time(seen.first), language.time(seen.last)];
  const once = html`<span class="when">${first}</span>`;
  return first === last ? once : html`${once}<br><span class="when">${last}</span>`;
}

function trendOf({ language }: Ask, story: GroupStory | undefined): Html | null {
  if (story === undefined) return null;
  const counts = story.days.map(({ count: found }) => found);
  return sparkline(counts, language.words.failed.trendOf(counts));
}

function byUnit(ask: Ask, impacts: readonly UnitImpact[]): Html {
  const { failed, impact: words } = ask.language.words;
  const units = new Map<string, UnitImpact[]>();
  for (const one of impacts) units.set(one.unit, [...(units.get(one.unit) ?? []), one]);
  const sums = [...units].map(([unit, own]) => ({ unit, own, total: sumOf(own) }));
  const [shown, further] = pageOf(
    ask,
    sums.sort((a, b) => b.total - a.total),
  );
  const rows = shown.map(({ unit, own, total }) => [
    html`<a href="${pathWith('cause', { unit })}">${unitName(ask, unit, own[0]?.name ?? '')}</a>`,
    said(ask, affectedBy(own)),
    causesOf(ask, own),
    count(ask, total),
  ]);
  const head = [words.unit, words.means, words.causes, failed.count];
  return html`${table(words.units, head, rows)}${further}`;
}

function byConsequence(ask: Ask, impacts: readonly UnitImpact[]): Html {
  const { failed, impact: words } = ask.language.words;
  const all = affectedBy(impacts.map((one) => ({ ...one, unit: '', name: '' })));
  const [shown, further] = pageOf(ask, all);
  const rows = shown.map((one) => {
    const { target, originKind, consequence, count: found } = one;
    const own = impacts.filter(
      (each) =>
        each.target === target &&
        each.originKind === originKind &&
        each.consequence === consequence,
    );
    const units = new Set(own.map(({ unit }) => unit).filter((unit) => unit !== ''));
    const path = pathWith('unit', { target, consequence });
    return [
      html`<a href="${path}">${words.affected(originKind, consequence, target, found)}</a>`,
      units.size === 0 ? '' : count(ask, units.size),
      causesOf(ask, own),
      count(ask, sumOf(own)),
    ];
  });
  const head = [words.means, words.units, words.causes, failed.count];
  return html`${table(words.means, head, rows)}${further}`;
}

function byFlow(ask: Ask, impacts: readonly UnitImpact[], control: House['control']): Html {
  const { failed, impact: words } = ask.language.words;
  const { flows } = control.wiring();
  const targets = [...new Set(impacts.map(({ target }) => target))];
  const rows = targets.map((target) => {
    const own = impacts.filter((one) => one.target === target);
    const flow = flows.find((one) => one.target === target);
    const name = flow === undefined || flow.name === target ? target : `${flow.name} (${target})`;
    const everywhere = own.map((one) => ({ ...one, unit: '', name: '' }));
    return [
      html`<a href="${pathWith('cause', { target })}">${name}</a>`,
      said(ask, affectedBy(everywhere)),
      causesOf(ask, own),
      count(ask, sumOf(own)),
    ];
  });
  return table(words.flow, [words.flow, words.means, words.causes, failed.count], rows);
}

/** Each a line; of the same school, the school is not said again. */
function said({ language }: Ask, all: readonly Affected[]): Html {
  const { impact: words } = language.words;
  const lines = all.map(({ originKind, consequence, target, count: found }) => {
    return html`<li>${words.affected(originKind, consequence, target, found)}</li>`;
  });
  return html`<ul class="tight">${lines}</ul>`;
}

function causesOf(ask: Ask, impacts: readonly UnitImpact[]): Html {
  const codes = [...new Set(impacts.map(({ code }) => code ?? ''))].filter((code) => code !== '');
  const lines = codes.map((code) => html`<li>${causeIn(ask, code)}</li>`);
  return html`<ul class="tight">${lines}</ul>`;
}

function sumOf(impacts: readonly UnitImpact[]): number {
  return impacts.reduce((sum, one) => sum + one.count, 0);
}

/** The rows of the page that is asked for, and the ways to the others. */
function pageOf<T>(ask: Ask, all: readonly T[]): readonly [readonly T[], Content] {
  const { impact: words } = ask.language.words;
  const from = wholeNumber(ask.query('from'));
  const way = WAYS.find((one) => one === ask.query('by')) ?? 'cause';
  const next = pathWith(way, filterIn(ask), from + PAGE);
  const start =
    from === 0 ? null : html`<a href="${pathWith(way, filterIn(ask))}">${words.start}</a> `;
  const more =
    from + PAGE < all.length ? html`<a href="${next}" rel="next">${words.more}</a>` : null;
  return [all.slice(from, from + PAGE), html`<p>${start}${more}</p>`];
}
