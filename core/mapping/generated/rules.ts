import { monthlyDays } from '../language/dates.ts';
import type { RulePlace } from '../language/parked.ts';
import { textOfId } from '../language/path.ts';
import type { HeadRecipe } from '../rules/each.ts';
import {
  type Conditional,
  type Evaluate,
  type Evaluation,
  type ExpressionRecipe,
  type FieldRecipe,
  guarded,
  type IdentityRecipe,
  type ItemsRecipe,
  type Making,
  type Modifier,
  type Outcome,
  type RuleRecipe,
} from '../rules/evaluation.ts';
import { writeExpression } from './expressions.ts';
import { writePath } from './paths.ts';
import { plainName, type Source } from './source.ts';

/** What a function does where no object can be made: a statement, given the code of the Parked. */
export type Park = (parked: string) => string;

/** Writes what a rule gives, of whatever sort it is; gives the variable of the value. */
export function writeRule(source: Source, { recipe, evaluate }: Evaluation, park: Park): string {
  if (recipe.kind !== 'rule') return writeValue(source, { recipe, evaluate }, null, park);
  const value = writeValue(source, recipe.source, recipe.place, park);
  source.line(`if (typeof ${value} === "string") ${value} = ${value}.trim();`);
  source.line(`if (${value} === undefined) ${outcomeOf(source, value, recipe.missing, park)}`);
  source.line(`else if (${value} === null) ${outcomeOf(source, value, recipe.null, park)}`);
  const isEmpty = `${value} === "" || (Array.isArray(${value}) && ${value}.length === 0)`;
  source.line(`else if (${isEmpty}) ${outcomeOf(source, value, recipe.empty, park)}`);
  writeModifiers(source, recipe, value);
  return value;
}

function outcomeOf(source: Source, value: string, outcome: Outcome, park: Park): string {
  return 'park' in outcome
    ? `{ ${park(`${source.constant(outcome.park)}()`)} }`
    : `${value} = ${constantOf(source, outcome.give)};`;
}

function constantOf(source: Source, value: unknown): string {
  return value === undefined ? 'undefined' : source.constant(value);
}

/** Writes where a value comes from; an expression that does not fit parks at the place. */
export function writeValue(
  source: Source,
  { recipe, evaluate }: Evaluation,
  place: RulePlace | null,
  park: Park,
): string {
  switch (recipe.kind) {
    case 'path':
      return writePath(source, recipe);
    case 'expression':
      return writeGuarded(source, { recipe, evaluate }, place);
    case 'constant':
      return source.variable(constantOf(source, recipe.value));
    case 'days': {
      const days = `${source.constant(monthlyDays)}(${Number(recipe.monthly)}, ${Number(recipe.last)}, today)`;
      return source.variable(days);
    }
    case 'identity':
      return writeIdentity(source, recipe);
    case 'lookup': {
      const id = writePath(source, recipe.by);
      const found = `lookup(${source.constant(recipe.entityKind)}, ${id})`;
      return source.variable(`typeof ${id} === "string" ? ${found} : undefined`);
    }
    case 'taken': {
      const of: Evaluation = { recipe: recipe.of, evaluate };
      source.line(`${source.local(recipe.slot)} = ${writeValue(source, of, place, park)};`);
      return writePath(source, recipe.take);
    }
    case 'rules':
      return writeRules(source, recipe.rules, park);
    case 'item':
      return writeItem(source, recipe, park);
    case 'items':
      return writeItems(source, recipe, park);
    case 'rule':
      return writeRule(source, { recipe, evaluate }, park);
  }
}

/** What the expression cannot make of its values parks at the place; without one it is thrown. */
function writeGuarded(
  source: Source,
  { recipe, evaluate }: Evaluation<ExpressionRecipe>,
  place: RulePlace | null,
): string {
  if (place === null) return writeExpression(source, { recipe, evaluate });
  const parking: Evaluate = (scope) => guarded(evaluate, scope, place);
  return writeExpression(source, { recipe, evaluate: parking });
}

function writeIdentity(source: Source, recipe: IdentityRecipe): string {
  const id = writePath(source, recipe.of);
  const text = source.variable(`${source.constant(textOfId)}(${id})`);
  const system = source.constant(recipe.system);
  const known = `identify(${system}, ${source.constant(recipe.entityKind)}, ${text})`;
  const nobody = `${id} === undefined || ${id} === null ? ${id} : ""`;
  return source.variable(
    `${text} === null ? (${nobody}) : ${recipe.asObject ? `{ id: ${known} }` : known}`,
  );
}

function writeRules(source: Source, rules: readonly Evaluation[], park: Park): string {
  const list = source.variable('[]');
  for (const one of rules) {
    source.line('{');
    const value = writeRule(source, one, park);
    source.line(`if (${value} !== undefined) ${list}.push(${value}); }`);
  }
  return list;
}

