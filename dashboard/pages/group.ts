import {
  type GroupName,
  type GroupPart,
  jsonIn,
  MESSAGE_TYPES,
  type MessageGroup,
  type OfPart,
  type OfUnit,
  type PlaceName,
  TROUBLED,
} from '../../core/control/control-bus.ts';
import { type Html, html } from '../html.ts';
import type { Ask, House } from '../route.ts';
import { meaningOf } from './problem.ts';

/** How an address says of which school unit something is, where none is known. */
const NO_UNIT = 'none';

/** Where a group is, or a part of it; nothing in it says who is concerned. */
export function pathOf(
  group: GroupName & OfPart,
  more: Readonly<Record<string, string>> = {},
): string {
  return `/failed/group?${new URLSearchParams({ ...nameOf(group), ...more })}`;
}

/** What is the matter with a group, in a sentence; its state where it has no problem of its own. */
export function titleOf(ask: Ask, { code, state }: Pick<GroupName, 'code' | 'state'>): string {
  return meaningOf(ask, code ?? '') || (code ?? ask.language.words.states[state]);
}

/** The name of a group, in a form. */
export function groupFields(group: GroupName & OfPart): Html {
  const inputs = Object.entries(nameOf(group)).map(
    ([field, value]) => html`<input type="hidden" name="${field}" value="${value}">`,
  );
  return html`${inputs}`;
}

function nameOf(group: GroupName & OfPart): Readonly<Record<string, string>> {
  const { target, type, state, code, objectKind, unit, run, place } = group;
  return {
    ...{ target, type, state, code: code ?? '', kind: objectKind },
    ...(unit === undefined ? {} : { unit: unit || NO_UNIT }),
    ...(run === undefined ? {} : { run }),
    ...(place === undefined ? {} : { place: placeText(place) }),
  };
}

/** A place in an address and in a form. */
export function placeText({ file, field }: PlaceName): string {
  return JSON.stringify([file, field]);
}

/** The part of a group that a request is about; what it does not name is all of it. */
export function partIn(read: (name: string) => string): OfPart {
  const run = read('run');
  const [file, field, ...more] = listIn(read('place'));
  const isPlace = typeof file === 'string' && typeof field === 'string' && more.length === 0;
  return {
    ...unitIn(read),
    ...(run === '' ? {} : { run }),
    ...(isPlace ? { place: { file, field } } : {}),
  };
}

/** Texts and numbers as an address has them in JSON; none where it is something else. */
export function listIn(text: string): readonly (string | number)[] {
  const list = jsonIn(text);
  const isKnown = (one: unknown) => typeof one === 'string' || Number.isSafeInteger(one);
  return Array.isArray(list) && list.every(isKnown) ? list : [];
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

/** A group as it is counted now, or a part of it. */
export interface ShownGroup extends MessageGroup, OfPart {
  /** The unit's name; '' where none is known. */
  readonly unitName: string;
  /** Of which runs and places the whole of it is. */
  readonly parts: readonly GroupPart[];
  /** The same failures in each of their states. */
  readonly states: readonly MessageGroup[];
}

/** The group that a request names; null where nothing is left of it. */
export async function groupOf(
  read: (name: string) => string,
  { control }: House,
): Promise<ShownGroup | null> {
  const part = partIn(read);
  const type = MESSAGE_TYPES.find((one) => one === read('type'));
  if (type === undefined) return null;
  const about = { target: read('target'), type, code: read('code') || null };
  const all = [];
  for (const state of TROUBLED) {
    const name = { ...about, objectKind: read('kind'), state };
    const parts = await control.partsOf(name);
    if (parts.length > 0) all.push({ ...name, count: sum(parts), parts });
  }
  const group = all.find(({ state }) => state === read('state'));
  if (group === undefined) return null;
  const own = await countOf(group, part, group.parts, control);
  const states = all.sort((a, b) => b.count - a.count);
  return own.count === 0 ? null : { ...group, ...part, ...own, states };
}

/** How many are in a part of a group: what is of one unit is counted anew. */
async function countOf(
  { target, type, state, code, objectKind }: MessageGroup,
  part: OfPart,
  parts: readonly GroupPart[],
  control: House['control'],
): Promise<Pick<ShownGroup, 'count' | 'unitName'>> {
  if (part.unit !== undefined) {
    const own = await control.impacts({ target, type, state, code, objectKind, ...part });
    return { count: sum(own), unitName: own[0]?.name ?? '' };
  }
  const { run, place } = part;
  const isMeant = (one: GroupPart) =>
    one.run === (run ?? one.run) &&
    one.file === (place?.file ?? one.file) &&
    one.field === (place?.field ?? one.field);
  return { count: sum(parts.filter(isMeant)), unitName: '' };
}

function sum(all: readonly { readonly count: number }[]): number {
  return all.reduce((total, { count }) => total + count, 0);
}

/** 0 for what is no whole number. */
export function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
