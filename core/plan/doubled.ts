import type { CanonicalSchemas } from '../schema/canonical.ts';
import { uniqueRules } from '../schema/unique.ts';
import type { EntityStore } from '../store/store.ts';
import type { Concealment } from './conceal.ts';

/** What of whom another one keeps: an account has one owner, in every target. */
export async function doubledFields(
  entities: EntityStore,
  canonical: CanonicalSchemas,
): Promise<Concealment['doubled']> {
  const found = new Map<string, string[]>();
  for (const kind of canonical.kinds) {
    const rules = uniqueRules(canonical.get(kind)?.schema ?? {});
    if (rules.every(({ withheld }) => withheld === null)) continue;
    for (const { as, ids } of await entities.doubles(kind)) {
      const field = rules.find((rule) => rule.as === as)?.withheld ?? null;
      if (field === null) continue;
      for (const id of ids.slice(1)) {
        found.set(`${kind}/${id}`, [...(found.get(`${kind}/${id}`) ?? []), field]);
      }
    }
  }
  return found;
}
