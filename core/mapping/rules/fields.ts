import { posix } from 'node:path';
import { nearestTo } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import { isObject } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import type { YamlPath } from '../../schema/yaml-file.ts';
import type { RuleNote, TableRow } from '../compiled.ts';
import { Parked, UNREAD_WORD } from '../language/parked.ts';
import { compileSetter, fieldNames } from '../language/path.ts';
import { propertiesOf, requiredOf, walkSchema } from '../language/schema-walk.ts';
import { parseTable } from '../language/table.ts';
import type { WrittenFields, WrittenRule } from '../language/written.ts';
import { type Compilation, OF_LOOKUP, type RuleTarget } from './compilation.ts';
import type { FieldRecipe, MakeObject, Making, Scope } from './evaluation.ts';
import { compileRule } from './rule.ts';

/** A field that has a rule: as it is written, and as a path. */
interface Covered {
  readonly name: string;
  readonly names: readonly string[];
  readonly isOmitted: boolean;
}

/** Compiles `fields` or a list's `item` against the target's schema. */
export function compileFields(
  compilation: Compilation,
  at: YamlPath,
  fields: WrittenFields,
  target: RuleTarget,
): Making {
  const assigned: FieldRecipe[] = [];
  const covered: Covered[] = [];
  for (const [name, rule] of Object.entries(fields)) {
    const names = namesOf(name, target.schema);
    const field = target.field === '' ? name : `${target.field}.${name}`;
    const { schema, required } = targetOf(compilation, [...at, name], names, target.schema);
    const to = { field, schema, required, isComplete: target.isComplete };
    const { result: value, reads } = compilation.readsOf(() =>
      compileRule(compilation, [...at, name], rule, to),
    );
    const table = typeof rule.table === 'string' ? rule.table : null;
    const line = compilation.lineOf([...at, name]);
    const rows = () => tableRows(compilation, [...at, name], rule);
    if (rule.omit === undefined) {
      const path = target.field === '' ? names : null;
      const isKey = path !== null && JSON.stringify(rule) === compilation.keyRule;
      compilation.rules.push({ field, path, isKey, line, ...notedReads(reads), table, rows });
    }
    const isCoded = schema['enum'] !== undefined;
    const set = compileSetter(names);
    if (rule.omit === undefined) assigned.push({ name, names, set, value, isCoded });
    covered.push({ name, names, isOmitted: rule.omit !== undefined });
  }
  if (target.isComplete) lintUnmapped(compilation, at, target.schema, covered);
  else if (target.field !== '') lintRequired(compilation, at, target.schema, covered);
  if (target.isComplete || target.field !== '')
    lintOmitted(compilation, at, target.schema, covered);
  return { make: makerOf(assigned, target.field === ''), fields: assigned };
}

function makerOf(fields: readonly FieldRecipe[], isWhole: boolean): MakeObject {
  return (scope, only) => {
    const object: Record<string, Json> = {};
    const given = isWhole ? scope.given : undefined;
    for (const one of fields) {
      const said = given?.get(one.name);
      if (said !== undefined) {
        if (said !== null) one.set(object, said);
        continue;
      }
      if (only !== undefined && !only.some((path) => isOnPath(one.names, path))) continue;
      const made = only === undefined ? one.value.evaluate(scope) : valueIfAny(one, scope);
      if (made !== undefined) one.set(object, made);
    }
    return object;
  };
}

function isOnPath(names: readonly string[], path: readonly string[]): boolean {
  return path.every((name, index) => index >= names.length || names[index] === name);
}

/** A word that no rule could read is a word all the same. */
function valueIfAny({ value, isCoded }: FieldRecipe, scope: Scope): Json | undefined {
  try {
    return value.evaluate(scope);
  } catch (thrown) {
    if (!(thrown instanceof Parked)) throw thrown;
    return isCoded && thrown.isOfValue ? UNREAD_WORD : undefined;
  }
}

/** Fields of the source, and of what is looked up. */
function notedReads(noted: readonly string[]): Pick<RuleNote, 'reads' | 'lookups'> {
  const looked = noted
    .filter((name) => name.includes(OF_LOOKUP))
    .map((name) => name.split(OF_LOOKUP));
  const lookups = looked.map(([kind = '', field = '']) => {
    return { kind, field: field === '' ? null : field };
  });
  return { reads: noted.filter((name) => !name.includes(OF_LOOKUP)), lookups };
}

/** A whole property name wins over a dotted path: SCIM's schema URNs have dots. */
function namesOf(name: string, schema: JsonObject): readonly string[] {
  return name in propertiesOf(schema) ? [name] : (fieldNames(name) ?? [name]);
}

