import { digestOf } from '../../message/digest.ts';
import type { Store } from '../../store/store.ts';
import type { CanonicalSchemas } from '../canonical.ts';

/**
 * Entities are written with the mark that their schema calls them protected. Where a schema says
 * otherwise now, those that it protects are marked anew before anything can ask for them.
 */
export async function keepProtectedMarks(
  store: Pick<Store, 'entities' | 'getValue' | 'putValue'>,
  schemas: CanonicalSchemas,
): Promise<void> {
  for (const kind of schemas.kinds) {
    const schema = schemas.get(kind);
    const rule = schema?.schema['x-protected'];
    if (schema === undefined || rule === undefined) continue;
    const [name, present] = [`shields:${kind}`, digestOf(rule)];
    const before = await store.getValue(name);
    if (before === present) continue;
    for await (const batch of store.entities.scan(kind)) {
      const shielded = batch.filter(({ entity }) => schema.isProtected(entity));
      await store.entities.rewrite(shielded.map((one) => ({ ...one, kind, isProtected: true })));
    }
    await store.putValue(name, present);
  }
}
