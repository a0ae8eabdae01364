import { isList, isObject } from './digest.ts';
import type { Json, JsonObject } from './message.ts';

/** What becomes of a reference: it stays, or it goes with whatever is nothing without it. */
export type Keep = (reference: Json) => boolean;

/** `groupMemberships[].person` as `['groupMemberships', '[]', 'person']`. */
export function stepsOf(path: string): readonly string[] {
  return path.replaceAll('[]', '.[]').split('.');
}

/**
 * The value without the references that `keep` refuses. `path` leads to them, `[]` steps into a
 * list. A refused reference takes its list item with it, or, where it is required outside any list,
 * the whole value (null); an optional one leaves alone. Answers the same value if nothing is
 * refused.
 */
export function withoutReferences(
  value: JsonObject,
  path: readonly string[],
  required: boolean,
  keep: Keep,
): JsonObject | null {
  const kept = walk(value, path, 0, required, keep);
  // SAFETY: the root is an object; walking gives back an object or REFUSED.
  return kept === REFUSED ? null : (kept as JsonObject);
}

const REFUSED = Symbol('refused');

function walk(
  value: Json,
  path: readonly string[],
  at: number,
  required: boolean,
  keep: Keep,
): Json | typeof REFUSED {
  const step = path[at];
  if (step === undefined) return keep(value) ? value : REFUSED;
  if (step === '[]') return isList(value) ? walkList(value, path, at, required, keep) : value;
  if (!isObject(value)) return value;
  const child = value[step];
  if (child === undefined) return value;
  const kept = walk(child, path, at + 1, required, keep);
  if (kept === child) return value;
  if (kept !== REFUSED) return { ...value, [step]: kept };
  if (required) return REFUSED;
  const { [step]: _refused, ...rest } = value;
  return rest;
}

function walkList(
  list: readonly Json[],
  path: readonly string[],
  at: number,
  required: boolean,
  keep: Keep,
): Json {
  let changed = false;
  const items: Json[] = [];
  for (const item of list) {
    // A list item that loses what it is about is dropped; the list itself goes on.
    const kept = walk(item, path, at + 1, required, keep);
    if (kept !== item) changed = true;
    if (kept !== REFUSED) items.push(kept);
  }
  return changed ? items : list;
}

/** The value with other references at the end of the path. */
export function replaceReferences(
  value: JsonObject,
  path: readonly string[],
  replace: (reference: Json) => Json,
): JsonObject {
  return changed(value, path, replace, itself);
}

/**
 * The value with each item of the path's lists once: a list of references is a set, and whoever is
 * named for two reasons stays as long as one of them does. Answers the same value if none repeats.
 */
export function withoutRepeats(value: JsonObject, path: readonly string[]): JsonObject {
  return changed(value, path, itself, (items) => {
    const once = new Map(items.map((item) => [JSON.stringify(item), item]));
    return once.size === items.length ? items : [...once.values()];
  });
}

/** The value with the path's lists in an order of their own, in which two are the same set. */
export function withListsInOrder(value: JsonObject, path: readonly string[]): JsonObject {
  return changed(value, path, itself, (items) => {
    const byText = items.map((item) => [JSON.stringify(item), item] as const);
    return byText.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  });
}

type ChangeList = (items: readonly Json[]) => readonly Json[];

function itself<T>(value: T): T {
  return value;
}

function changed(
  value: JsonObject,
  path: readonly string[],
  ofEnd: (found: Json) => Json,
  ofList: ChangeList,
): JsonObject {
  // SAFETY: the root is an object, and no path ends there.
  return changedAt(value, path, ofEnd, ofList) as JsonObject;
}

/** The same value where nothing changes. */
function changedAt(
  value: Json,
  [step, ...rest]: readonly string[],
  ofEnd: (found: Json) => Json,
  ofList: ChangeList,
): Json {
  if (step === undefined) return ofEnd(value);
  if (step === '[]') {
    if (!isList(value)) return value;
    const inner = value.map((item) => changedAt(item, rest, ofEnd, ofList));
    return ofList(inner.every((item, at) => item === value[at]) ? value : inner);
  }
  if (!isObject(value)) return value;
  const child = value[step];
  if (child === undefined) return value;
  const after = changedAt(child, rest, ofEnd, ofList);
  return after === child ? value : { ...value, [step]: after };
}

/** Every value at the end of the path. */
export function* valuesAt(value: Json, path: readonly string[], at = 0): Generator<Json> {
  const step = path[at];
  if (step === undefined) {
    yield value;
  } else if (step === '[]') {
    if (isList(value)) for (const item of value) yield* valuesAt(item, path, at + 1);
  } else if (isObject(value)) {
    const child = value[step];
    if (child !== undefined) yield* valuesAt(child, path, at + 1);
  }
}

/** The value at the end of a path of names and places in lists; undefined where there is none. */
export function valueAt(
  value: Json | undefined,
  path: readonly (string | number)[],
): Json | undefined {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    // SAFETY: an index into a list works as a name does.
    at = (at as JsonObject)[String(step)];
  }
  return at;
}

/** The object with this value at the end of a path of names, which makes what lacks on the way. */
export function withValue(object: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [name = '', ...rest] = path;
  if (rest.length === 0) return { ...object, [name]: value };
  const inner = object[name];
  return { ...object, [name]: withValue(isObject(inner) ? inner : {}, rest, value) };
}

/** The object without what stands at the end of a path of names. */
export function withoutValue(object: JsonObject, path: readonly string[]): JsonObject {
  const [name = '', ...rest] = path;
  const { [name]: inner, ...others } = object;
  if (rest.length === 0) return others;
  return isObject(inner) ? { ...object, [name]: withoutValue(inner, rest) } : object;
}
