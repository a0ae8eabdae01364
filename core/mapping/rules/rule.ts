import type { YamlPath } from '../../config/yaml-file.ts';
import { isObject } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import { Parked, type RulePlace } from '../language/parked.ts';
import { textOfId } from '../language/path.ts';
import { ANYTHING, typesOf } from '../language/schema-walk.ts';
import type { Policy, WrittenRule } from '../language/written.ts';
import { type Compilation, type Evaluate, isEmptyValue, type RuleTarget } from './compilation.ts';
import { compileModifiers, obey } from './modifiers.ts';

interface Source {
  readonly read: Evaluate;
  readonly schema: JsonObject;
  /** What stands there is taken as it is: constants. */
  readonly isFinal?: boolean;
}

const ORIGINS = ['take', 'cel', 'const', 'lookup', 'identity', 'list', 'item', 'omit'] as const;

/** Compiles one rule to an evaluation; its faults are lints of the compilation. */
export function compileRule(
  compilation: Compilation,
  at: YamlPath,
  rule: WrittenRule,
  target: RuleTarget,
): Evaluate {
  const origins = originsOf(rule);
  if (origins.length !== 1) {
    const found = origins.length === 0 ? 'none' : origins.join(' and ');
    const text = `a rule has exactly one of ${ORIGINS.join(', ')}; here is ${found}.`;
    compilation.lint(at, 'MAPPING_RULE', text);
    return () => undefined;
  }
  const place = { file: compilation.yaml.file, line: compilation.lineOf(at), field: target.field };
  const source = compileSource(compilation, at, rule, target, place);
  if (source.isFinal === true) return source.read;
  lintType(compilation, at, rule, source.schema, target.schema);
  const modifiers = compileModifiers(compilation, at, rule, place, source.schema, target.schema);
  const policies = policiesOf(rule, target, place);
  return (scope) => {
    let value = evaluate(source.read, scope, place);
    if (typeof value === 'string') value = value.trim();
    if (value === undefined) return policies.missing();
    if (value === null) return policies.null();
    if (isEmptyValue(value)) return policies.empty();
    for (const modify of modifiers) {
      const modified: Json | undefined = modify(value);
      if (modified === undefined) return undefined;
      value = modified;
    }
    return value;
  };
}

/** Where the value comes from; `take` belongs to a lookup and `item` to a list, if there is one. */
function originsOf(rule: WrittenRule): readonly string[] {
  return ORIGINS.filter((origin) => {
    if (rule[origin] === undefined) return false;
    if (origin === 'take') return rule.lookup === undefined;
    return origin !== 'item' || rule.list === undefined;
  });
}

/** CEL throws its own errors: they park, without the values that they may quote. */
function evaluate(read: Evaluate, scope: Parameters<Evaluate>[0], place: RulePlace) {
  try {
    return read(scope);
  } catch (error) {
    if (error instanceof Parked || !(error instanceof Error)) throw error;
    throw new Parked('EXPRESSION_FAILED', reasonOf(error), place);
  }
}

/** The kind of a CEL fault: a key of a schema may be told, a value never. */
export function reasonOf(error: Error): string {
  const key = /^No such key: ([A-Za-z]\w*)/.exec(error.message)?.[1];
  return key === undefined ? 'the expression does not fit the value' : `the value has no ${key}`;
}

function policiesOf(rule: WrittenRule, target: RuleTarget, place: RulePlace) {
  const fallback: Policy = target.required ? 'park' : 'omit';
  const missing = rule.default === undefined ? (rule.missing ?? fallback) : { use: rule.default };
  const park = (what: string) => () => new Parked('VALUE_MISSING', what, place);
  const isReference = rule.lookup !== undefined;
  const nothing = isReference
    ? () => new Parked('REFERENCE_MISSING', `no such ${rule.lookup} here`, place)
    : park('has no value');
  return {
    missing: () => obey(missing, nothing),
    null: () => obey(rule.null ?? missing, park('is null')),
    empty: () => obey(rule.empty ?? missing, park('is empty')),
  };
}

