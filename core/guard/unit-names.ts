import type { Store } from '../store/store.ts';

/** What school units are called, as far as they are known. */
export async function unitNames(
  { entities }: Pick<Store, 'entities'>,
  units: Iterable<string>,
): Promise<ReadonlyMap<string, string>> {
  const stored = await entities.get('organisation', [...new Set(units)]);
  return new Map(
    stored.map(({ entity }) => [entity.id, String(entity['displayName'] ?? entity.id)]),
  );
}
