import { saying } from '../../failure/saying.ts';
import { isList, isObject } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';
import type { YamlPath } from '../../schema/yaml-file.ts';
import type { Written } from '../compiled.ts';
import { monthlyDays } from '../language/dates.ts';
import { orNothing, type RulePlace } from '../language/parked.ts';
import { ANYTHING } from '../language/schema-walk.ts';
import type { WrittenDays, WrittenMapping } from '../language/written.ts';
import { type Compilation, isEmptyValue } from './compilation.ts';
import { type Evaluation, guarded, type Scope } from './evaluation.ts';
import { compileLookup } from './references.ts';
import { listPath } from './rule.ts';

/** The parts of a mapping that stand before its fields: `let`, `each`, `when`. */
export interface Head {
  /** Prepares a scope for each object or part to be made: one, or one per item. */
  scopes(scope: Scope): Iterable<Scope>;
  /** Fills the names of `let`; may throw Parked. */
  prepare(scope: Scope): void;
  /** The same where some cannot be filled: the others are, and those stand for nothing. */
  prepareWhatCan(scope: Scope): void;
  /** `when`; may throw Parked. */
  applies(scope: Scope): boolean;
  /** Whether the record says anything of what `when` asks about. */
  isAsked(scope: Scope): boolean;
  /** `each` and `when` as they are written, of those that there are. */
  readonly conditions: readonly Written[];
  /** Of a scope that gives nothing: the `each` that is empty, else the `when`; or null. */
  silence(scope: Scope): Written | null;
  readonly recipe: HeadRecipe;
}

/** What a head is made of. */
export interface HeadRecipe {
  readonly lists: readonly Each[];
  readonly names: readonly Named[];
  readonly when: { readonly value: Evaluation; readonly place: RulePlace } | null;
}

/**
 * Compiles `each` and `as`, then `let`, then `when`: later ones may use the names of earlier ones.
 */
export function compileHead(compilation: Compilation, written: WrittenMapping): Head {
  const lists = compileEach(compilation, written);
  const names = compileLet(compilation, written);
  const { result: when, reads } = compilation.readsOf(() =>
    written.when === undefined ? null : compilation.condition(['when'], written.when),
  );
  const whenPlace = placeOf(compilation, ['when']);
  const writtenAt = (name: 'each' | 'when'): Written | null => {
    const value = written[name];
    if (value === undefined) return null;
    const lists = typeof value === 'string' ? [value] : Object.values(value);
    const text = lists
      .map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
      .join(', ');
    return { text: `${name}: ${text}`, line: compilation.lineOf([name]) };
  };
  const scopes = (scope: Scope) => itemScopes(scope, lists);
  return {
    scopes,
    conditions: [writtenAt('each'), writtenAt('when')].filter((one) => one !== null),
    silence: (scope) => writtenAt([...scopes(scope)].length === 0 ? 'each' : 'when'),
    prepare: (scope) => {
      for (const { slot, place, value } of names) {
        scope.locals[slot] = guarded(value.evaluate, scope, place);
      }
    },
    prepareWhatCan: (scope) => {
      for (const { slot, place, value } of names) {
        scope.locals[slot] = orNothing(() => guarded(value.evaluate, scope, place));
      }
    },
    isAsked: ({ root }) => reads.some((name) => !isEmptyValue(root[name] ?? '')),
    applies: (scope) => when === null || guarded(when.evaluate, scope, whenPlace) === true,
    recipe: { lists, names, when: when && { value: when, place: whenPlace } },
  };
}

/** A name of `let`, what gives its value, and where that stands. */
interface Named {
  readonly slot: number;
  readonly place: RulePlace;
  readonly value: Evaluation;
}

function compileLet(compilation: Compilation, written: WrittenMapping): readonly Named[] {
  return Object.entries(written.let ?? {}).map(([name, value]) => {
    const at = ['let', name];
    const place = placeOf(compilation, at);
    compilation.named.add(name);
    if (typeof value === 'string') {
      const { result, reads } = compilation.readsOf(() => compilation.expression(at, value));
      const { slot } = compilation.addLocal(at, name, result.schema, reads);
      return { slot, place, value: result };
    }
    const { result, reads } = compilation.readsOf(() =>
      compileLookup(compilation, at, value.lookup, value.by),
    );
    const schema = compilation.world.canonical.get(value.lookup)?.schema;
    if (schema === undefined) {
      const said = saying('noEntityKind', { name: value.lookup });
      compilation.lint([...at, 'lookup'], 'MAPPING_LOOKUP_UNKNOWN', said);
    }
    const { slot } = compilation.addLocal(at, name, schema ?? ANYTHING, reads, value.lookup);
    return { slot, place, value: result };
  });
}

function placeOf(compilation: Compilation, at: readonly string[]): RulePlace {
  return { file: compilation.yaml.file, line: compilation.lineOf(at), field: at.join('.') };
}

interface Each {
  readonly list: Evaluation;
  readonly slot: number;
}

/** The lists of `each`; a later one may be read from an item of an earlier one. */
function compileEach(compilation: Compilation, { each, as }: WrittenMapping): readonly Each[] {
  if (each === undefined) return [];
  if (typeof each === 'string') {
    if (as === undefined)
      compilation.lint(['each'], 'MAPPING_AS_MISSING', saying('eachNeedsAs', {}));
    return [compileItems(compilation, ['each'], each, as ?? ' ', ['as'])];
  }
  if (as !== undefined) {
    compilation.lint(['as'], 'MAPPING_RULE', saying('eachNamesItems', {}));
  }
  return Object.entries(each).map(([name, list]) => {
    const at = ['each', name];
    return typeof list === 'string'
      ? compileItems(compilation, at, list, name, at)
      : compileDays(compilation, at, name, list);
  });
}

function compileDays(
  compilation: Compilation,
  at: YamlPath,
  name: string,
  { monthly, last }: WrittenDays,
): Each {
  const { slot } = compilation.addLocal(at, name, { type: 'string' }, []);
  const recipe = { kind: 'days', monthly, last } as const;
  return { list: { evaluate: ({ today }) => monthlyDays(monthly, last, today), recipe }, slot };
}

function compileItems(
  compilation: Compilation,
  at: YamlPath,
  path: string,
  name: string,
  nameAt: YamlPath,
): Each {
  const { result, reads } = compilation.readsOf(() => listPath(compilation, at, path));
  const { read, schema, recipe } = result;
  const items = isObject(schema['items']) ? schema['items'] : ANYTHING;
  const { slot } = compilation.addLocal(nameAt, name, items, reads);
  return { list: { evaluate: read, recipe }, slot };
}

/** Every combination of the lists' items; without any list the scope as it is. */
function* itemScopes(scope: Scope, [first, ...rest]: readonly Each[]): Generator<Scope> {
  if (first === undefined) {
    yield scope;
    return;
  }
  const list: Json | undefined = first.list.evaluate(scope);
  if (!isList(list)) return;
  for (const item of list) {
    scope.locals[first.slot] = item;
    yield* itemScopes(scope, rest);
  }
}
