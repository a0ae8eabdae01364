import { type Lint, lintOf, nearestOrAll } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import { isList } from '../../message/digest.ts';
import type { EntityRef, Json, JsonObject, Saying } from '../../message/message.ts';
import type { CanonicalSchemas } from '../../schema/canonical.ts';
import type { YamlFile, YamlPath } from '../../schema/yaml-file.ts';
import type { NamedSystem, RuleNote } from '../compiled.ts';
import {
  type CompiledExpression,
  compileExpression,
  conditionFault,
  type Variable,
  variableOf,
  variablesOf,
} from '../language/cel.ts';
import { compileReader, parsePath, type Step } from '../language/path.ts';
import { ANYTHING, propertiesOf, walkSchema } from '../language/schema-walk.ts';
import type { WrittenFields } from '../language/written.ts';
import type {
  Evaluate,
  Evaluation,
  ExpressionRecipe,
  Making,
  PathRecipe,
  Scope,
} from './evaluation.ts';
import type { MappingLintCode } from './lints.ts';

/** Where a rule's value goes. */
export interface RuleTarget {
  /** Dotted name of the target field, for people; '' for the whole object. */
  readonly field: string;
  readonly schema: JsonObject;
  readonly required: boolean;
  /** Every field of the target must be mapped or omitted. */
  readonly isComplete: boolean;
}

/** Where a rule's value comes from, and what may stand there. */
export interface Source extends Evaluation {
  readonly schema: JsonObject;
}

/** Compiles fields; handed in, since fields are made of rules and rules of fields. */
export type CompileFields = (
  compilation: Compilation,
  at: YamlPath,
  fields: WrittenFields,
  target: RuleTarget,
) => Making;

/** A name of `let` or `as`. */
export interface Local {
  readonly name: string;
  readonly slot: number;
  readonly schema: JsonObject;
  /** The kind of the entity that it stands for, where it is looked up. */
  readonly lookup: string | null;
  /** What its value was read from. */
  readonly reads: readonly string[];
}

export interface MappingWorld {
  readonly canonical: CanonicalSchemas;
  /** Text of a table file beside the mapping, or null. */
  readonly readTable: (name: string) => string | null;
}

/** Stands between kind and field where a looked-up entity is read; no field's name holds it. */
export const OF_LOOKUP = '\u0000';

/** What the compilation of one file shares: its place, its lints, its names. */
export class Compilation {
  readonly yaml: YamlFile;
  readonly world: MappingWorld;
  readonly source: JsonObject;
  readonly inverseNames: ReadonlySet<string>;
  readonly compileFields: CompileFields;
  readonly lints: Lint[] = [];
  readonly inverses = new Set<string>();
  readonly tables: string[] = [];
  readonly rules: RuleNote[] = [];
  /** Names of `let`: they have no value yet when what is to be looked up is asked for. */
  readonly named = new Set<string>();
  /** Every `of`, in the order in which they were compiled. */
  readonly systems: NamedSystem[] = [];
  /** Source fields that were read since the last `readsOf` began. */
  #reads = new Set<string>();
  /** Entity kinds that lookups ask for. */
  readonly lookups = new Set<string>();
  /** Reads the ids that lookups will ask for. */
  readonly needs: ((scope: Scope) => EntityRef | null)[] = [];
  #locals: readonly Local[] = [];
  #slots = 0;

  constructor(
    yaml: YamlFile,
    world: MappingWorld,
    source: JsonObject,
    inverseNames: ReadonlySet<string>,
    compileFields: CompileFields,
  ) {
    this.compileFields = compileFields;
    this.yaml = yaml;
    this.world = world;
    this.source = source;
    this.inverseNames = inverseNames;
  }

  /** The rule that makes the key of an object, as text; '' where there is none. */
  keyRule = '';

  /** True while the items of a list are compiled: there is no way to fetch for each of them. */
  isInList = false;

  get slots(): number {
    return this.#slots;
  }

  lint(path: YamlPath, code: MappingLintCode, said: Saying, hint?: Saying): void {
    this.lints.push(lintOf({ file: this.yaml.file, ...this.yaml.at(path), code }, said, hint));
  }

  /** The same of what has a key of its own in the file. */
  lintKey(path: YamlPath, code: MappingLintCode, said: Saying, hint: Saying): void {
    const at = { file: this.yaml.file, ...this.yaml.keyAt(path), code };
    this.lints.push(lintOf(at, said, hint));
  }

  noteSystem(path: YamlPath, system: string | undefined, makes: boolean): void {
    if (system === undefined) return;
    const { line, column } = this.yaml.at(path);
    this.systems.push({ system, makes, line, column });
  }

  lineOf(path: YamlPath): number {
    return this.yaml.keyAt(path).line;
  }

