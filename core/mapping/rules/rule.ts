import { saying } from '../../failure/saying.ts';
import { isObject } from '../../message/digest.ts';
import type { Json, JsonObject, Saying } from '../../message/message.ts';
import type { YamlPath } from '../../schema/yaml-file.ts';
import { Parked, type RulePlace } from '../language/parked.ts';
import { ANYTHING, typesOf } from '../language/schema-walk.ts';
import type { Policy, WrittenRule } from '../language/written.ts';
import { type Compilation, isEmptyValue, type RuleTarget, type Source } from './compilation.ts';
import { type Evaluate, type Evaluation, guarded, type Outcome } from './evaluation.ts';
import { lintGivenCodes } from './given-codes.ts';
import { compileModifiers, toldBy } from './modifiers.ts';
import { compileIdentity, compileTaken } from './references.ts';

const ORIGINS = ['take', 'cel', 'const', 'lookup', 'identity', 'list', 'item', 'omit'] as const;

/** Compiles one rule to an evaluation; its faults are lints of the compilation. */
export function compileRule(
  compilation: Compilation,
  at: YamlPath,
  rule: WrittenRule,
  target: RuleTarget,
): Evaluation {
  const origins = originsOf(rule);
  if (origins.length !== 1) {
    const said =
      origins.length === 0
        ? saying('ruleOfNone', { origins: ORIGINS })
        : saying('ruleOfSeveral', { origins: ORIGINS, found: origins });
    compilation.lint(at, 'MAPPING_RULE', said);
    return NOTHING;
  }
  const place = { file: compilation.yaml.file, line: compilation.lineOf(at), field: target.field };
  const source = compileSource(compilation, at, rule, target, place);
  lintGivenCodes(compilation, at, rule, target.schema);
  if (source.recipe.kind === 'constant') return source;
  lintType(compilation, at, rule, source.schema, target.schema);
  const modifiers = compileModifiers(compilation, at, rule, place, source.schema, target);
  const outcomes = outcomesOf(rule, target, place);
  const recipe = { kind: 'rule', source, place, modifiers, ...outcomes } as const;
  const evaluate: Evaluate = (scope) => {
    let value = guarded(source.evaluate, scope, place);
    if (typeof value === 'string') value = value.trim();
    if (value === undefined) return given(outcomes.missing);
    if (value === null) return given(outcomes.null);
    if (isEmptyValue(value)) return given(outcomes.empty);
    for (const { modify } of modifiers) {
      const modified: Json | undefined = modify(value);
      if (modified === undefined) return undefined;
      value = modified;
    }
    return value;
  };
  return { evaluate, recipe };
}

/** What is given where there is no value. */
function given(outcome: Outcome): Json | undefined {
  if ('park' in outcome) throw outcome.park();
  return outcome.give;
}

/** Where the value comes from; `take` belongs to a lookup and `item` to a list, if there is one. */
function originsOf(rule: WrittenRule): readonly string[] {
  return ORIGINS.filter((origin) => {
    if (rule[origin] === undefined) return false;
    if (origin === 'take') return rule.lookup === undefined;
    return origin !== 'item' || rule.list === undefined;
  });
}

function outcomesOf(rule: WrittenRule, target: RuleTarget, place: RulePlace) {
  const fallback: Policy = target.required ? 'park' : 'omit';
  const missing = rule.default === undefined ? (rule.missing ?? fallback) : { use: rule.default };
  const park = (what: Saying) => () => new Parked('VALUE_MISSING', what, place);
  const { lookup: kind } = rule;
  const nothing =
    kind !== undefined
      ? () => new Parked('REFERENCE_MISSING', saying('noSuchHere', { kind }), place)
      : park(saying('noValue', {}));
  return {
    missing: outcomeOf(missing, nothing),
    null: outcomeOf(rule.null ?? missing, park(saying('isNull', {}))),
    empty: outcomeOf(rule.empty ?? missing, park(saying('isEmpty', {}))),
  };
}

/** It says the same of whatever has no value: it is made once. */
function outcomeOf(policy: Policy, make: () => Parked): Outcome {
  if (policy !== 'park') return { give: toldBy(policy) };
  let parked: Parked | null = null;
  return {
    park: () => {
      parked ??= make();
      return parked;
    },
  };
}

