import { isList, isObject } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';

/**
 * What of a value is read: all of it, or some fields, each as far as it says; of a list, of each of
 * its items.
 */
export type Shown = true | ReadonlyMap<string, Shown>;

/** An object with those of its fields that are read. */
export function narrowed(object: JsonObject, shown: Shown): JsonObject {
  if (shown === true) return object;
  const rest: Record<string, Json> = {};
  for (const [name, inner] of shown) {
    const value = object[name];
    if (value !== undefined) rest[name] = narrowedValue(value, inner);
  }
  return rest;
}

function narrowedValue(value: Json, shown: Shown): Json {
  if (isList(value)) return shown === true ? value : value.map((one) => narrowedValue(one, shown));
  return isObject(value) ? narrowed(value, shown) : value;
}

/** Whether what stands at a path is looked at, be it to count its items. */
export function isShown(shown: Shown, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (shown === true || name === undefined) return true;
  const inner = shown.get(name);
  return inner !== undefined && isShown(inner, rest);
}

/** What either reads. */
export function shownByEither(one: Shown | undefined, other: Shown): Shown {
  if (one === undefined) return other;
  if (one === true || other === true) return true;
  const both = new Map(one);
  for (const [name, inner] of other) both.set(name, shownByEither(both.get(name), inner));
  return both;
}

/** What is read of a field. */
export function shownOfField(shown: Shown, name: string): Shown {
  return shown === true || (shown.get(name) ?? new Map());
}

/** A place in a value: what is read there is noted. */
export class Place {
  readonly #fields = new Map<string, Place>();
  #isWhole = false;

  field(name: string): Place {
    const known = this.#fields.get(name) ?? new Place();
    this.#fields.set(name, known);
    return known;
  }

  /** Notes that the value is used as it is. */
  use(): void {
    this.#isWhole = true;
  }

  shown(): Shown {
    if (this.#isWhole) return true;
    return new Map([...this.#fields].map(([name, place]) => [name, place.shown()]));
  }
}
