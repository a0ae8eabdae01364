import { isReference } from '../../config/secrets.ts';
import type { Json, JsonObject } from '../../message/message.ts';

/** An option of a binding as it may be shown: a secret that stands in the file itself is null. */
export interface ShownOption {
  /** Dotted. */
  readonly name: string;
  readonly value: string | null;
}

/** The options of a binding as they are written; `secrets` are dotted paths, `*` any name. */
export function shownOptions(
  options: JsonObject,
  secrets: readonly string[],
): readonly ShownOption[] {
  const hidden = secrets.map((path) => path.split('.'));
  return Object.entries(options).flatMap(([name, value]) => shown([name], value, hidden));
}

function shown(
  path: readonly string[],
  value: Json | undefined,
  hidden: readonly (readonly string[])[],
): readonly ShownOption[] {
  const name = path.join('.');
  // A reference says where the secret is, and not what it is.
  if (typeof value === 'string' && isReference(value)) return [{ name, value }];
  if (hidden.some((one) => isUnder(path, one))) return [{ name, value: null }];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, inner]) => shown([...path, key], inner, hidden));
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return [{ name, value: withoutLogin(text) }];
}

function isUnder(path: readonly string[], secret: readonly string[]): boolean {
  return (
    path.length >= secret.length && secret.every((name, at) => name === '*' || name === path[at])
  );
}

/** Addresses may hold who logs in, and a key among the questions. */
function withoutLogin(text: string): string {
  return text.replace(/(\w+:\/\/)[^/@\s]*@/, '$1…@').replace(/(:\/\/[^?\s]*)\?\S*/, '$1?…');
}
