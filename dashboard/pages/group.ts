import type { GroupName, MessageGroup, OfUnit } from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import type { Ask, House } from '../route.ts';
import { meaningOf } from './problem.ts';

/** How an address says of which school unit something is, where none is known. */
const NO_UNIT = 'none';

/** Where a group is, or what of it is of one school unit; nothing in it says who is concerned. */
export function pathOf(
  group: GroupName & OfUnit,
  more: Readonly<Record<string, string>> = {},
): string {
  return `/failed/group?${new URLSearchParams({ ...nameOf(group), ...more })}`;
}

/** What is the matter with a group, in a sentence; its state where it has no problem of its own. */
export function titleOf(ask: Ask, { code, state }: Pick<GroupName, 'code' | 'state'>): string {
  return meaningOf(ask, code ?? '') || (code ?? ask.language.words.states[state]);
}

/** The name of a group, in a form. */
export function groupFields(group: GroupName & OfUnit): Html {
  const inputs = Object.entries(nameOf(group)).map(
    ([field, value]) => html`<input type="hidden" name="${field}" value="${value}">`,
  );
  return html`${inputs}`;
}

function nameOf({ target, type, state, code, objectKind, unit }: GroupName & OfUnit) {
  const about = { target, type, state, code: code ?? '', kind: objectKind };
  return unit === undefined ? about : { ...about, unit: unit || NO_UNIT };
}

/** The school unit that a request is about: of an organisation, '' for none; left out for all. */
export function unitIn(read: (name: string) => string): OfUnit {
  const unit = read('unit');
  if (unit === '') return {};
  return { unit: unit === NO_UNIT ? '' : unit };
}

/** A school unit by its name; what is known by its id alone may have none yet. */
export function unitName({ language }: Pick<Ask, 'language'>, unit: string, name: string): string {
  const { impact: words } = language.words;
  return name || (unit === '' ? words.noUnit : words.unnamed);
}

/** A group as it is counted now, or what of it is of one school unit. */
export interface ShownGroup extends MessageGroup, OfUnit {
  /** The unit's name; '' where none is known. */
  readonly unitName: string;
}

/** The group that a request names; null where nothing is left of it. */
export async function groupOf(
  read: (name: string) => string,
  { control }: House,
): Promise<ShownGroup | null> {
  const { unit } = unitIn(read);
  const isMeant = (one: GroupName) =>
    one.target === read('target') &&
    one.type === read('type') &&
    one.state === read('state') &&
    (one.code ?? '') === read('code') &&
    one.objectKind === read('kind');
  if (unit === undefined) {
    const found = (await control.failureGroups()).find(isMeant);
    return found === undefined ? null : { ...found, unitName: '' };
  }
  const about = { target: read('target'), code: read('code') || null, objectKind: read('kind') };
  const own = (await control.impacts({ ...about, unit })).filter(isMeant);
  const [first] = own;
  if (first === undefined) return null;
  const { target, type, state, code, objectKind, name: unitName } = first;
  const count = own.reduce((sum, one) => sum + one.count, 0);
  return { target, type, state, code, objectKind, unit, unitName, count };
}

/** 0 for what is no whole number. */
export function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
