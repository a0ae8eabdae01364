import type { Entity, EntityRef, Json, JsonObject, Problem } from '../message/message.ts';
import type { Shown } from './shown/shown.ts';

/** What an outbound mapping may ask about while it projects one entity. Never asynchronous. */
export interface ProjectionContext {
  /** Date of the plan in Europe/Stockholm, `YYYY-MM-DD`. */
  readonly today: string;
  /** The referenced entity; undefined if it is missing, or protected and this flow excludes it. */
  readonly lookup: (kind: string, id: string) => Entity | undefined;
  /** What persons have said of the object of this key: it stands in the place of rules. */
  readonly given?: (key: string) => GivenFields | undefined;
}

/** Values by the dotted names of the fields; null leaves a field out. */
export type GivenFields = ReadonlyMap<string, Json>;

/** One object that a target should hold, or the reason why it cannot be made. */
export type Projection =
  | { readonly key: string; readonly object: JsonObject }
  | { readonly key: string | null; readonly problem: Problem };

/** Two ways to one and the same: the interpreter says what a mapping means, its code is faster. */
export interface Ways<F> {
  readonly interpreted: F;
  /** Generates the code when it is first asked for. */
  readonly generated: () => Code<F>;
}

/** A mapping as one function. */
export interface Code<F> {
  readonly run: F;
  readonly counts: {
    /** Expressions that were not as they usually are, and were left to the interpreter. */
    readonly anew: number;
  };
}

/** One field's rule, for explanations: where it stands, and what its value depends on. */
export interface RuleNote {
  /** Dotted name of the field that it fills. */
  readonly field: string;
  /** Names from the object to the field; null inside the items of a list. */
  readonly path: readonly string[] | null;
  /** It is written as the object's key is. */
  readonly isKey: boolean;
  readonly line: number;
  /** Fields of the record or the entity that it reads, by their first name. */
  readonly reads: readonly string[];
  /** Fields of other entities that it looks up; null where it may read any. */
  readonly lookups: readonly { readonly kind: string; readonly field: string | null }[];
  /** The table file that its value goes through, or null. */
  readonly table: string | null;
  /** The rows of its table, in a file or in the mapping. */
  readonly rows: () => readonly TableRow[];
}

/** What a code becomes, and where that stands. */
export interface TableRow {
  readonly from: string;
  readonly to: Json;
  readonly file: string;
  readonly line: number;
}

/** A condition or a list as it is written, and its line in the file. */
export interface Written {
  readonly text: string;
  readonly line: number;
}

/** A mapping entity -> objects, checked against both schemas and compiled to functions. */
export interface OutboundMapping {
  readonly file: string;
  /** Canonical entity kind and its schema version. */
  readonly from: { readonly kind: string; readonly version: number };
  readonly to: { readonly connector: string; readonly objectKind: string };
  /** Changes when anything that could change an object changes (the files and tables). */
  readonly fingerprint: string;
  /**
   * Inverse relations that it reads from the entity's view: `duties`, `responsibleFor`,
   * `placements`, `groupMemberships`, `activities` (declared in the canonical schemas, x-inverse).
   */
  readonly inverses: readonly string[];
  /** What it reads of the view; of an inverse relation, of each that refers. */
  readonly shown: Shown;
  /** What it reads of the entities that it looks up, by their kinds. */
  readonly shownLookedUp: ReadonlyMap<string, Shown>;
  /** It reads who governs something: whose it is. */
  readonly asksWhose: boolean;
  /** Entity kinds that it looks up. */
  readonly lookups: readonly string[];
  /** Dotted names of the fields that its rules fill, each once. */
  readonly fills: readonly string[];
  readonly rules: readonly RuleNote[];
  /** Entities that `project` will look up for this one, so that they can be fetched in batches. */
  needs(view: Entity): readonly EntityRef[];
  project(view: Entity, context: ProjectionContext): readonly Projection[];
  readonly ways: Ways<OutboundMapping['project']>;
  /** Of an entity that gives no projection: the `each` that is empty, else the `when`; or null. */
  silence(view: Entity): Written | null;
}

