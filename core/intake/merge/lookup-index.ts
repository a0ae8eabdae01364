import { digestOf } from '../../message/digest.ts';
import type { Entity } from '../../message/message.ts';
import type { CanonicalSchema, CanonicalSchemas } from '../../schema/canonical.ts';
import type { Store } from '../../store/store.ts';
import type { Identity } from '../identity/identity.ts';

/** Changes when the spelling of terms (core/schema/annotation/lookup.ts) or their hash does. */
export const FORM = 3;
const INDEXED = 'lookupIndex';

/** Hashes of all that an entity can be found by. */
export function lookupsOf(
  entity: Entity,
  schema: CanonicalSchema | undefined,
  identity: Identity,
): readonly string[] {
  return schema?.lookupTerms(entity).map((term) => identity.lookupOf(term)) ?? [];
}

/**
 * Makes stored entities findable where they were taken in by an older version, or when a schema's
 * `x-lookup` was another. Noted last, so a crash in between is mended by doing it again.
 */
export async function indexStored(
  store: Store,
  canonical: CanonicalSchemas,
  identity: Identity,
): Promise<void> {
  const rules = canonical.kinds.map((kind) => {
    const schema = canonical.get(kind);
    return [kind, schema?.version ?? 0, schema?.schema['x-lookup'] ?? null];
  });
  const present = digestOf([FORM, rules]);
  if ((await store.getValue(INDEXED)) === present) return;
  for (const kind of canonical.kinds) {
    const schema = canonical.get(kind);
    for await (const batch of store.entities.scan(kind)) {
      const indexed = batch.map(({ entity }) => {
        return { id: entity.id, lookups: lookupsOf(entity, schema, identity) };
      });
      await store.entities.index(kind, indexed);
    }
  }
  await store.putValue(INDEXED, present);
}
