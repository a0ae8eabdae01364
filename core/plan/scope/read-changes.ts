import type { Target } from '../../flow/target.ts';
import type { Shown } from '../../mapping/shown/shown.ts';
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
  if (target.flow.selects.get(kind)?.reads(field) === true) return true;
  const mappings = target.kinds.flatMap((one) => one.mappings);
  if (mappings.some((one) => one.from.kind === kind && one.reads(field))) return true;
  if (mappings.some((one) => one.readsLookedUp(kind, field))) return true;
  return [...needs.inverses].some(([of, names]) => {
    const relations = canonical.get(of)?.inverses ?? [];
    return relations.some((relation) => {
      if (relation.kind !== kind || !names.has(relation.name)) return false;
      const shown = needs.shownOf?.(of, relation.name) ?? true;
      // An item of a list holds the entity that it stands in under the name of its kind.
      const inItem = relation.path.includes('[]') ? shownIn(shown, kind) : shown;
      return shownIn(inItem, field) !== null;
    });
  });
}

/** What is read of a field of what is shown; null where nothing is. */
function shownIn(shown: Shown | null, field: string): Shown | null {
  if (shown === null || shown === true) return shown;
  return shown.get(field) ?? null;
}
