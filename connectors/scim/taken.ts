import { isObject, type Json, type JsonObject } from '../../core/plugin.ts';
import { objectsIn } from './paged-list.ts';

/**
 * Names of the attributes of which an answer shows that they were not taken: a status of 200 alone
 * says nothing. What it does not show may be hidden, or read on demand only; a text in other words
 * may be in the service's own form, unless it is the text that was to be replaced.
 */
export function notTaken(
  sent: JsonObject,
  answered: JsonObject,
  previous: JsonObject,
): readonly string[] {
  return Object.keys(sent).filter((name) => {
    if (name === 'schemas' || name === 'id' || name === '$ref') return false;
    return !isTaken(sent[name], answered[name], previous[name]);
  });
}

/** Members that were sent and that the answer's list lacks, where it shows a list at all. */
export function missingMembers(sent: Json | undefined, answered: Json | undefined) {
  if (!Array.isArray(answered)) return [];
  const held = new Set(objectsIn(answered).map(({ value }) => comparable(value)));
  return objectsIn(sent).filter(({ value }) => !held.has(comparable(value)));
}

function isTaken(
  sent: Json | undefined,
  answered: Json | undefined,
  previous: Json | undefined,
): boolean {
  if (answered === undefined || answered === null || sent === undefined) return true;
  if (Array.isArray(sent)) return isListTaken(sent, answered, previous);
  if (isObject(sent)) {
    if (!isObject(answered)) return true;
    return notTaken(sent, answered, isObject(previous) ? previous : {}).length === 0;
  }
  if (comparable(sent) === comparable(answered)) return true;
  if (typeof sent === 'string') return comparable(answered) !== comparable(previous);
  return typeof sent !== typeof answered;
}

/** By their `value`; a list that is shown empty tells nothing: some services show no members. */
function isListTaken(sent: readonly Json[], answered: Json, previous: Json | undefined): boolean {
  const shown = objectsIn(answered);
  if (shown.length === 0 || shown.some(({ value }) => value === undefined)) return true;
  const wanted = new Set(objectsIn(sent).map(({ value }) => comparable(value)));
  const held = new Set(shown.map(({ value }) => comparable(value)));
  const gone = objectsIn(previous).map(({ value }) => comparable(value));
  const stays = gone.some((value) => !wanted.has(value) && held.has(value));
  return !stays && [...wanted].every((value) => held.has(value));
}

/** As services write it in their own form: other letters, other spaces. */
function comparable(value: Json | undefined): string {
  return String(value).normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase();
}
