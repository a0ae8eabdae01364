export interface Position {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export type YamlPath = readonly (string | number)[];

/**
 * Where everything in a file stands: of each value line and column, and what is in it. Of a map, by
 * the names, the place of the name and of its value. JSON; null where a value is not written.
 */
export type Places =
  | readonly [line: number, column: number, within?: Readonly<Record<string, Named>> | Items]
  | null;

type Named = readonly [line: number, column: number, value: Places];
type Items = readonly Places[];

const START: Position = { line: 1, column: 1 };

/** Place of the value at the path; of what is not there, the nearest parent's. */
export function placeOfValue(places: Places, path: YamlPath): Position {
  let [found, here] = [positionOf(places), places];
  for (const name of path) {
    here = valueAt(here, name);
    found = positionOf(here) ?? found;
  }
  return found ?? START;
}

/** Place of the key at the path; of what has no key, the value's. */
export function placeOfKey(places: Places, path: YamlPath): Position {
  let here = places;
  for (const name of path.slice(0, -1)) here = valueAt(here, name);
  const key = namedAt(here, path.at(-1) ?? '');
  return positionOf(key) ?? placeOfValue(places, path);
}

function positionOf(place: Places | Named | undefined): Position | null {
  const [line = 0, column = 0] = place ?? [];
  return line === 0 ? null : { line, column };
}

function valueAt(places: Places, name: string | number): Places {
  const within = places?.[2];
  if (isItems(within)) return within[Number(name)] ?? null;
  return namedAt(places, name)?.[2] ?? null;
}

function namedAt(places: Places, name: string | number): Named | undefined {
  const within = places?.[2];
  if (within === undefined || isItems(within)) return undefined;
  return Object.hasOwn(within, name) ? within[String(name)] : undefined;
}

/** Array.isArray for readonly lists. */
function isItems(within: Readonly<Record<string, Named>> | Items | undefined): within is Items {
  return Array.isArray(within);
}
