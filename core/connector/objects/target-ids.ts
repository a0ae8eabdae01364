import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import { replaceReferences, withoutRepeats } from '../../message/reference-walk.ts';
import type { ReferencePath } from '../../schema/canonical.ts';

/**
 * The object with the target's own ids in place of our keys, where its schema says `x-reference`.
 * `ids` holds them as `<kind>/<key>` -> id. Throws REFERENCE_WITHOUT_ID where one is not known: the
 * target would take our key for the id of something else.
 */
export function withTargetIds(
  object: JsonObject,
  paths: readonly ReferencePath[],
  ids: Readonly<Record<string, string>>,
): JsonObject {
  return paths.reduce((changed, { path, kind }) => {
    const idOf = (key: Json): Json => {
      const id = ids[`${kind}/${key}`];
      if (id === undefined) throw unknownId(kind, path);
      return id;
    };
    return replaceReferences(withoutRepeats(changed, path), path, idOf);
  }, object);
}

function unknownId(kind: string, path: readonly string[]): RefusedFailure {
  const said = saying('noIdTold', { kind, field: path.join('.') });
  return new RefusedFailure('REFERENCE_WITHOUT_ID', said);
}
