import { isList } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';

/** One step of a path: a field, an index, or the first item whose field equals a text. */
export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'match'; readonly field: string; readonly value: string };

const TOKEN =
  /\.?(?:`([^`]+)`|([^.[\]`]+))|\[(\d+)\]|\[([A-Za-z_][\w]*)=(?:"([^"]*)"|([^\]"]*))\]/y;

/** `a.b[0].c[type="x"].d` as steps; null if it is not a path. */
export function parsePath(path: string): readonly Step[] | null {
  const steps: Step[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < path.length) {
    const isFirst = TOKEN.lastIndex === 0;
    const match = TOKEN.exec(path);
    if (match === null) return null;
    const [text, quoted, plain, index, field, quotedValue, plainValue] = match;
    const name = quoted ?? plain;
    if (name !== undefined) {
      if (isFirst === text.startsWith('.')) return null;
      steps.push({ kind: 'field', name });
    } else if (index !== undefined) {
      steps.push({ kind: 'index', index: Number(index) });
    } else if (field !== undefined) {
      steps.push({ kind: 'match', field, value: quotedValue ?? plainValue ?? '' });
    }
  }
  return steps.length === 0 || steps[0]?.kind !== 'field' ? null : steps;
}

/**
 * Reads the value at the end of the steps: undefined where one is missing, null where one is null.
 */
export type Reader = (value: Json | undefined) => Json | undefined;

/** Compiles steps to a reader; one to three plain fields have readers of their own, for speed. */
export function compileReader(steps: readonly Step[]): Reader {
  const names = steps.map((step) => (step.kind === 'field' ? step.name : null));
  const [a, b, c] = names;
  if (steps.length === 0) return (value) => value;
  if (steps.length === 1 && typeof a === 'string') return (value) => fieldOf(value, a);
  if (steps.length === 2 && typeof a === 'string' && typeof b === 'string') {
    return (value) => fieldOf(fieldOf(value, a), b);
  }
  if (
    steps.length === 3 &&
    typeof a === 'string' &&
    typeof b === 'string' &&
    typeof c === 'string'
  ) {
    return (value) => fieldOf(fieldOf(fieldOf(value, a), b), c);
  }
  return (value) => {
    let at = value;
    for (const step of steps) {
      if (at === undefined || at === null) return at;
      at = take(at, step);
    }
    return at;
  };
}

function take(value: Json, step: Step): Json | undefined {
  if (step.kind === 'field') return fieldOf(value, step.name);
  if (!isList(value)) return undefined;
  if (step.kind === 'index') return value[step.index];
  return value.find((item) => wordOf(fieldOf(item, step.field)) === step.value);
}

/** An id as text; null where it names nobody: absent, blank, or no word at all. */
export function textOfId(id: Json | undefined): string | null {
  if (id === undefined || id === null || typeof id === 'object') return null;
  const text = String(id);
  return text.trim() === '' ? null : text;
}

/** A value as a word; an object may hold a field "toString". */
export function wordOf(value: Json | undefined): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function fieldOf(value: Json | undefined, name: string): Json | undefined {
  if (value === undefined || value === null) return value;
  if (typeof value !== 'object' || isList(value)) return undefined;
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Puts a value at a path of plain fields into an object under construction. */
export type Setter = (object: Record<string, Json>, value: Json) => void;

export function compileSetter(names: readonly string[]): Setter {
  const [first = '', ...rest] = names;
  if (rest.length === 0) {
    return (object, value) => {
      object[first] = value;
    };
  }
  const inner = compileSetter(rest);
  return (object, value) => {
    const present = object[first];
    // SAFETY: only setters of the same mapping write here, and they put objects.
    const child = (present ?? {}) as Record<string, Json>;
    if (present === undefined) object[first] = child;
    inner(child, value);
  };
}

/** The plain field names of a target field, or null if it has indexes or matches. */
export function fieldNames(path: string): readonly string[] | null {
  const steps = parsePath(path);
  if (steps === null) return null;
  const names = steps.flatMap((step) => (step.kind === 'field' ? [step.name] : []));
  return names.length === steps.length ? names : null;
}
