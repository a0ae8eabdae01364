import { isObject } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';

/** When the items of a list hold: outside of it they say nothing to anybody. */
export interface InForceRule {
  /** The list, a field of the entity. */
  readonly list: string;
  /** From an item to its first and its last day. */
  readonly first: readonly string[];
  readonly last: readonly string[];
  /** An item that has all of these values never holds. */
  readonly unless: readonly { readonly path: readonly string[]; readonly value: Json }[];
}

/** The lists of a schema that have `x-in-force: { first, last, unless }`. */
export function inForceRules({ properties }: JsonObject): readonly InForceRule[] {
  return Object.entries(isObject(properties) ? properties : {}).flatMap(([list, property]) => {
    const written = isObject(property) ? property['x-in-force'] : undefined;
    if (!isObject(written)) return [];
    const { first, last, unless = {} } = written;
    const values = Object.entries(isObject(unless) ? unless : {});
    const never = values.map(([path, value]) => ({ path: steps(path), value }));
    return [{ list, first: steps(first), last: steps(last), unless: never }];
  });
}

function steps(path: Json | undefined): readonly string[] {
  return String(path).split('.');
}
