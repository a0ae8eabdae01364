import type { EntityRef, JsonObject } from '../message/message.ts';

/** A source's word that an entity is protected; it outlives the record, and the entity. */
export interface Protection {
  readonly entity: EntityRef;
  /** '' where it is not known who said it. */
  readonly source: string;
  /** Nothing but the marks that protect, in their places in the entity. */
  readonly marks: JsonObject;
}

/** Who was ever called protected, until a person releases them. */
export interface ProtectionStore {
  /** In order of entity and source. */
  all(): Promise<readonly Protection[]>;
  /** The same source's newer word takes the older one's place. */
  put(protections: readonly Protection[]): Promise<void>;
  /** Forgets every source's word of an entity. */
  remove(entity: EntityRef): Promise<void>;
}
