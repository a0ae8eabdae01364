import type { Entity, EntityRef } from '../message/message.ts';
import type { Part } from './intake-store.ts';

export interface StoredEntity {
  readonly entity: Entity;
  readonly hash: string;
}

/** What may be otherwise since an earlier look. */
export interface Changes {
  /** The number of this look: the next one asks for what came after. */
  readonly until: number;
  /** Null where too much has changed to be told one by one. */
  readonly changed: readonly Change[] | null;
}

export interface Change extends EntityRef {
  /** `referrers`: only who refers to it has changed; somebody no longer does. */
  readonly what: 'content' | 'referrers';
  /** The fields of the entity that alone are otherwise; absent where any may be. */
  readonly fields?: readonly string[];
}

/** A value that several entities of a kind have. */
export interface Double {
  readonly as: string;
  /** The first keeps it. */
  readonly ids: readonly string[];
}

export interface EntityStore {
  /** What intakes and rewrites have changed after that number, each entity once. */
  changes(after: number): Promise<Changes>;
  /** All entities of a kind in ascending order of id. */
  scan(kind: string): AsyncIterable<readonly StoredEntity[]>;
  get(kind: string, ids: readonly string[]): Promise<readonly StoredEntity[]>;
  count(kind: string): Promise<number>;
  /** What an entity refers to. */
  references(from: EntityRef): Promise<readonly EntityRef[]>;
  /** Entities of a kind that were written as shielded, and possibly others. */
  protected(kind: string): Promise<readonly StoredEntity[]>;
  /** A source has deleted them: once they are removed, they are what goes at once. */
  markAtOnce(entities: readonly EntityRef[]): Promise<void>;
  isMarkedAtOnce(entity: EntityRef): Promise<boolean>;
  /** Those of these ids that are not there, and were removed as what goes at once. */
  goneAtOnce(kind: string, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Entities that refer to each of these, whether or not it exists: a list for each, in order. */
  referrers(to: readonly EntityRef[]): Promise<readonly (readonly EntityRef[])[]>;
  /**
   * Who of a kind refers to whom of it, of those alone who refer on and are referred to: whatever
   * goes round in a circle is among them.
   */
  selfReferences(kind: string): Promise<readonly { readonly from: string; readonly to: string }[]>;
  /** What is referred to and is not there, by the kinds of both. */
  dangling(): Promise<readonly Dangling[]>;
  /** Parts of entities that are not there and were not deleted; not more than some thousands. */
  ofNobody(): Promise<readonly Part[]>;
  /** Where an entity's parts came from. */
  parts(entity: EntityRef): Promise<readonly Part[]>;
  /** One part of each kind, source and stream. */
  samples(): Promise<readonly Part[]>;
  /** Cross-reference: the entity that a source's record became. */
  byExternalId(source: string, kind: string, externalId: string): Promise<EntityRef | null>;
  /**
   * The entities of a kind that can be found by any of these, each once and in ascending order of
   * id, with those of these by which it is found. However many are asked about, all are read once.
   */
  byLookups(kind: string, lookups: ReadonlySet<string>): AsyncIterable<readonly Found[]>;
  /** Replaces what entities can be found by; nothing else of them changes. */
  index(
    kind: string,
    entities: readonly { readonly id: string; readonly lookups: readonly string[] }[],
  ): Promise<void>;
  /** Replaces entities' content as a schema migration does; parts stay. */
  rewrite(entities: readonly RewrittenEntity[]): Promise<void>;
  /** What several of a kind were found to have. */
  doubles(kind: string): Promise<readonly Double[]>;
  /** Groups of ids of a kind that have the same text at a path, or in a list there. */
  searchDoubles(kind: string, path: readonly string[]): Promise<readonly (readonly string[])[]>;
  /** In place of what is kept; who has become the first, or is it no more, is noted as changed. */
  putDoubles(kind: string, doubles: readonly Double[]): Promise<void>;
}

/** An entity, and those of the things asked about by which it is found. */
export interface Found {
  readonly id: string;
  readonly by: readonly string[];
}

/** Entities of one kind that entities of another refer to, and that are not there. */
export interface Dangling {
  readonly from: string;
  readonly to: string;
  /** How many are not there. */
  readonly count: number;
  /** Ids of some who refer, and to whom. */
  readonly examples: readonly { readonly from: string; readonly to: string }[];
}

export interface RewrittenEntity extends StoredEntity {
  readonly kind: string;
  readonly isProtected: boolean;
}
