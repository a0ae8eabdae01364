import type { Json } from '../../message/message.ts';
import { BACKSLASH, COLON, COMMA, deeper, QUOTE } from '../json-list.ts';

/** What one text of JSON says. */
export interface JsonItem {
  readonly item: Json;
  /** Where an object has a name twice: the first of each, while `item` has the last. */
  readonly first?: Json;
}

/**
 * Reads a text as JSON. A whole number of more digits than a number can hold comes as the text that
 * was written: two ids would be one. Throws SyntaxError.
 */
export function readJsonItem(text: string): JsonItem {
  const item = exactJson(text);
  return namesIn(item) === colonsIn(text) ? { item } : { item, first: firstOf(text) };
}

const LONG_NUMBER = /\d{16}/;

function exactJson(text: string): Json {
  return LONG_NUMBER.test(text) ? JSON.parse(text, exact) : JSON.parse(text);
}

function exact(_name: string, value: Json, context?: { readonly source?: string }): Json {
  const source = context?.source ?? '';
  const isLong = typeof value === 'number' && !Number.isSafeInteger(value);
  return isLong && /^-?\d+$/.test(source) ? source : value;
}

function namesIn(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner: readonly Json[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : inner.length;
  return inner.reduce<number>((sum, one) => sum + namesIn(one), own);
}

/** Each name of an object has one behind it. */
function colonsIn(text: string): number {
  let count = 0;
  eachSign(text, (sign) => {
    if (sign === COLON) count++;
  });
  return count;
}

/** The value in which of each name that stands twice the first counts. */
function firstOf(text: string): Json {
  const inner = text.trim();
  if (inner.startsWith('[')) return piecesOf(inner).map(firstOf);
  if (!inner.startsWith('{')) return exactJson(inner);
  const members = piecesOf(inner).map((piece): [string, Json] => {
    const [colon = 0] = placesOf(piece, COLON, 0);
    return [JSON.parse(piece.slice(0, colon)), firstOf(piece.slice(colon + 1))];
  });
  return Object.fromEntries(members.reverse());
}

/** What stands between the commas of a list or an object. */
function piecesOf(text: string): readonly string[] {
  const ends = placesOf(text, COMMA, 1);
  const pieces = [...ends, text.length - 1].map((end, index) => {
    return text.slice((ends[index - 1] ?? 0) + 1, end);
  });
  return pieces.length === 1 && pieces[0]?.trim() === '' ? [] : pieces;
}

/** Where a sign stands outside of texts, at one depth. */
function placesOf(text: string, meant: number, depth: number): readonly number[] {
  const places: number[] = [];
  eachSign(text, (sign, at, deep) => {
    if (sign === meant && deep === depth) places.push(at);
  });
  return places;
}

/**
 * Commas and colons outside of texts, and how deep they stand. Each record is gone through once
 * more than it is parsed, so that this is a plain loop over codes.
 */
function eachSign(text: string, take: (sign: number, at: number, depth: number) => void): void {
  let [depth, isInText] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) isInText = !isInText;
    else if (isInText) at += sign === BACKSLASH ? 1 : 0;
    else if (sign === COMMA || sign === COLON) take(sign, at, depth);
    else depth += deeper(sign);
  }
}
