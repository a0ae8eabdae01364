import { type Entry, isChange } from './compare.ts';

/**
 * Entries without the changes of withheld organisations: what the target holds of them stays as it
 * is, and what it does not hold is dropped.
 */
export function withhold(
  entries: readonly Entry[],
  withheld: ReadonlySet<string> | undefined,
): { readonly left: readonly Entry[]; readonly dropped: readonly Entry[] } {
  if (withheld === undefined || withheld.size === 0) return { left: entries, dropped: [] };
  const dropped: Entry[] = [];
  const left = entries.flatMap((entry): readonly Entry[] => {
    if (!isChange(entry) || !withheld.has(entry.unit)) return [entry];
    if (entry.row === null) dropped.push(entry);
    return entry.row === null ? [] : [keptAs(entry, entry.row)];
  });
  return { left, dropped };
}

function keptAs(entry: Entry, row: NonNullable<Entry['row']>): Entry {
  const { hash, ref } = row;
  const about = { key: ref.key, formerKey: null, suspendedSince: null };
  return { ...entry, action: 'kept', ...about, object: null, hash };
}