function targetOf(
  compilation: Compilation,
  at: YamlPath,
  names: readonly string[],
  schema: JsonObject,
): { schema: JsonObject; required: boolean } {
  const steps = names.map((name) => ({ kind: 'field', name }) as const);
  const walked = walkSchema(schema, steps);
  if ('unknown' in walked) {
    const { unknown, candidates } = walked;
    const said = saying('targetLacksField', { name: unknown });
    compilation.lintKey(at, 'MAPPING_FIELD_UNKNOWN', said, nearestTo(unknown, candidates));
    return { schema: {}, required: false };
  }
  return { schema: walked.schema, required: isRequired(schema, names) };
}

/**
 * Required all the way: a field that an optional object requires may be absent together with it.
 */
function isRequired(schema: JsonObject, names: readonly string[]): boolean {
  return names.every((name, index) => {
    const before = names.slice(0, index).map((one) => ({ kind: 'field', name: one }) as const);
    const parent = walkSchema(schema, before);
    return 'schema' in parent && requiredOf(parent.schema).includes(name);
  });
}

/**
 * Every field of the target is mapped, omitted, or inside one that is mapped as a whole; but those
 * that only some targets want (`x-optional`).
 */
function lintUnmapped(
  compilation: Compilation,
  at: YamlPath,
  schema: JsonObject,
  covered: readonly Covered[],
): void {
  for (const leaf of leavesOf(schema, [])) {
    const isCovered = covered.some(({ names }) =>
      names.every((name, index) => leaf[index] === name),
    );
    if (isCovered) continue;
    const said = saying('notMapped', { name: leaf.join('.') });
    compilation.lintKey(at, 'MAPPING_FIELD_UNMAPPED', said, saying('mapOrOmit', {}));
  }
}

/** An item is made in one place: without a field that the schema requires it is never valid. */
function lintRequired(
  compilation: Compilation,
  at: YamlPath,
  schema: JsonObject,
  covered: readonly Covered[],
): void {
  for (const name of requiredOf(schema)) {
    if (covered.some(({ names }) => names[0] === name)) continue;
    const said = saying('notMappedRequired', { name });
    compilation.lintKey(at, 'MAPPING_FIELD_UNMAPPED', said, saying('mapIt', {}));
  }
}

/** Nothing that lacks what the schema requires is ever taken, whatever the reason. */
function lintOmitted(
  compilation: Compilation,
  at: YamlPath,
  schema: JsonObject,
  covered: readonly Covered[],
): void {
  for (const { name, names, isOmitted } of covered) {
    if (!isOmitted || !isNeeded(schema, names, covered)) continue;
    const said = saying('omittedRequired', { name });
    compilation.lint([...at, name], 'MAPPING_FIELD_REQUIRED', said, saying('mapIt', {}));
  }
}

/** Required all the way, or by an object that other rules make. */
function isNeeded(
  schema: JsonObject,
  names: readonly string[],
  covered: readonly Covered[],
): boolean {
  const parents = names.slice(0, -1);
  const isParentMade = covered.some(
    (one) => !one.isOmitted && parents.every((name, index) => one.names[index] === name),
  );
  if (!isParentMade) return isRequired(schema, names);
  const parent = walkSchema(
    schema,
    parents.map((name) => ({ kind: 'field', name })),
  );
  return 'schema' in parent && requiredOf(parent.schema).includes(names.at(-1) ?? '');
}

function leavesOf(schema: JsonObject, path: readonly string[]): readonly (readonly string[])[] {
  return Object.entries(propertiesOf(schema)).flatMap(([name, property]) => {
    const here = [...path, name];
    if (!isObject(property)) return [here];
    if (property['x-optional'] === true) return [];
    return property['properties'] === undefined ? [here] : leavesOf(property, here);
  });
}

/** The rows of a rule's table, with the line of each; none where the rule has no table. */
function tableRows(
  { yaml, world }: Compilation,
  at: YamlPath,
  { table: written }: WrittenRule,
): readonly TableRow[] {
  if (written === undefined) return [];
  if (typeof written !== 'string') {
    return Object.entries(written).map(([from, to]) => {
      const { line } = yaml.keyAt([...at, 'table', from]);
      return { from, to, file: yaml.file, line };
    });
  }
  const file = posix.join(posix.dirname(yaml.file), written);
  const { table, lines } = parseTable(world.readTable(written) ?? '');
  return [...table].map(([from, to]) => ({ from, to, file, line: lines.get(from) ?? 1 }));
}
