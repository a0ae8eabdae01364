import type { JsonObject } from '../../message/message.ts';

/** A value that no two entities of a kind may have. */
export interface UniqueRule {
  /** `number`, `account`: for people. */
  readonly as: string;
  /** Field names from the entity to the value, or to a list of values. */
  readonly path: readonly string[];
  /** The field that only the first one's view shows; null where all keep it. */
  readonly withheld: string | null;
}

/** Reads `x-unique`: a list of `{ as, path, withheld? }`. */
export function uniqueRules(schema: JsonObject): readonly UniqueRule[] {
  const declared = schema['x-unique'];
  return (Array.isArray(declared) ? declared : []).map((rule: JsonObject) => {
    const path = String(rule['path']).split('.');
    return {
      as: String(rule['as']),
      path,
      withheld: rule['withheld'] === true ? (path[0] ?? null) : null,
    };
  });
}