function compileSource(
  compilation: Compilation,
  at: YamlPath,
  rule: WrittenRule,
  target: RuleTarget,
  place: RulePlace,
): Source {
  if (rule.omit !== undefined) return { read: () => undefined, schema: ANYTHING, isFinal: true };
  if (rule.const !== undefined) return constant(compilation, at, rule.const, target);
  if (rule.cel !== undefined) {
    const { evaluate: read } = compilation.expression([...at, 'cel'], rule.cel);
    return { read, schema: ANYTHING };
  }
  if (rule.identity !== undefined) return identity(compilation, at, rule, rule.identity, target);
  if (rule.lookup !== undefined) return lookup(compilation, at, rule, rule.lookup);
  if (rule.take !== undefined) return compilation.path([...at, 'take'], rule.take);
  if (rule.list === undefined) return compileItem(compilation, at, rule, target, place);
  return compileList(compilation, at, rule, target, place);
}

function constant(compilation: Compilation, at: YamlPath, value: Json, target: RuleTarget): Source {
  const allowed = target.schema['enum'];
  if (Array.isArray(allowed) && !allowed.includes(value)) {
    const text = `${target.field} must be one of ${allowed.slice(0, 12).join(', ')}.`;
    compilation.lint([...at, 'const'], 'MAPPING_TYPE', text);
  }
  return { read: () => value, schema: ANYTHING, isFinal: true };
}

function identity(
  compilation: Compilation,
  at: YamlPath,
  { kind, of }: WrittenRule,
  path: string,
  target: RuleTarget,
): Source {
  const { read } = compilation.path([...at, 'identity'], path);
  const referred = target.schema['x-reference'];
  const entityKind = kind ?? (typeof referred === 'string' ? referred : '');
  if (compilation.world.canonical.get(entityKind) === undefined) {
    compilation.lint(at, 'MAPPING_LOOKUP_UNKNOWN', `no entity kind "${entityKind}".`);
  }
  const asObject = typesOf(target.schema).includes('object');
  const name = (scope: Parameters<Evaluate>[0], id: string) =>
    scope.identify(of ?? null, entityKind, id);
  return {
    schema: ANYTHING,
    read: (scope) => {
      const id = read(scope);
      const text = textOfId(id);
      if (text === null) return id === undefined || id === null ? id : '';
      const known = name(scope, text);
      return asObject ? { id: known } : known;
    },
  };
}

function lookup(compilation: Compilation, at: YamlPath, rule: WrittenRule, kind: string): Source {
  const schema = compilation.world.canonical.get(kind)?.schema;
  if (schema === undefined || rule.by === undefined) {
    compilation.lint(at, 'MAPPING_LOOKUP_UNKNOWN', `no entity kind "${kind}", or no \`by\`.`);
    return { read: () => undefined, schema: ANYTHING };
  }
  return compilation.within(() => {
    const find = compileLookup(compilation, at, kind, rule.by ?? '');
    const name = `lookup ${compilation.slots}`;
    const { slot } = compilation.addLocal(at, name, schema, [], kind);
    const taken = compilation.path([...at, 'take'], `\`${name}\`.${rule.take ?? 'id'}`);
    const read: Evaluate = (scope) => {
      scope.locals[slot] = find(scope);
      return taken.read(scope);
    };
    return { read, schema: taken.schema };
  });
}

/** Reads the id at `by` and answers the entity; what will be asked for is noted in `needs`. */
export function compileLookup(
  compilation: Compilation,
  at: YamlPath,
  kind: string,
  by: string,
): Evaluate {
  const first = /^`?([^`.[]+)/.exec(by)?.[1] ?? '';
  if ((compilation.local(first)?.lookup ?? null) !== null) {
    const text = `"${by}" reads from another lookup.`;
    compilation.lint(at, 'MAPPING_LOOKUP_CHAINED', text, 'Look up from the root or `each` item.');
  }
  if (compilation.isInList) {
    const text = 'a lookup cannot stand inside a list.';
    compilation.lint(at, 'MAPPING_LOOKUP_CHAINED', text, 'Make the list an `each`.');
  }
  const { read } = compilation.path([...at, 'by'], by);
  const idOf = (scope: Parameters<Evaluate>[0]) => {
    const id = read(scope);
    return typeof id === 'string' ? id : null;
  };
  compilation.lookups.add(kind);
  compilation.needs.push((scope) => {
    const id = idOf(scope);
    return id === null ? null : { kind, id };
  });
  return (scope) => {
    const id = idOf(scope);
    return id === null ? undefined : scope.lookup(kind, id);
  };
}