function compileSource(
  compilation: Compilation,
  at: YamlPath,
  rule: WrittenRule,
  target: RuleTarget,
  place: RulePlace,
): Source {
  if (rule.omit !== undefined) return NOTHING;
  if (rule.const !== undefined) return constant(rule.const);
  if (rule.cel !== undefined) {
    return compilation.expression([...at, 'cel'], rule.cel);
  }
  const { identity, lookup } = rule;
  if (identity !== undefined) return compileIdentity(compilation, at, rule, identity, target);
  if (lookup !== undefined) return compileTaken(compilation, at, rule, lookup);
  if (rule.take !== undefined) {
    const { read, recipe, schema } = compilation.path([...at, 'take'], rule.take);
    return { evaluate: read, recipe, schema };
  }
  if (rule.list === undefined) return compileItem(compilation, at, rule, target, place);
  return compileList(compilation, at, rule, target, place);
}

function constant(value: Json): Source {
  return { evaluate: () => value, recipe: { kind: 'constant', value }, schema: ANYTHING };
}

/** One object made of rules; none where its `where` is false. */
function compileItem(
  compilation: Compilation,
  at: YamlPath,
  { item, where: written }: WrittenRule,
  target: RuleTarget,
  place: RulePlace,
): Source {
  const where = compileWhere(compilation, at, written);
  const making = compilation.compileFields(compilation, [...at, 'item'], item ?? {}, target);
  const evaluate: Evaluate = (scope) => {
    const isLeftOut = where !== null && guarded(where.evaluate, scope, place) !== true;
    return isLeftOut ? undefined : making.make(scope);
  };
  return { schema: ANYTHING, evaluate, recipe: { kind: 'item', where, place, make: making } };
}

function compileWhere(compilation: Compilation, at: YamlPath, where: string | undefined) {
  return where === undefined ? null : compilation.condition([...at, 'where'], where);
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
  if (typeof rule.list === 'string') {
    return compileItems(compilation, at, rule, rule.list, itemTarget, place);
  }
  const rules = (rule.list ?? []).map((one, index) =>
    compileRule(compilation, [...at, 'list', index], one, { ...itemTarget, required: false }),
  );
  const evaluate: Evaluate = (scope) => rules.flatMap((one) => present(one.evaluate(scope)));
  return { schema: ANYTHING, evaluate, recipe: { kind: 'rules', rules } };
}

function compileItems(
  compilation: Compilation,
  at: YamlPath,
  { as, where: written, item }: WrittenRule,
  list: string,
  target: RuleTarget,
  place: RulePlace,
): Source {
  const { result, reads } = compilation.readsOf(() => listPath(compilation, [...at, 'list'], list));
  const { read, schema, recipe } = result;
  return compilation.within(() => {
    if (as === undefined && (item !== undefined || written !== undefined)) {
      compilation.lint(at, 'MAPPING_AS_MISSING', saying('listNeedsAs', {}));
    }
    const itemSchema = isObject(schema['items']) ? schema['items'] : ANYTHING;
    const { slot } = compilation.addLocal([...at, 'as'], as ?? ' ', itemSchema, reads);
    const wasInList = compilation.isInList;
    compilation.isInList = true;
    const where = compileWhere(compilation, at, written);
    const making = item && compilation.compileFields(compilation, [...at, 'item'], item, target);
    compilation.isInList = wasInList;
    const evaluate: Evaluate = (scope) => {
      const list = read(scope);
      if (!Array.isArray(list)) return list === undefined || list === null ? list : undefined;
      const made: Json[] = [];
      for (const one of list) {
        scope.locals[slot] = one;
        if (where !== null && guarded(where.evaluate, scope, place) !== true) continue;
        made.push(making === undefined ? one : making.make(scope));
      }
      return made;
    };
    const make = making ?? null;
    return {
      schema: ANYTHING,
      evaluate,
      recipe: { kind: 'items', list: recipe, slot, where, place, make },
    };
  });
}

/** A path that leads to a list; of another field nothing would ever come, and nobody be told. */
export function listPath(compilation: Compilation, at: YamlPath, written: string) {
  const path = compilation.path(at, written);
  const types = typesOf(path.schema).filter((type) => type !== 'null');
  if (types.length > 0 && !types.includes('array')) {
    const said = saying('typesDiffer', { given: types, wanted: ['array'] });
    compilation.lint(at, 'MAPPING_TYPE', said, saying('splitInLet', {}));
  }
  return path;
}

const NOTHING: Source = {
  evaluate: () => undefined,
  recipe: { kind: 'constant', value: undefined },
  schema: ANYTHING,
};

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
  // That there is no value is what the rule's policies are for.
  const from = typesOf(source).filter((type) => type !== 'null');
  const to = typesOf(target);
  if (from.length === 0 || to.length === 0) return;
  const fits = from.some(
    (type) => to.includes(type) || (type === 'integer' && to.includes('number')),
  );
  if (fits) return;
  compilation.lint(at, 'MAPPING_TYPE', saying('typesDiffer', { given: from, wanted: to }));
}
