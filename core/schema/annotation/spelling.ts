import type { Entity, JsonObject } from '../../message/message.ts';
import { valueAt, withValue } from '../../message/reference-walk.ts';
import { numberSpelling } from './lookup.ts';

/**
 * Compiles `x-spelling`: a list of `{ path, born }`. What stands at the path is an identity number,
 * which one system writes with a hyphen and the next without its century: it gets the one spelling
 * of twelve characters. The century is that of the birth date at `born`, else the last that makes
 * the day one that has come by `today` (`YYYY-MM-DD`); `+` says that its holder is a hundred or
 * older. What is no such number stays as it is.
 */
export function compileSpelling(schema: JsonObject): (entity: Entity, today: string) => Entity {
  const declared = schema['x-spelling'];
  const rules = (Array.isArray(declared) ? declared : []).map((rule: JsonObject) => {
    return { path: String(rule['path']).split('.'), born: String(rule['born']) };
  });
  return (entity, today) => {
    let spelled: JsonObject = entity;
    for (const { path, born } of rules) {
      const written = valueAt(spelled, path);
      if (typeof written !== 'string' || /^\d{12}$/.test(written)) continue;
      const number = wholeNumber(written, entity[born], today);
      if (number !== written) spelled = withValue(spelled, path, number);
    }
    // SAFETY: no such number is the id.
    return spelled as Entity;
  };
}

const WITHOUT_CENTURY = /^\d{6}(?:\d{4}|[A-Z]{2}\d{2}|[A-Z]\d{3})$/;
const WHOLE = /^\d{8}(?:\d{4}|[A-Z]{2}\d{2}|[A-Z]\d{3})$/;

function wholeNumber(written: string, born: unknown, today: string): string {
  const number = numberSpelling(written);
  if (WHOLE.test(number)) return number;
  if (!WITHOUT_CENTURY.test(number)) return written;
  const year = number.slice(0, 2);
  if (typeof born === 'string' && born.slice(2, 4) === year) return born.slice(0, 2) + number;
  const century = Number(today.slice(0, 2));
  // Of a coordination number the day is sixty more.
  const day = String(Number(number.slice(4, 6)) % 60).padStart(2, '0');
  const isToCome = `${number.slice(0, 4)}${day}` > today.slice(2).replaceAll('-', '');
  return String(century - Number(isToCome) - Number(written.includes('+'))) + number;
}
