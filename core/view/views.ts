import type { Schools } from '../mapping/language/ours.ts';
import type { Shown } from '../mapping/shown/shown.ts';
import type { Entity, EntityRef } from '../message/message.ts';
import type { EntityStore } from '../store/entity-store.ts';

/**
 * Entities as a flow may see them: with their inverse relations, and without anything that would
 * show a protected person. Every road out of the hub goes through a view: the protection stands
 * below the mappings.
 */
export interface Views {
  /** In order; null for an entity that must not be seen at all. */
  of(kind: string, entities: readonly Entity[]): Promise<readonly (Entity | null)[]>;
  /** The organisation that a view belongs to; '' if none. */
  unitOf(kind: string, view: Entity): string;
  /** True if what a view gave goes at once when it is not wanted any more. */
  goesAtOnce(kind: string, view: Entity): boolean;
  /** Those of a kind who share what only one may have. */
  rivals(kind: string): Promise<readonly Rivals[]>;
  /** Those of entities that are gone of which nothing may stay for a grace. */
  goneAtOnce(kind: string, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Fetches what mappings will look up; unseen and missing entities are undefined. */
  lookup(references: readonly EntityRef[]): Promise<Lookup>;
}

/** Entities that have one and the same value of a field, which the first of them keeps. */
export interface Rivals {
  readonly field: string;
  readonly ids: readonly string[];
}

export type Lookup = (kind: string, id: string) => Entity | undefined;

/** What views read of the store. */
export type ViewedEntities = Pick<
  EntityStore,
  'get' | 'scan' | 'referrers' | 'protected' | 'doubles' | 'goneAtOnce'
>;

/** What a flow's views must hold. */
export interface ViewNeeds {
  readonly protectedPersons: 'exclude' | 'include';
  /** Of which school units it sees what belongs to them. */
  readonly schools: Schools;
  /** Inverse relations by entity kind. */
  readonly inverses: ReadonlyMap<string, ReadonlySet<string>>;
  /**
   * What is read of those that refer; where it is not said, everything. Views of a whole plan
   * carry no more, since all of them are in memory at once.
   */
  readonly shownOf?: (kind: string, inverse: string) => Shown;
}
