import type { Target } from '../../flow/target.ts';
import { isShown } from '../../mapping/shown/shown.ts';
import type { Change } from '../../store/entity-store.ts';
import type { DependentsContext } from './dependents.ts';

/**
 * Those of the changes after which a target's objects may be otherwise: not where all that is
 * otherwise of an entity are plain fields that no mapping or condition of the target looks at.
 */
export function changesRead(
  changes: readonly Change[],
  target: Target,
  context: DependentsContext,
): readonly Change[] {
  const known = new Map<string, boolean>();
  const isRead = (kind: string, field: string) => {
    const name = `${kind} ${field}`;
    const found = known.get(name) ?? isLookedAt(kind, field, target, context);
    known.set(name, found);
    return found;
  };
  return changes.filter(({ kind, fields }) => {
    return fields === undefined || fields.some((field) => isRead(kind, field));
  });
}

function isLookedAt(
  kind: string,
  field: string,
  target: Target,
  { canonical, needs }: DependentsContext,
): boolean {
  if (canonical.get(kind)?.plainFields.has(field) !== true) return true;
  const mappings = target.kinds.flatMap((one) => one.mappings);
  const readers = [
    target.flow.selects.get(kind)?.shown,
    ...mappings.map(({ from, shown }) => (from.kind === kind ? shown : undefined)),
    ...mappings.map(({ shownLookedUp }) => shownLookedUp.get(kind)),
  ];
  if (readers.some((shown) => shown !== undefined && isShown(shown, [field]))) return true;
  return [...needs.inverses].some(([of, names]) => {
    const relations = canonical.get(of)?.inverses ?? [];
    return relations.some(({ name, kind: referring, path }) => {
      if (referring !== kind || !names.has(name)) return false;
      // An item of a list holds the entity that it stands in under the name of its kind.
      const at = path.includes('[]') ? [kind, field] : [field];
      return isShown(needs.shownOf?.(of, name) ?? true, at);
    });
  });
}
