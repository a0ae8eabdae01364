import { saying } from '../failure/saying.ts';
import { isList, isObject } from '../message/digest.ts';
import type { Json, JsonObject, Problem } from '../message/message.ts';
import type { InboundContext, InboundMapping, PartDraft } from './compiled.ts';
import { orNothing } from './language/parked.ts';
import { compileReader, compileSetter, fieldNames, parsePath, textOfId } from './language/path.ts';
import { propertiesOf } from './language/schema-walk.ts';
import type { WrittenMapping } from './language/written.ts';
import type { Compilation } from './rules/compilation.ts';
import type { Head } from './rules/each.ts';
import type { Scope } from './rules/evaluation.ts';
import { compileRule } from './rules/rule.ts';

type Convert = InboundMapping['convert'];

/** The list of a record whose items are judged one by one; see `alone`. */
interface Items {
  /** The field that the list fills. */
  readonly field: string;
  readonly keyedBy: string;
  of(record: JsonObject): readonly Json[] | null;
  with(record: JsonObject, items: readonly Json[]): JsonObject;
  /** The key that an item has in the field; '' where it cannot be told. */
  keyOf(record: JsonObject, item: Json, context: InboundContext): string;
}

/**
 * An item that cannot be made is set aside alone: what is kept under its key stays, and all others
 * of its record go on. Where nobody can tell whose it is, the record is set aside as a whole.
 */
export function withoutBadItems(convert: Convert, items: Items | null): Convert {
  if (items === null) return convert;
  return (record, context) => {
    const whole = convert(record, context);
    return isProblem(whole) ? (partOf(record, context, convert, items) ?? whole) : whole;
  };
}

function partOf(
  record: JsonObject,
  context: InboundContext,
  convert: Convert,
  items: Items,
): readonly PartDraft[] | null {
  const list = items.of(record);
  if (list === null) return null;
  // Each item is tried in a copy of this, and not of the whole list.
  const rest = items.with(record, []);
  if (isProblem(convert(rest, context))) return null;
  const keyed = list.map((item, index) => {
    const made = convert(items.with(rest, [item]), context);
    const problem = isProblem(made) ? inItem(made, items.field, index) : null;
    return { item, problem, key: items.keyOf(rest, item, context) };
  });
  const bad = new Map(keyed.flatMap(({ key, problem }) => (problem ? [[key, problem]] : [])));
  const [aside] = bad.values();
  if (aside === undefined || bad.has('')) return null;
  // Of two that name the same, nobody can tell which is the one that was kept.
  const good = keyed.filter(({ key }) => !bad.has(key)).map(({ item }) => item);
  const drafts = convert(items.with(record, good), context);
  if (isProblem(drafts)) return null;
  const { field, keyedBy } = items;
  const patched = { field, keyedBy, removed: [], staying: new Set(bad.keys()) };
  return drafts.map((draft) => ({ ...draft, patch: draft.patch ?? patched, aside }));
}

function isProblem(made: readonly PartDraft[] | Problem): made is Problem {
  return !Array.isArray(made);
}

/** The rule's field with the place of the item in its list, from 0. */
function inItem(problem: Problem, field: string, index: number): Problem {
  const { place } = problem;
  if (place?.field == null || !place.field.startsWith(`${field}.`)) return problem;
  const inside = place.field.slice(field.length);
  return { ...problem, place: { ...place, field: `${field}[${index}]${inside}` } };
}

/** Compiles the field of the key once more, by itself; null where no list is judged so. */
export function compileAlone(
  compilation: Compilation,
  { alone, fields }: WrittenMapping,
  entity: JsonObject,
  head: Head,
): Items | null {
  if (alone === undefined) return null;
  const { list: field, keyedBy } = alone;
  const rule = fields[field];
  const [first = ''] = fieldNames(keyedBy) ?? [];
  const key = rule?.item?.[first];
  const names = typeof rule?.list === 'string' ? fieldNames(rule.list) : null;
  if (names === null || rule?.as === undefined || key === undefined) {
    compilation.lint(['alone'], 'MAPPING_FIELD_UNKNOWN', saying('noListOfFields', { list: field }));
    return null;
  }
  const schema = schemaOfKeys(propertiesOf(entity)[field]);
  const target = { field, schema, required: false, isComplete: false };
  const { list = '', as } = rule;
  const keyRule = { list, as, item: { [first]: key } };
  const keys = compileRule(compilation, ['fields', field], keyRule, target);
  const [read, readKey] = [parsePath(names.join('.')) ?? [], parsePath(keyedBy) ?? []].map(
    compileReader,
  );
  const set = compileSetter(names);
  const { slots } = compilation;
  const having = (record: JsonObject, some: readonly Json[]): JsonObject => {
    const copy: Record<string, Json> = structuredClone(record);
    set(copy, some);
    return copy;
  };
  return {
    field,
    keyedBy,
    of: (record) => {
      const found = read?.(record);
      return isList(found) ? found : null;
    },
    with: having,
    keyOf: (record, item, context) => {
      const locals = new Array<Json | undefined>(slots);
      const root = having(record, [item]);
      const scope: Scope = { root, locals, lookup: () => undefined, ...context };
      head.prepareWhatCan(scope);
      const made = orNothing(() => keys.evaluate(scope));
      return (isList(made) ? textOfId(readKey?.(made[0])) : null) ?? '';
    },
  };
}

/** Of an item nothing but its key is made: nothing else is missed. */
function schemaOfKeys(list: Json | undefined): JsonObject {
  const items = isObject(list) && isObject(list['items']) ? list['items'] : {};
  return { type: 'array', items: { ...items, required: [] } };
}
