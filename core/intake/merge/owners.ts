import { parsePath, type Step } from '../../mapping/language/path.ts';
import { isList, isObject } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';
import type { Part } from '../../store/intake-store.ts';

/**
 * Field -> the sources that own it, in order; `*` for the fields that are not named. Items of a list
 * may have owners of their own: `emails[type="Skola elev"]`.
 */
export type Owners = ReadonlyMap<string, readonly string[]>;

/** Whose word counts of an entity. */
export interface Heard {
  /** For a field, or the items of a list that have no owner of their own; undefined: nobody's. */
  of(field: string): string | undefined;
  /** For an item of a list. */
  ofItem(field: string, item: Json): string | undefined;
  /** Whether items of the field have owners of their own. */
  isShared(field: string): boolean;
  /** Items with owners of their own first: their order tells nothing of who was heard. */
  arranged(field: string, items: readonly Json[]): readonly Json[];
}

/** Items of one list, told by what stands in one of their fields. */
interface OwnedItems {
  readonly field: string;
  readonly match: Extract<Step, { kind: 'match' }>;
  readonly owners: readonly string[];
}

/**
 * Of a field's owners the first that speaks of the entity is heard. It is heard also where it says
 * nothing of the field: what a register leaves out, such as an address, is not to come from
 * elsewhere.
 */
export function heardAmong(owners: Owners, parts: readonly Part[]): Heard {
  if (owners.size === 0) return ALL_HEARD;
  const speaking = new Set(parts.map(({ source }) => source));
  const first = (own: readonly string[] | undefined) =>
    own?.find((one) => speaking.has(one)) ?? own?.[0];
  const shared = ownedItems(owners);
  const of = (field: string) => first(owners.get(field) ?? owners.get('*'));
  const ofItem = (field: string, item: Json) => {
    const own = shared.find((one) => one.field === field && isOne(item, one));
    return own === undefined ? of(field) : first(own.owners);
  };
  const isShared = (field: string) => shared.some((one) => one.field === field);
  const placeOf = (field: string, item: Json) => {
    const place = shared.findIndex((one) => one.field === field && isOne(item, one));
    return place < 0 ? shared.length : place;
  };
  const arranged = (field: string, items: readonly Json[]) =>
    items.toSorted((a, b) => placeOf(field, a) - placeOf(field, b));
  return { of, ofItem, isShared, arranged };
}

/** Where nothing has an owner. */
const ALL_HEARD: Heard = {
  of: () => undefined,
  ofItem: () => undefined,
  isShared: () => false,
  arranged: (_field, items) => items,
};

/** All who own a field or some of its items, in the order of the configuration. */
export function ownersOf(owners: Owners, field: string): readonly string[] {
  const some = ownedItems(owners).filter((one) => one.field === field);
  const rest = owners.get(field) ?? owners.get('*') ?? [];
  return [...new Set([...some.flatMap((one) => one.owners), ...rest])];
}

function ownedItems(owners: Owners): readonly OwnedItems[] {
  return [...owners].flatMap(([written, names]): OwnedItems[] => {
    if (!written.includes('[')) return [];
    const [field, match] = parsePath(written) ?? [];
    if (field?.kind !== 'field' || match?.kind !== 'match') return [];
    return [{ field: field.name, match, owners: names }];
  });
}

function isOne(item: Json, { match }: OwnedItems): boolean {
  return isObject(item) && item[match.field] === match.value;
}

/** Whether a source is heard with a value, or with any item of it. */
export function isHeardWith(heard: Heard, field: string, value: Json, source: string): boolean {
  if (!heard.isShared(field) || !isList(value)) return (heard.of(field) ?? source) === source;
  return value.some((item) => (heard.ofItem(field, item) ?? source) === source);
}
