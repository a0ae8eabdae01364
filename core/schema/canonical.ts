import { digestOf } from '../message/digest.ts';
import type { Entity, EntityRef, JsonObject, Saying } from '../message/message.ts';
import type { InForceRule } from './annotation/in-force.ts';
import type { LookupTerm } from './annotation/lookup.ts';
import type { ProtectionRules } from './annotation/protection.ts';
import type { Trait } from './annotation/traits.ts';

/** The canonical schemas of a workspace, read once; everything about references is derived. */
export interface CanonicalSchemas {
  /** Kinds in the order in which they can be created: what is referred to comes first. */
  readonly kinds: readonly string[];
  get(kind: string): CanonicalSchema | undefined;
  /** Declared changes of stored entities from one version to the next. */
  migrations(kind: string): readonly Migration[];
}

const PRINTS = new WeakMap<CanonicalSchemas, string>();

/** Print of the schemas, without their migrations. */
export function printOfSchemas(schemas: CanonicalSchemas): string {
  const known = PRINTS.get(schemas);
  if (known !== undefined) return known;
  const all = schemas.kinds.map((kind) => {
    const { version = 0, schema = {} } = schemas.get(kind) ?? {};
    return [kind, version, schema];
  });
  const print = digestOf(all);
  PRINTS.set(schemas, print);
  return print;
}

export interface CanonicalSchema {
  readonly kind: string;
  readonly version: number;
  readonly schema: JsonObject;
  /** Where this kind refers to others. */
  readonly references: readonly ReferencePath[];
  /** Fields that nothing but rules and conditions reads; see annotation/plain-fields.ts. */
  readonly plainFields: ReadonlySet<string>;
  /** References to another of the kind, below or after which an entity stands. */
  readonly chains: readonly ReferencePath[];
  /** Views of who refers to it, e.g. `duties` on a person. */
  readonly inverses: readonly InverseRelation[];
  /** The first reason why it is not valid on a day, or null: path and rule, never the value. */
  validate(entity: Entity, today: string): Invalidity | null;
  /** The same of what one record adds to an entity: only what it says is judged. */
  validatePart(content: JsonObject, today: string): Invalidity | null;
  /** With its identity numbers in their one spelling (`x-spelling`), as of a day. */
  spelled(entity: Entity, today: string): Entity;
  /** Every entity referred to, each once. */
  referencesOf(entity: Entity): readonly EntityRef[];
  /** True if the schema's `x-protected` says so: nobody may learn where this person is. */
  isProtected(entity: Entity): boolean;
  /** True if the schema's `x-at-once` says so: what it gave goes without any grace. */
  goesAtOnce(entity: Entity): boolean;
  /** Id of the organisation that it belongs to (`x-unit`), of a view with its inverses; '' if none. */
  unitOf(view: Entity): string;
  /** Where it says which units it, or an item of a list, belongs to: `x-unit` without inverses. */
  readonly ownUnits: readonly UnitPath[];
  /** Inverse relations that `unitOf` reads. */
  readonly unitInverses: readonly string[];
  /** What it can be found by (`x-lookup`), each once. */
  lookupTerms(entity: Entity): readonly LookupTerm[];
  /** By what it is told from others (`x-traits`). */
  traitsOf(entity: Entity): readonly Trait[];
  /** When the items of its lists hold (`x-in-force`). */
  readonly inForce: readonly InForceRule[];
  /** Where `x-protected` looks, and which marks there protect: of a part as of an entity. */
  readonly protection: ProtectionRules;
}

export interface Invalidity {
  /** `enrolments[0].schoolType` */
  readonly field: string;
  readonly what: string | Saying;
}

/** From an entity, or from each item of one of its lists, to the id of its organisation. */
export interface UnitPath {
  readonly list: string | null;
  readonly unit: readonly string[];
}

/** Where an entity or object refers to another one. */
export interface ReferencePath {
  /**
   * Field names from the entity to the reference object `{ id }`, or from a target's object to the
   * key of another; `[]` steps into a list.
   */
  readonly path: readonly string[];
  /** The kind of what is referred to. */
  readonly kind: string;
  /** Without it, the item of the innermost list (or the whole entity) says nothing. */
  readonly required: boolean;
}

/** `{ name: 'duties', kind: 'duty', path: ['person'] }`: the duties whose `person` this is. */
export interface InverseRelation {
  readonly name: string;
  readonly kind: string;
  readonly path: readonly string[];
}

/** schemas/canonical/migrations/<kind>.v<from>-v<to>.json; steps may be repeated without harm. */
export interface Migration {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly steps: readonly MigrationStep[];
}

/** One change of a top-level field. */
export type MigrationStep =
  | { readonly map: string; readonly values: Readonly<Record<string, string>> }
  | { readonly rename: string; readonly to: string }
  | { readonly drop: string }
  | { readonly default: string; readonly value: string | number | boolean };
