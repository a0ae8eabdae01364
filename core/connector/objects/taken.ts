import { isObject, objectsIn } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';

const NONE: ReadonlySet<string> = new Set();

/**
 * Names of the fields of which an answer shows that they were not taken: a status of 200 alone says
 * nothing. What it does not show may be hidden, or read on demand only; a text in other words may
 * be in the target's own form, unless it is the text that was to be replaced. What was to go is not
 * taken where its former value is shown. `except`: names, at any depth, that the target decides alone.
 */
export function notTaken(
  sent: JsonObject,
  answered: JsonObject,
  previous: JsonObject,
  except: ReadonlySet<string> = NONE,
): readonly string[] {
  const names = new Set(
    [...Object.keys(sent), ...Object.keys(previous)].filter((name) => !except.has(name)),
  );
  return [...names].filter((name) =>
    name in sent
      ? !isTaken(sent[name], answered[name], previous[name], except)
      : stays(previous[name], answered[name], except),
  );
}

/** What was to go is still shown. A yes or no may be what the target has by itself. */
function stays(
  previous: Json | undefined,
  answered: Json | undefined,
  except: ReadonlySet<string>,
): boolean {
  if (answered === undefined || answered === null || typeof previous === 'boolean') return false;
  if (Array.isArray(previous)) return !isListTaken([], answered, previous);
  if (isObject(previous))
    return isObject(answered) && notTaken({}, answered, previous, except).length > 0;
  return comparable(previous) === comparable(answered);
}

function isTaken(
  sent: Json | undefined,
  answered: Json | undefined,
  previous: Json | undefined,
  except: ReadonlySet<string>,
): boolean {
  if (answered === undefined || answered === null || sent === undefined) return true;
  if (Array.isArray(sent)) return isListTaken(sent, answered, previous);
  if (isObject(sent)) {
    if (!isObject(answered)) return true;
    return notTaken(sent, answered, isObject(previous) ? previous : {}, except).length === 0;
  }
  if (comparable(sent) === comparable(answered)) return true;
  if (typeof sent === 'string') return comparable(answered) !== comparable(previous);
  return typeof sent !== typeof answered;
}

/** By their `value`, where they have parts; a list that is shown empty tells nothing. */
function isListTaken(sent: readonly Json[], answered: Json, previous: Json | undefined): boolean {
  const shown = valuesOf(answered);
  if (shown.length === 0 || shown.includes(undefined)) return true;
  const wanted = new Set(valuesOf(sent).map(comparable));
  const held = new Set(shown.map(comparable));
  const gone = valuesOf(previous).map(comparable);
  const stays = gone.some((value) => !wanted.has(value) && held.has(value));
  return !stays && [...wanted].every((value) => held.has(value));
}

/** What the items of a list are known by: none where it is no list, or one of other things. */
function valuesOf(list: Json | undefined): readonly (Json | undefined)[] {
  if (!Array.isArray(list)) return [];
  return list.map((item: Json) => (isObject(item) ? item['value'] : item));
}

/** As targets write it in their own form: other letters, other spaces. */
function comparable(value: Json | undefined): string {
  return String(value).normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase();
}

/** Members that were sent and that the answer's list lacks, where it shows a list at all. */
export function missingMembers(
  sent: Json | undefined,
  answered: Json | undefined,
): readonly JsonObject[] {
  if (!Array.isArray(answered)) return [];
  const held = new Set(objectsIn(answered).map(({ value }) => comparable(value)));
  return objectsIn(sent).filter(({ value }) => !held.has(comparable(value)));
}
