import { createRequire } from 'node:module';
import type { Environment } from '@marcbachmann/cel-js';
import { saying } from '../../failure/saying.ts';
import { isObject } from '../../message/digest.ts';
import type { Json, JsonObject, Saying } from '../../message/message.ts';
import { callFault, type ExpressionFault, judgeFields } from './cel-fields.ts';
import { MACROS, nameOf, nodeOf } from './cel-node.ts';
import { faultOf } from './cel-syntax.ts';
import { type CelFunction, kindsOf, mayBe, sayKinds } from './cel-types.ts';
import {
  isActive,
  isActiveOn,
  isNotEnded,
  isOfSchoolAge,
  isRecent,
  mayChangeTomorrow,
  wholeYears,
} from './dates.ts';
import { isOurs } from './ours.ts';
import { ANYTHING, propertiesOf, typesOf } from './schema-walk.ts';

/** A variable of an expression: a field of the root, a name of `let` or `as`. */
export interface Variable {
  readonly name: string;
  /** What it is while the root lacks it: an absent list is empty, anything else null. */
  readonly whenAbsent: readonly never[] | null;
  /** What it may be; open where nothing is known. */
  readonly schema: JsonObject;
}

export function variableOf(name: string, schema: JsonObject): Variable {
  return { name, whenAbsent: typesOf(schema).includes('array') ? [] : null, schema };
}

/** The fields of a schema as variables. */
export function variablesOf(schema: JsonObject): readonly Variable[] {
  return Object.entries(propertiesOf(schema)).map(([name, property]) => {
    return variableOf(name, isObject(property) ? property : ANYTHING);
  });
}

export interface CompiledExpression {
  /** The names that it reads, `it.x` counted as `x`. */
  readonly reads: readonly string[];
  /** What it gives; open where that cannot be told. */
  readonly schema: JsonObject;
  /** As the library's parser gives it, checked. */
  readonly ast: unknown;
  /** Of its variables that it reads: what each is while the root lacks it. */
  readonly absent: ReadonlyMap<string, readonly never[] | null>;
  /** Throws whatever CEL throws; the caller makes it a failure with a place. */
  readonly evaluate: (read: (name: string) => Json | undefined, it: Json, today: string) => Json;
}

/** Day that functions such as active() count from; set for the moment of an evaluation. */
const present = { today: '1970-01-01' };

/** Read where something is compiled: who only looks at what was judged before does without. */
const library = (): typeof import('@marcbachmann/cel-js') =>
  createRequire(import.meta.url)('@marcbachmann/cel-js');

/** What every expression knows, and the names of its functions. */
interface Base {
  readonly environment: Environment;
  readonly functions: readonly CelFunction[];
  readonly names: ReadonlySet<string>;
}

let base: Base | null = null;

function newBase(): Base {
  const { Environment } = library();
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    homogeneousAggregateLiterals: false,
  })
    .registerVariable('it', 'dyn')
    .registerVariable('today', 'string')
    .registerFunction('active(dyn): bool', (item: Json) => isActive(item, present.today))
    .registerFunction('notEnded(dyn): bool', (item: Json) => isNotEnded(item, present.today))
    .registerFunction('recent(dyn, int): bool', (item: Json, days: bigint) =>
      isRecent(item, Number(days), present.today),
    )
    .registerFunction('activeOn(dyn, string): bool', isActiveOn)
    .registerFunction('ofSchoolAge(dyn): bool', (date: Json) => isOfSchoolAge(date, present.today))
    .registerFunction('ours(dyn): bool', isOurs)
    .registerFunction('age(dyn): int', (date: Json) => BigInt(wholeYears(date, present.today)))
    .registerFunction('first(dyn): dyn', (list: Json) =>
      Array.isArray(list) ? (list[0] ?? null) : null,
    )
    .registerFunction('orElse(dyn, dyn): dyn', (value: Json, other: Json) => value ?? other)
    .registerFunction('text(dyn): string', textOf);
  const { functions } = environment.getDefinitions();
  return { environment, functions, names: new Set(functions.map(({ name }) => name)) };
}