  /** Adds a name for the rest of the file, or of a list; see `within`. */
  addLocal(
    path: YamlPath,
    name: string,
    schema: JsonObject,
    reads: readonly string[],
    lookup: string | null = null,
  ): Local {
    const isTaken =
      name in propertiesOf(this.source) || this.#locals.some((one) => one.name === name);
    if (isTaken) this.lint(path, 'MAPPING_NAME_TAKEN', saying('nameTaken', { name }));
    const local = { name, slot: this.#slots, schema, lookup, reads };
    this.#slots += 1;
    this.#locals = [...this.#locals, local];
    return local;
  }

  /** Compiles something whose names end with it. */
  within<T>(compile: () => T): T {
    const outer = this.#locals;
    const result = compile();
    this.#locals = outer;
    return result;
  }

  /** What a compilation gives, and the fields of the source that it reads. */
  readsOf<T>(compile: () => T): { readonly result: T; readonly reads: readonly string[] } {
    const outer = this.#reads;
    this.#reads = new Set();
    const result = compile();
    const reads = [...this.#reads];
    this.#reads = new Set([...outer, ...reads]);
    return { result, reads };
  }

  /** A field of a looked-up entity is noted with its kind before it; no field: any of them. */
  #noteRead(name: string, field = ''): void {
    const local = this.local(name);
    if (local !== undefined && local.lookup !== null)
      this.#reads.add(local.lookup + OF_LOOKUP + field);
    const reads = local?.reads ?? (name in propertiesOf(this.source) ? [name] : []);
    for (const one of reads) this.#reads.add(one);
  }

  local(name: string): Local | undefined {
    return this.#locals.find((one) => one.name === name);
  }

  /** A path as a reader of scopes, with the schema of what it reads. */
  path(at: YamlPath, written: string): { read: Evaluate; schema: JsonObject; recipe: PathRecipe } {
    const steps = parsePath(written);
    const [first, ...rest] = steps ?? [];
    if (steps === null || first?.kind !== 'field') {
      const hint = saying('forExample', { example: 'emails[type="Privat"].value' });
      this.lint(at, 'MAPPING_PATH_SYNTAX', saying('noPath', { path: written }), hint);
      return { read: () => undefined, schema: ANYTHING, recipe: NO_PATH };
    }
    const [next] = rest;
    this.#noteRead(first.name, next?.kind === 'field' ? next.name : '');
    const local = this.local(first.name);
    if (local !== undefined) {
      const reader = compileReader(rest);
      const { slot } = local;
      return {
        read: ({ locals }) => reader(locals[slot]),
        schema: this.#walk(at, local.schema, rest),
        recipe: { kind: 'path', slot, steps: rest },
      };
    }
    if (this.inverseNames.has(first.name)) this.inverses.add(first.name);
    const reader = compileReader(steps);
    const schema = this.#walk(at, this.source, steps);
    return {
      read: ({ root }) => reader(root),
      schema,
      recipe: { kind: 'path', slot: null, steps },
    };
  }

  #walk(at: YamlPath, schema: JsonObject, steps: readonly Step[]): JsonObject {
    const walked = walkSchema(schema, steps);
    if ('schema' in walked) return walked.schema;
    const { unknown, candidates, isCode } = walked;
    const said = isCode
      ? saying('noCodeThere', { code: unknown })
      : saying('noField', { name: unknown });
    this.lint(at, 'MAPPING_PATH_UNKNOWN', said, nearestOrAll(unknown, candidates));
    return ANYTHING;
  }

  /** A CEL expression as an evaluation, and the schema of what it gives. */
  expression(at: YamlPath, written: string): Evaluation<ExpressionRecipe> & Source {
    const compiled = compileExpression(written, this.#variables(), this.source);
    if (!('evaluate' in compiled)) {
      this.#lintWithin(at, compiled.offset, compiled.said, compiled.hint);
      return { evaluate: () => undefined, recipe: NO_EXPRESSION, schema: ANYTHING };
    }
    for (const name of compiled.reads) this.#noteRead(name);
    for (const name of compiled.reads) if (this.inverseNames.has(name)) this.inverses.add(name);
    const { ast, absent, schema } = compiled;
    const slots = new Map(this.#locals.map(({ name, slot }) => [name, slot]));
    const evaluate = evaluatorOf(compiled, slots);
    const asksForToday = compiled.reads.includes('today');
    return { evaluate, recipe: { kind: 'expression', ast, absent, slots, asksForToday }, schema };
  }

  /** The same of what must be true or false. */
  condition(at: YamlPath, written: string): Evaluation<ExpressionRecipe> {
    const made = this.expression(at, written);
    const fault = conditionFault(made);
    if (fault !== null) this.#lintWithin(at, 0, fault);
    return made;
  }

  /** At a sign of an expression, which begins one sign after its value's place. */
  #lintWithin(at: YamlPath, offset: number, said: Saying, hint?: Saying): void {
    const { line, column } = this.yaml.at(at);
    const where = { file: this.yaml.file, line, column: column + offset + 1 };
    this.lints.push(lintOf({ ...where, code: 'MAPPING_EXPRESSION' }, said, hint));
  }

  #variables(): readonly Variable[] {
    return [
      ...variablesOf(this.source),
      ...this.#locals.map(({ name, schema }) => variableOf(name, schema)),
    ];
  }
}

const NO_PATH: PathRecipe = { kind: 'path', slot: null, steps: [] };
const NO_EXPRESSION: ExpressionRecipe = {
  kind: 'expression',
  ast: null,
  absent: new Map(),
  slots: new Map(),
  asksForToday: false,
};

function evaluatorOf(
  { evaluate }: CompiledExpression,
  slots: ReadonlyMap<string, number>,
): Evaluate {
  return ({ root, locals, today }) => {
    const read = (name: string) => {
      const slot = slots.get(name);
      return slot === undefined ? root[name] : locals[slot];
    };
    return evaluate(read, root, today);
  };
}

/** True if a value counts as empty: no text, no items. */
export function isEmptyValue(value: Json): boolean {
  return value === '' || (isList(value) && value.length === 0);
}
