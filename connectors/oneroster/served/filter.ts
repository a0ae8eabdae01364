import type { Json, JsonObject } from '../../../core/plugin.ts';

/** What the client asked for cannot be answered; `minor` is the standard's word for why. */
export class Refused extends Error {
  readonly status: number;
  readonly minor: string;

  constructor(status: number, minor: string, description: string) {
    super(description);
    this.status = status;
    this.minor = minor;
  }
}

/** One comparison of a filter. */
export interface Comparison {
  readonly field: readonly string[];
  readonly operator: string;
  readonly value: string;
}

/** A filter as it was written: one comparison, or two. */
export interface Filter {
  readonly comparisons: readonly Comparison[];
  readonly join: 'AND' | 'OR';
}

const COMPARISON = /^\s*([A-Za-z0-9.]+)\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^']|'')*)'/;
const JOIN = /^\s+(AND|OR)\s+/;
const LONGEST = 1000;

/** Reads a filter: comparisons with values in single quotes, one AND or OR at most. */
export function parseFilter(text: string, known: ReadonlySet<string>): Filter {
  const wrong = () =>
    new Refused(400, 'invalid_filter_field', "a filter is such as status='active' AND role='x'");
  const comparisons: Comparison[] = [];
  let join: Filter['join'] = 'AND';
  if (text.length > LONGEST) throw wrong();
  for (let rest = text; ; ) {
    const [whole, field = '', operator = '', value = ''] = COMPARISON.exec(rest) ?? [];
    if (whole === undefined) throw wrong();
    const path = field.split('.');
    if (!known.has(path[0] ?? '')) {
      throw new Refused(400, 'invalid_filter_field', 'there is no such field to filter by');
    }
    comparisons.push({ field: path, operator, value: value.replaceAll("''", "'") });
    rest = rest.slice(whole.length);
    if (rest.trim() === '') return { comparisons, join };
    const [joined, word] = JOIN.exec(rest) ?? [];
    if (joined === undefined || comparisons.length > 1) throw wrong();
    join = word === 'OR' ? 'OR' : 'AND';
    rest = rest.slice(joined.length);
  }
}

/** Whether an object of the standard is meant by a filter. */
export function isMeant({ comparisons, join }: Filter, object: JsonObject): boolean {
  const holds = (one: Comparison) => compareTo(one, valuesAt(object, one.field));
  return join === 'AND' ? comparisons.every(holds) : comparisons.some(holds);
}

/** Of a list any value may hold; what is not there is other than everything. */
function compareTo({ field, operator, value }: Comparison, found: readonly string[]): boolean {
  const isTime = field[0] === 'dateLastModified';
  const order = (text: string) => {
    if (!isTime) return text < value ? -1 : Number(text > value);
    return Math.sign(Date.parse(text) - Date.parse(value));
  };
  switch (operator) {
    case '=':
      return found.some((text) => order(text) === 0);
    case '!=':
      return !found.some((text) => order(text) === 0);
    case '>':
      return found.some((text) => order(text) > 0);
    case '>=':
      return found.some((text) => order(text) >= 0);
    case '<':
      return found.some((text) => order(text) < 0);
    case '<=':
      return found.some((text) => order(text) <= 0);
    default:
      return found.some((text) => text.toLowerCase().includes(value.toLowerCase()));
  }
}

/** The texts at a path; lists on the way are gone into. */
export function valuesAt(value: Json | undefined, path: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesAt(one, path));
  const [step, ...rest] = path;
  if (step === undefined) {
    return value === undefined || value === null || typeof value === 'object'
      ? []
      : [String(value)];
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return [];
  return valuesAt(Reflect.get(value, step), rest);
}