/** What one record says of one entity. */
export interface PartDraft {
  readonly entity: EntityRef;
  readonly part: string;
  readonly externalId: string;
  /** For a record that only patches a keyed list of this part: see `partial` in the mapping. */
  readonly patch: ListPatch | null;
  /** The entity's id if it had not been merged into another. */
  readonly ownId: string;
  /** Own ids of those that the record calls the same as itself; null where it does not say. */
  readonly duplicates: readonly string[] | null;
  readonly content: JsonObject;
  /** Why an item of the record's list is not in it; see `alone` in the mapping. */
  readonly aside?: Problem;
}

/** Begins a part's name before the own id of a merged duplicate; databases hold it. */
export const PART_OF_DUPLICATE = '~twin:';

/** Items to set (by key) and to remove in one list field of a part. */
export interface ListPatch {
  readonly field: string;
  readonly keyedBy: string;
  readonly removed: readonly string[];
  /** Keys of what alone stays of the list that was there; absent: all else, and other fields. */
  readonly staying?: ReadonlySet<string>;
}

export interface InboundContext {
  /** Date of the run in Europe/Stockholm. */
  readonly today: string;
  /**
   * Hub-owned id of what an outside system calls by this id: the survivor's after a merger. Null
   * stands for the source module itself.
   */
  readonly identify: (system: string | null, kind: string, externalId: string) => string;
  /** The same as if nobody had been merged; the same answer for ever. */
  readonly identifyOwn: (system: string | null, kind: string, externalId: string) => string;
}

/** A system that a mapping names by `of`, and where it stands in the file. */
export interface NamedSystem {
  readonly system: string;
  /** Entities of its numbering are made there. */
  readonly makes: boolean;
  readonly line: number;
  readonly column: number;
}

export interface InboundMapping {
  readonly file: string;
  readonly from: { readonly connector: string; readonly stream: string };
  readonly to: { readonly kind: string; readonly version: number };
  /** The system whose ids its entities have; null: the source module's own. */
  readonly of: string | null;
  /** Every `of` in it. */
  readonly systems: readonly NamedSystem[];
  /** Its parts add to entities that other streams make; alone they make none. */
  readonly isSupplement: boolean;
  /** It makes one part of a record, or none. */
  readonly isSingle: boolean;
  /** How many fields of a record the name of its part is made of; 0: a record is a part. */
  readonly partReads: number;
  /** `each` and `when`: why it may make nothing of a record. */
  readonly conditions: readonly Written[];
  /** Begins its parts' names where others of its stream make the same kind; see siblings.ts. */
  readonly mark: string;
  readonly rules: readonly RuleNote[];
  readonly fingerprint: string;
  /** External ids of the record's entities, also where nothing else of it can be read. */
  externalIds(record: JsonObject): readonly string[];
  /** The same, each with the part that the record is, where it says one: a row of a class's list. */
  names(record: JsonObject): readonly string[];
  /** The parts that an upserted record gives, or the first reason why it gives none. */
  convert(record: JsonObject, context: InboundContext): readonly PartDraft[] | Problem;
  /** Without the mark. */
  readonly ways: Ways<InboundMapping['convert']>;
  /**
   * What can be told of a record of which not all can be read, or that was deleted: which parts it
   * is about, and of their content no more than what the schema's `x-protected` looks at.
   */
  about(record: JsonObject, context: InboundContext): readonly Glimpse[];
  /** The same content of a record of which it is not even known whom it is about. */
  saidOfNobody(record: JsonObject, context: InboundContext): readonly JsonObject[];
  /** The parts that a deleted record gave, or the reason why they are not known. */
  identifyDeleted(record: JsonObject, context: InboundContext): readonly DeletedPart[] | Problem;
}

export interface Glimpse extends DeletedPart {
  readonly content: JsonObject;
}

export interface DeletedPart {
  readonly entity: EntityRef;
  readonly part: string;
}