/** What is no value by itself has no text that anybody would want to read. */
function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  throw new TypeError('text() is of a value, and not of an object or a list');
}

/** Compiles an expression over these variables and `it`, or tells the first fault in it. */
export function compileExpression(
  expression: string,
  variables: readonly Variable[],
  it: JsonObject,
): CompiledExpression | ExpressionFault {
  base ??= newBase();
  const { functions, names } = base;
  const environment = base.environment.clone();
  for (const { name } of variables) declare(environment, name);
  try {
    const parsed = environment.parse(expression);
    const unknown = callFault(parsed.ast, names);
    if (unknown !== null) return unknown;
    const checked = parsed.check();
    if (!checked.valid) return faultOf(checked.error, expression, variables);
    const schemas = variables.map(({ name, schema }) => [name, schema] as const);
    // A name of `as` or `let` stands before the record's own, as it does when it is evaluated.
    const known = new Map([['it', it] as const, ...schemas]);
    const { schema, fault } = judgeFields(parsed.ast, known, functions);
    if (fault !== null) return fault;
    const reads = [...readsOf(parsed.ast, new Set())];
    const isRead = new Set(reads);
    const read = variables.filter(({ name }) => isRead.has(name));
    const absent = new Map(read.map(({ name, whenAbsent }) => [name, whenAbsent]));
    const asksForToday = reads.includes('today');
    return {
      reads,
      schema,
      ast: parsed.ast,
      absent,
      evaluate: (readName, it, today) => {
        const context: Record<string, unknown> = { it, today };
        for (const [name, whenAbsent] of absent) context[name] = readName(name) ?? whenAbsent;
        present.today = today;
        if (asksForToday) mayChangeTomorrow(today);
        return plain(parsed(context));
      },
    };
  } catch (error) {
    return faultOf(error, expression, variables);
  }
}

/** Why what an expression gives can be no condition; null where it may be one. */
export function conditionFault({ schema }: Pick<CompiledExpression, 'schema'>): Saying | null {
  if (mayBe(schema, ['boolean'])) return null;
  return saying('conditionKind', { given: sayKinds(kindsOf(schema) ?? []) });
}

/** CEL keeps some words for itself: a field of that name is read by `take`, or as `it["as"]`. */
function declare(environment: Environment, name: string): void {
  if (environment.hasVariable(name)) return;
  try {
    environment.registerVariable(name, 'dyn');
  } catch {
    // Whoever uses the word as a variable is told so where it stands.
  }
}

/** Free names of an expression; the variable that a macro binds is not free. */
function readsOf(ast: unknown, bound: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  if (Array.isArray(ast)) {
    for (const one of ast) for (const name of readsOf(one, bound)) found.add(name);
    return found;
  }
  const { op, args } = nodeOf(ast);
  if (op === undefined) return found;
  if (op === 'id' && typeof args === 'string') return bound.has(args) ? found : found.add(args);
  if (op === '.' && Array.isArray(args) && isIt(args[0])) return found.add(String(args[1]));
  if (op === 'rcall' && Array.isArray(args) && MACROS.has(String(args[0]))) {
    const [, receiver, inner] = args;
    const variable = Array.isArray(inner) ? nameOf(inner[0]) : null;
    const inside = variable === null ? bound : new Set([...bound, variable]);
    for (const name of readsOf(receiver, bound)) found.add(name);
    for (const name of readsOf(inner, inside)) found.add(name);
    return found;
  }
  for (const name of readsOf(args, bound)) found.add(name);
  return found;
}

function isIt(ast: unknown): boolean {
  return nameOf(ast) === 'it';
}

/** CEL's integers are bigint; JSON has numbers. */
function plain(value: unknown): Json {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  // SAFETY: over JSON, CEL gives JSON but for the integers taken care of above.
  return value as Json;
}
