import { MACROS, nameOf, nodeOf } from '../language/cel-node.ts';
import type { Place } from './shown.ts';

/** Where the names of an expression stand; several where it may be one or the other. */
export type Places = ReadonlyMap<string, readonly Place[]>;

/** Fields by which functions of ours judge an item; they read nothing else of it. */
const JUDGED_BY = new Map<string, readonly (readonly string[])[]>([
  ...['active', 'notEnded', 'recent', 'activeOn'].map(
    (name) => [name, [['startDate'], ['endDate'], ['cancelled']]] as const,
  ),
  ['ours', [['skolnav', 'governedBy']]],
]);

/**
 * Where the value of an expression may stand; what it reads on the way is noted. The items of a
 * list stand where the list does.
 */
export function placesOf(node: unknown, names: Places): readonly Place[] {
  if (Array.isArray(node)) return node.flatMap((one) => placesOf(one, names));
  const { op, args } = nodeOf(node);
  const [first, second, third] = Array.isArray(args) ? args : [args];
  switch (op) {
    case undefined:
    case 'value':
      return [];
    case 'id':
      return names.get(String(args)) ?? [];
    case '.':
      return placesOf(first, names).map((place) => place.field(String(second)));
    case '?:':
      used(first, names);
      return [...placesOf(second, names), ...placesOf(third, names)];
    case 'list':
      return placesOf(args, names);
    case '==':
    case '!=':
      compared(first, second, names);
      return [];
    case '[]':
      return indexed(first, second, names);
    case 'call':
      return called(String(first), Array.isArray(second) ? second : [], names);
    case 'rcall':
      return looped(String(first), second, Array.isArray(third) ? third : [], names);
    default:
      used(args, names);
      return [];
  }
}

/** Notes that the value of an expression is used as it is. */
export function used(node: unknown, names: Places): void {
  for (const place of placesOf(node, names)) place.use();
}

/** Compared with null, a value is not looked into: only whether there is one is read. */
function compared(first: unknown, second: unknown, names: Places): void {
  if (isNull(first)) placesOf(second, names);
  else if (isNull(second)) placesOf(first, names);
  else used([first, second], names);
}

function isNull(node: unknown): boolean {
  const { op, args } = nodeOf(node);
  return op === 'value' && args === null;
}

function indexed(of: unknown, index: unknown, names: Places): readonly Place[] {
  const { op, args } = nodeOf(index);
  const places = placesOf(of, names);
  if (op === 'value' && typeof args === 'bigint') return places;
  if (op === 'value' && typeof args === 'string') return places.map((one) => one.field(args));
  for (const place of places) place.use();
  used(index, names);
  return [];
}

function called(name: string, args: readonly unknown[], names: Places): readonly Place[] {
  const [first, ...rest] = args;
  if (name === 'first') return placesOf(first, names);
  if (name === 'orElse' || name === 'dyn') return placesOf(args, names);
  const paths = JUDGED_BY.get(name);
  if (paths === undefined) {
    used(args, names);
    return [];
  }
  used(rest, names);
  for (const place of placesOf(first, names)) {
    for (const path of paths) path.reduce((at, field) => at.field(field), place).use();
  }
  return [];
}

/** `list.filter(item, ...)` gives items of the list, `map` what it makes of them. */
function looped(
  name: string,
  receiver: unknown,
  args: readonly unknown[],
  names: Places,
): readonly Place[] {
  const [bound, ...inner] = args;
  const variable = MACROS.has(name) ? nameOf(bound) : null;
  if (variable === null) {
    used([receiver, ...args], names);
    return [];
  }
  const items = placesOf(receiver, names);
  const within = new Map([...names, [variable, items]]);
  const made = name === 'map' ? inner.at(-1) : undefined;
  used(made === undefined ? inner : inner.slice(0, -1), within);
  if (name === 'filter') return items;
  return made === undefined ? [] : placesOf(made, within);
}