function writeItem(
  source: Source,
  { where, place, make }: Conditional & { readonly make: Making },
  park: Park,
): string {
  const item = source.variable('undefined');
  source.line('{');
  if (where !== null) source.line(`if (${writeGuarded(source, where, place)} === true) {`);
  source.line(`${item} = ${writeFields(source, make, park)}; }`);
  if (where !== null) source.line('}');
  return item;
}

function writeItems(source: Source, recipe: ItemsRecipe, park: Park): string {
  const list = writePath(source, recipe.list);
  const made = source.variable(`${list} === null ? null : undefined`);
  const [index, local] = [source.fresh(), source.local(recipe.slot)];
  source.line(`if (Array.isArray(${list})) { ${made} = [];`);
  source.line(`for (let ${index} = 0; ${index} < ${list}.length; ${index}++) {`);
  source.line(`${local} = ${list}[${index}];`);
  const { where, place, make } = recipe;
  if (where !== null) source.line(`if (${writeGuarded(source, where, place)} === true) {`);
  const item = make === null ? local : writeFields(source, make, park);
  source.line(`${made}.push(${item}); } }`);
  if (where !== null) source.line('}');
  return made;
}

/** Writes an object of some fields' rules; gives its variable. */
export function writeFields(source: Source, { fields }: Making, park: Park): string {
  const object = source.variable('{}');
  for (const field of fields) {
    source.line('{');
    const value = writeRule(source, field.value, park);
    source.line(`if (${value} !== undefined) ${assignment(source, object, field, value)} }`);
  }
  return object;
}

/** A field of an object in the object makes that object where it is the first. */
function assignment(
  source: Source,
  object: string,
  { names, set }: FieldRecipe,
  value: string,
): string {
  const [first = '', second, ...rest] = names;
  if (rest.length > 0 || !names.every(plainName)) {
    return `${source.constant(set)}(${object}, ${value});`;
  }
  const at = `${object}${source.field(first)}`;
  if (second === undefined) return `${at} = ${value};`;
  const inner = source.field(second);
  return `if (${at} === undefined) ${at} = { ${inner}: ${value} }; else ${at}${inner} = ${value};`;
}

/** One after the other, until one of them leaves the value out. */
function writeModifiers(source: Source, { modifiers }: RuleRecipe, value: string): void {
  for (const [index, one] of modifiers.entries()) {
    source.line(`${index === 0 ? 'else' : `if (${value} !== undefined)`} {`);
    source.line(modified(source, one, value));
  }
  source.line('}'.repeat(modifiers.length));
}

/** Of a text that is as most are, in place; of anything else by the modifier itself. */
function modified(source: Source, { modify, quick }: Modifier, value: string): string {
  const otherwise = `${source.constant(modify)}(${value})`;
  const isText = `typeof ${value} === "string"`;
  switch (quick?.kind) {
    case 'lower':
      return `${value} = ${isText} ? ${value}.toLowerCase() : ${otherwise};`;
    case 'upper':
      return `${value} = ${isText} ? ${value}.toUpperCase() : ${otherwise};`;
    case 'within':
      return `if (!(${isText} && ${value}.length <= ${Number(quick.most)})) ${value} = ${otherwise};`;
    case 'pattern':
      return `if (!(${isText} && ${source.constant(quick.pattern)}.test(${value}))) ${value} = ${otherwise};`;
    case 'table': {
      const row = `(${isText} ? ${source.constant(quick.table)}.get(${value}) : undefined)`;
      return `${value} = ${row} ?? ${otherwise};`;
    }
    default:
      return `${value} = ${otherwise};`;
  }
}

/**
 * Writes the loops of `each`, and in them what `write` writes for one item, in the block `one`:
 * leaving it goes on with the next item.
 */
export function writeEach(source: Source, { lists }: HeadRecipe, write: () => void) {
  for (const { list, slot } of lists) {
    const items = writeValue(source, list, null, () => '');
    const index = source.fresh();
    source.line(`if (Array.isArray(${items}))`);
    source.line(`for (let ${index} = 0; ${index} < ${items}.length; ${index}++) {`);
    source.line(`${source.local(slot)} = ${items}[${index}];`);
  }
  source.line('one: {');
  write();
  source.line('}'.repeat(lists.length + 1));
}

/** Writes the names of `let`, and then `when`, which leaves the block `one`. */
export function writeNames(source: Source, { names, when }: HeadRecipe, park: Park) {
  for (const { slot, place, value } of names) {
    source.line(`${source.local(slot)} = ${writeValue(source, value, place, park)};`);
  }
  if (when === null) return;
  source.line(`if (${writeValue(source, when.value, when.place, park)} !== true) break one;`);
}
