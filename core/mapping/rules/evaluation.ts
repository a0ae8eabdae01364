import type { Json, JsonObject } from '../../message/message.ts';
import type { GivenFields, InboundContext, ProjectionContext } from '../compiled.ts';
import { Parked, type RulePlace } from '../language/parked.ts';
import type { Step } from '../language/path.ts';

/** One evaluation of a mapping: its root and the values of the names of `let` and `as`. */
export interface Scope {
  readonly root: JsonObject;
  readonly locals: (Json | undefined)[];
  readonly today: string;
  readonly lookup: ProjectionContext['lookup'];
  readonly identify: InboundContext['identify'];
  readonly identifyOwn: InboundContext['identify'];
  /** Of the whole object: what stands in the place of its rules. */
  readonly given?: GivenFields;
}

/** Gives a value, or undefined for none. Throws Parked. */
export type Evaluate = (scope: Scope) => Json | undefined;

/**
 * Makes an object of some fields' rules. Throws Parked; where only some paths are asked for, leaves
 * out what cannot be made.
 */
export type MakeObject = (scope: Scope, only?: readonly (readonly string[])[]) => JsonObject;

/** What is evaluated, and what that is made of: the first is its meaning; see ../generated/. */
export interface Evaluation<R extends Recipe = Recipe> {
  readonly evaluate: Evaluate;
  readonly recipe: R;
}

export type Recipe =
  | PathRecipe
  | ExpressionRecipe
  | RuleRecipe
  | LookupRecipe
  | { readonly kind: 'constant'; readonly value: Json | undefined }
  | { readonly kind: 'days'; readonly monthly: number; readonly last: number }
  | IdentityRecipe
  | {
      readonly kind: 'taken';
      readonly slot: number;
      readonly of: Recipe;
      readonly take: PathRecipe;
    }
  | { readonly kind: 'rules'; readonly rules: readonly Evaluation[] }
  | ({ readonly kind: 'item'; readonly make: Making } & Conditional)
  | ItemsRecipe;

export interface PathRecipe {
  readonly kind: 'path';
  /** Where it begins: a name's slot, or null for the root. */
  readonly slot: number | null;
  readonly steps: readonly Step[];
}

export interface ExpressionRecipe {
  readonly kind: 'expression';
  /** As the parser of the language gives it. */
  readonly ast: unknown;
  /** Its variables: what each is while the root lacks it. */
  readonly absent: ReadonlyMap<string, readonly never[] | null>;
  /** Those of them that are no fields of the root. */
  readonly slots: ReadonlyMap<string, number>;
  readonly asksForToday: boolean;
}

export interface IdentityRecipe {
  readonly kind: 'identity';
  readonly of: PathRecipe;
  readonly system: string | null;
  readonly entityKind: string;
  readonly asObject: boolean;
}

export interface LookupRecipe {
  readonly kind: 'lookup';
  readonly entityKind: string;
  readonly by: PathRecipe;
}

/** One object of each item of a list, or the item itself. */
export interface ItemsRecipe extends Conditional {
  readonly kind: 'items';
  readonly list: PathRecipe;
  readonly slot: number;
  readonly make: Making | null;
}

/** What is made only where a condition holds. */
export interface Conditional {
  readonly where: Evaluation<ExpressionRecipe> | null;
  readonly place: RulePlace;
}

/** A source's value, what is done where there is none, and what becomes of it. */
export interface RuleRecipe {
  readonly kind: 'rule';
  readonly source: Evaluation;
  readonly place: RulePlace;
  readonly missing: Outcome;
  readonly null: Outcome;
  readonly empty: Outcome;
  readonly modifiers: readonly Modifier[];
}

/** What stands in place of a value that is not there: another, nothing, or no object at all. */
export type Outcome = { readonly give: Json | undefined } | { readonly park: () => Parked };

/** Changes one value; undefined leaves the field out. Throws Parked. */
export type Modify = (value: Json) => Json | undefined;

export interface Modifier {
  readonly modify: Modify;
  /** What it does to most texts, in short; null if nothing shorter can be said. */
  readonly quick: Quick | null;
}

/** What is not told here of a text, `modify` does. */
export type Quick =
  | { readonly kind: 'lower' | 'upper' }
  /** A text of at most so many UTF-16 units stays. */
  | { readonly kind: 'within'; readonly most: number }
  | { readonly kind: 'table'; readonly table: ReadonlyMap<string, Json> }
  /** A text that fits stays. */
  | { readonly kind: 'pattern'; readonly pattern: RegExp };

/** The making of an object, and its fields in their order. */
export interface Making {
  readonly make: MakeObject;
  readonly fields: readonly FieldRecipe[];
}

export interface FieldRecipe {
  /** Dotted, as its rule names it. */
  readonly name: string;
  readonly names: readonly string[];
  readonly value: Evaluation;
  readonly set: (object: Record<string, Json>, value: Json) => void;
  /** The target says which values there are. */
  readonly isCoded: boolean;
}

/** Evaluates an expression; what it cannot make of its values parks, and is not quoted. */
export function guarded(evaluate: Evaluate, scope: Scope, place: RulePlace): Json | undefined {
  try {
    return evaluate(scope);
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
