import { createHash, hash, timingSafeEqual } from 'node:crypto';
import type { Json, JsonObject } from './message.ts';

/** 130 bits of SHA-256, as 22 URL-safe characters: names and compares contents. */
export function digest(text: string): string {
  return nameOf(hash('sha256', text, 'base64url'));
}

/**
 * The beginning of a hash in base64url as a name that a person can type: one that begins with `-`
 * would be an option to a command line.
 */
export function nameOf(base64url: string): string {
  return base64url.slice(0, 22).replace(/^[-_]/, 'x');
}

/** Digest of a JSON value; fields count in the order in which they stand. */
export function digestOf(value: Json): string {
  return digest(JSON.stringify(value));
}

/** An id made of what it is about, so that writing the same thing twice is one thing. */
export function idOf(...parts: readonly string[]): string {
  return digest(JSON.stringify(parts));
}

/** True if both hold the same values, whatever the order of their fields. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((x, i) => sameJson(x, b[i]));
  }
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]))
  );
}

/** What a text says in JSON; undefined where it is none. */
export function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Array.isArray for readonly lists. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The objects of a list; none where it is no list. */
export function objectsIn(list: Json | undefined): readonly JsonObject[] {
  return isList(list) ? list.filter(isObject) : [];
}

/** Every single value in a value as a text, at any depth; nothing of null. */
export function textsIn(value: Json | undefined): readonly string[] {
  if (value === undefined || value === null) return [];
  return typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [String(value)];
}

/** True of `{ ... }` alone. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** Takes as long whatever differs: digests of one length are compared to their end. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