/** One object made of rules; none where its `where` is false. */
function compileItem(
  compilation: Compilation,
  at: YamlPath,
  { item, where }: WrittenRule,
  target: RuleTarget,
  place: RulePlace,
): Source {
  const isWanted =
    where === undefined ? null : compilation.expression([...at, 'where'], where).evaluate;
  const make = compilation.compileFields(compilation, [...at, 'item'], item ?? {}, target);
  const read: Evaluate = (scope) => {
    const isLeftOut = isWanted !== null && evaluate(isWanted, scope, place) !== true;
    return isLeftOut ? undefined : make(scope);
  };
  return { schema: ANYTHING, read };
}

/** A list of objects made from a list, a list of rules, or a list as it stands. */
function compileList(
  compilation: Compilation,
  at: YamlPath,
  rule: WrittenRule,
  target: RuleTarget,
  place: RulePlace,
): Source {
  const items = isObject(target.schema['items']) ? target.schema['items'] : ANYTHING;
  const itemTarget = { ...target, schema: items, required: true };
  if (typeof rule.list !== 'string') {
    const rules = (rule.list ?? []).map((one, index) =>
      compileRule(compilation, [...at, 'list', index], one, { ...itemTarget, required: false }),
    );
    const read: Evaluate = (scope) => rules.flatMap((one) => present(one(scope)));
    return { schema: ANYTHING, read };
  }
  const list = rule.list;
  const { result, reads } = compilation.readsOf(() => compilation.path([...at, 'list'], list));
  const { read, schema } = result;
  return compilation.within(() => {
    const { as, where, item } = rule;
    if (as === undefined && (item !== undefined || where !== undefined)) {
      compilation.lint(at, 'MAPPING_AS_MISSING', 'a list with `item` or `where` needs `as`.');
    }
    const itemSchema = isObject(schema['items']) ? schema['items'] : ANYTHING;
    const local = compilation.addLocal([...at, 'as'], as ?? ' ', itemSchema, reads);
    const wasInList = compilation.isInList;
    compilation.isInList = true;
    const isWanted =
      where === undefined ? null : compilation.expression([...at, 'where'], where).evaluate;
    const inItem = [...at, 'item'];
    const make = item && compilation.compileFields(compilation, inItem, item, itemTarget);
    compilation.isInList = wasInList;
    return {
      schema: ANYTHING,
      read: (scope) => {
        const list = read(scope);
        if (!Array.isArray(list)) return list === undefined || list === null ? list : undefined;
        const made: Json[] = [];
        for (const one of list) {
          scope.locals[local.slot] = one;
          if (isWanted !== null && evaluate(isWanted, scope, place) !== true) continue;
          made.push(make === undefined ? one : make(scope));
        }
        return made;
      },
    };
  });
}

function present(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : [value];
}

/** Lints a source whose type the target cannot take and that no modifier changes. */
function lintType(
  compilation: Compilation,
  at: YamlPath,
  rule: WrittenRule,
  source: JsonObject,
  target: JsonObject,
): void {
  const changes = [rule.table, rule.template, rule.split, rule.number, rule.boolean];
  if (changes.some((change) => change !== undefined)) return;
  const [from, to] = [typesOf(source), typesOf(target)];
  if (from.length === 0 || to.length === 0) return;
  const fits = from.some(
    (type) => to.includes(type) || (type === 'integer' && to.includes('number')),
  );
  if (fits) return;
  const text = `the source gives ${from.join(' or ')}, the target wants ${to.join(' or ')}.`;
  compilation.lint(at, 'MAPPING_TYPE', text);
}
