import { unitNames } from '../../guard/unit-names.ts';
import type { Message } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import type { GroupName, GroupPart, OfPart, PageKey, PageWish } from '../../store/message-store.ts';
import { HiddenOrigins } from './groups.ts';
import type { FailureWish } from './requests.ts';

/** A message with the name of its school unit; '' where none is known, or may be told. */
export interface ListedFailure {
  readonly message: Message;
  readonly unitName: string;
}

export interface FailurePage {
  readonly failures: readonly ListedFailure[];
  /** Where the following page begins; null after the last. */
  readonly next: PageKey | null;
}

/** The messages of groups, however many they are. */
export interface FailurePages {
  /** Messages of a group, or of a part of it, page by page. */
  failurePage(group: GroupName & OfPart, wish: FailureWish): Promise<FailurePage>;
  /** Of which runs and places the messages of a group are; the most first. */
  partsOf(group: GroupName): Promise<readonly GroupPart[]>;
}

/** Messages of one unit (0), of none (1), or of whom no unit may be told (2). */
interface Section {
  readonly place: number;
  readonly name: string;
  readonly unit: string;
}
type SectionKey = Readonly<Record<keyof Section, string | number>>;
const HIDDEN = 2;

/**
 * A page of a group, or of a part of it. What belongs to a unit, and may not be told to, is on the
 * pages of no unit of its own, and stands last where units are the order.
 */
export async function failurePage(
  engine: Engine,
  group: GroupName & OfPart,
  { by, ...wish }: FailureWish,
): Promise<FailurePage> {
  const { messages } = engine.store;
  const hidden = await HiddenOrigins.read(engine);
  if (by === 'unit' && group.unit === undefined) return byUnits(engine, group, wish, hidden);
  const order = by === 'unit' ? 'number' : by;
  const found = await messages.page(group, { ...wish, by: order });
  const isMeant = (one: Message) => group.unit === undefined || hidden.unitOf(one) === group.unit;
  const failures = await listed(engine, found.messages.filter(isMeant), hidden);
  return { failures, next: found.next };
}

/** Of which runs and places the messages of a group are; the most first. */
export async function partsOf({ store }: Engine, group: GroupName): Promise<readonly GroupPart[]> {
  const { target, type, state, code, objectKind } = group;
  const parts = await store.messages.parts({ target, type, state, code, objectKind });
  return [...parts].sort((a, b) => b.count - a.count);
}

async function listed(
  { store }: Engine,
  messages: readonly Message[],
  hidden: HiddenOrigins,
): Promise<readonly ListedFailure[]> {
  const names = await unitNames(
    store,
    messages.map((one) => hidden.unitOf(one)),
  );
  return messages.map((message) => {
    return { message, unitName: names.get(hidden.unitOf(message)) ?? '' };
  });
}

/** Section by section, each in the order in which its messages came. */
async function byUnits(
  engine: Engine,
  group: GroupName & OfPart,
  { after, limit }: Pick<PageWish, 'after' | 'limit'>,
  hidden: HiddenOrigins,
): Promise<FailurePage> {
  const [place = 0, name = '', unit = '', begun = 0] = after ?? [];
  const from = { place, name, unit };
  const sections = (await sectionsOf(engine, group)).filter((one) => compare(one, from) >= 0);
  const found: Message[] = [];
  for (const section of sections) {
    let key: PageKey | null = [compare(section, from) === 0 ? begun : 0];
    while (key !== null) {
      const room = limit - found.length;
      const wish = { by: 'number', after: key, limit: room || limit } as const;
      const page = await engine.store.messages.page(inSection(group, section, hidden), wish);
      const own = page.messages.filter((one) => isIn(section, one, hidden));
      // An address says where the next page begins: at one whose unit may be told.
      if (room === 0 && own.length > 0) {
        const next = [section.place, section.name, section.unit, ...key];
        return { failures: await listed(engine, found, hidden), next };
      }
      found.push(...own);
      key = page.next;
    }
  }
  return { failures: await listed(engine, found, hidden), next: null };
}

/** Units by name; then what is of none, and what may be told of none. */
async function sectionsOf(
  { store }: Engine,
  { unit: _unit, ...ofAllUnits }: GroupName & OfPart,
): Promise<readonly Section[]> {
  const units = await store.messages.units(ofAllUnits);
  const names = await unitNames(store, units);
  const sections = units
    .filter((unit) => unit !== '')
    .map((unit) => ({ place: 0, name: names.get(unit) ?? '', unit }));
  const last = [1, HIDDEN].map((at) => ({ place: at, name: '', unit: '' }));
  return [...sections.sort(compare), ...last];
}

function compare(a: SectionKey, b: SectionKey): number {
  const pairs = [[a.place, b.place] as const, [a.name, b.name] as const, [a.unit, b.unit] as const];
  const [one, other] = pairs.find(([left, right]) => left !== right) ?? [0, 0];
  return one === other ? 0 : one < other ? -1 : 1;
}

function inSection(group: GroupName & OfPart, { place, unit }: Section, { ids }: HiddenOrigins) {
  return place === HIDDEN ? { ...group, origins: ids } : { ...group, unit };
}

/** Of whom no unit may be told, those that have none are with all others that have none. */
function isIn({ place, unit }: Section, message: Message, hidden: HiddenOrigins): boolean {
  if (place === HIDDEN) return (message.unit ?? '') !== '';
  return hidden.unitOf(message) === unit;
}
