import { isList } from '../message/digest.ts';
import type { Entity, Json } from '../message/message.ts';
import type { CanonicalSchema } from '../schema/canonical.ts';
import { withoutReferences } from './reference-walk.ts';

/** Who must not be seen, and who lives with them. */
export interface Concealment {
  isProtected(personId: string): boolean;
  /** Guardians, children and siblings of protected persons: their addresses would show the way. */
  isHousehold(personId: string): boolean;
}

/** Where a person can be found: withheld for the whole household of a protected person. */
const WHEREABOUTS = ['addresses', 'phoneNumbers'] as const;

/**
 * The entity without what would show a protected person: null for the person, and for what is
 * nothing without the person (a placement without its child); elsewhere the link to the person
 * goes.
 */
export function conceal(
  entity: Entity,
  schema: CanonicalSchema,
  concealment: Concealment,
): Entity | null {
  if (schema.kind === 'person' && concealment.isProtected(entity.id)) return null;
  let seen: Entity = entity;
  for (const { path, kind, required } of schema.references) {
    if (kind !== 'person') continue;
    const keep = (reference: Json) => !concealment.isProtected(idIn(reference));
    const rest = withoutReferences(seen, path, required, keep);
    if (rest === null) return null;
    // SAFETY: the id is no reference, so it is still there.
    seen = rest as Entity;
  }
  const hidden = schema.kind === 'person' && concealment.isHousehold(entity.id);
  return hidden ? withoutFields(seen, WHEREABOUTS) : seen;
}

function idIn(reference: Json): string {
  if (typeof reference !== 'object' || reference === null || isList(reference)) return '';
  return typeof reference['id'] === 'string' ? reference['id'] : '';
}

function withoutFields(entity: Entity, names: readonly string[]): Entity {
  const rest = Object.entries(entity).filter(([name]) => !names.includes(name));
  return { id: entity.id, ...Object.fromEntries(rest) };
}
