import type { EntityRef } from '../../../message/message.ts';
import type { StoredEntity } from '../../entity-store.ts';
import { idOf, type Named } from '../database.ts';

export interface EntityDocument extends Named {
  kind: string;
  hash: string;
  /** JSON text: any names, and the order of fields. */
  content: string;
  /** Ids of the entities that it refers to. */
  references: readonly string[];
  lookups: readonly string[];
  isProtected: boolean;
}

export function entityId({ kind, id }: EntityRef): string {
  return idOf(kind, id);
}

export function storedOf({ content, hash }: EntityDocument): StoredEntity {
  return { entity: JSON.parse(content), hash };
}
