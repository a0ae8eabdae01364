import type { Part } from '../../store/intake-store.ts';

/** Field -> the sources that own it, in order; `*` for the fields that are not named. */
export type Owners = ReadonlyMap<string, readonly string[]>;

/** Whose word counts for a field of an entity: `undefined` where it has no owner. */
export type Heard = (field: string) => string | undefined;

/**
 * Of a field's owners the first that speaks of the entity is heard. It is heard also where it says
 * nothing of the field: what a register leaves out, such as an address, is not to come from
 * elsewhere.
 */
export function heardAmong(owners: Owners, parts: readonly Part[]): Heard {
  const speaking = new Set(parts.map(({ source }) => source));
  return (field) => {
    const own = owners.get(field) ?? owners.get('*');
    return own?.find((one) => speaking.has(one)) ?? own?.[0];
  };
}
