import { isList } from '../message/digest.ts';
import type { Entity, Json } from '../message/message.ts';
import { valuesAt, withoutReferences } from '../message/reference-walk.ts';
import type { CanonicalSchema, ReferencePath } from '../schema/canonical.ts';

/** What must not be seen. */
export interface Concealment {
  /** Protected persons, and what is nothing without one (a duty, a placement): ids by kind. */
  readonly hidden: ReadonlyMap<string, ReadonlySet<string>>;
  /** Guardians, children and siblings of protected persons: their addresses would show the way. */
  readonly households: ReadonlySet<string>;
}

export const NOTHING_HIDDEN: Concealment = { hidden: new Map(), households: new Set() };

/** Where a person can be found: withheld for the whole household of a protected person. */
export const WHEREABOUTS = ['addresses', 'phoneNumbers'] as const;

/**
 * The entity without what would show a protected person: null for the person, and for what is
 * nothing without the person; elsewhere the link to the person goes, and the link to what went.
 */
export function conceal(
  entity: Entity,
  schema: CanonicalSchema,
  { hidden, households }: Concealment,
): Entity | null {
  if (hidden.get(schema.kind)?.has(entity.id) === true) return null;
  let seen: Entity = entity;
  for (const { path, kind, required } of schema.references) {
    const ids = hidden.get(kind);
    if (ids === undefined) continue;
    const rest = withoutReferences(seen, path, required, (one) => !ids.has(idIn(one)));
    if (rest === null) return null;
    // SAFETY: the id is no reference, so it is still there.
    seen = rest as Entity;
  }
  const isExposed = schema.kind === 'person' && households.has(entity.id);
  return isExposed ? withoutFields(seen, WHEREABOUTS) : seen;
}

/** The persons without whom the entity is nothing. */
export function ownersOf(entity: Entity, schema: CanonicalSchema): readonly string[] {
  return schema.references.flatMap((one) =>
    isOwner(one) ? [...valuesAt(entity, one.path)].map(idIn) : [],
  );
}

/** Whether entities of this kind may be nothing without a person. */
export function hasOwners(schema: CanonicalSchema): boolean {
  return schema.references.some(isOwner);
}

function isOwner({ kind, required, path }: ReferencePath): boolean {
  return kind === 'person' && required && !path.includes('[]');
}

function idIn(reference: Json): string {
  if (typeof reference !== 'object' || reference === null || isList(reference)) return '';
  return typeof reference['id'] === 'string' ? reference['id'] : '';
}

function withoutFields(entity: Entity, names: readonly string[]): Entity {
  const rest = Object.entries(entity).filter(([name]) => !names.includes(name));
  return { id: entity.id, ...Object.fromEntries(rest) };
}
