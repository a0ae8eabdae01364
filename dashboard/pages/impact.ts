import {
  type MessageGroup,
  type OfPart,
  partOf,
  type UnitImpact,
} from '../../core/control/control-bus.ts';
import { affectedBy } from '../affected.ts';
import { type Html, html } from '../html.ts';
import { count, table } from '../layout.ts';
import type { Ask, House } from '../route.ts';
import { pathOf, type ShownGroup, unitName } from './group.ts';

/** Beyond that a table of units is no help; each has its own in the list of failures. */
const MOST_UNITS = 50;

/** Whom a group of failures concerns, by school unit and class, and what it means there. */
export async function impact(ask: Ask, group: ShownGroup, { control }: House): Promise<Html> {
  const { impact: words } = ask.language.words;
  // Of one unit, the classes say it.
  const { target, type, state, code, objectKind, unit } = group;
  const named = { target, type, state, code, objectKind, ...partOf(group) };
  const impacts = unit === undefined ? await control.impacts(named) : null;
  return html`<h2>${words.title}</h2>${purposeOf(ask, group, control)}
${impacts === null ? null : unitTable(ask, group, impacts)}
${await classTable(ask, group, control)}`;
}

function unitTable(ask: Ask, group: MessageGroup, impacts: readonly UnitImpact[]): Html {
  const { impact: words, failed } = ask.language.words;
  const rows = affectedBy(impacts)
    .slice(0, MOST_UNITS)
    .map(({ unit, name, originKind, consequence, count: found }) => [
      html`<a href="${pathOf({ ...group, unit })}">${unitName(ask, unit, name)}</a>`,
      words.affected(originKind, consequence, group.target, found),
      count(ask, found),
    ]);
  return table(words.units, [words.unit, words.means, failed.count], rows);
}

/** What for the flow is there says best what is lacking. */
function purposeOf({ language }: Ask, { target }: MessageGroup, control: House['control']) {
  const { purpose = '' } = control.wiring().flows.find((one) => one.target === target) ?? {};
  return purpose === '' ? null : html`<p>${language.words.impact.purpose(purpose)}</p>`;
}

async function classTable(
  ask: Ask,
  group: MessageGroup & OfPart,
  control: House['control'],
): Promise<Html | null> {
  const { impact: words, failed } = ask.language.words;
  const { classes, looked } = await control.classesOf(group);
  if (classes.length === 0) return null;
  const rows = classes.map(({ unit, name, who, consequence, count: found }) => [
    unit || words.noUnit,
    name,
    words.who(who, found),
    words.short(consequence, group.target),
    count(ask, found),
  ]);
  const head = [words.unit, words.class, words.whoHead, words.means, failed.count];
  const rest = looked < group.count ? html`<p class="note">${words.looked(looked)}</p>` : null;
  return html`<h3>${words.classes}</h3>${rest}${table(words.classes, head, rows)}`;
}
