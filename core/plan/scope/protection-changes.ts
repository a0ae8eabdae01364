import type { EntityRef } from '../../message/message.ts';
import type { Change } from '../../store/entity-store.ts';
import { householdOf } from '../../view/household.ts';
import type { DependentsContext } from './dependents.ts';

/** Reads the ids of all protected persons, in ascending order. */
export async function protectedIds({
  store,
  canonical,
}: DependentsContext): Promise<ReadonlySet<string>> {
  const schema = canonical.get('person');
  const marked = await store.entities.protected('person');
  const found = marked.filter(({ entity }) => schema?.isProtected(entity) === true);
  return new Set(found.map(({ entity }) => entity.id));
}

/**
 * The households of those who have changed, where a person is among them who is or was protected:
 * whoever lives there now, or no longer, is shown otherwise. A tie that has gone led from or to
 * somebody who has changed (whoever has lost a referrer is told too), so both its ends are in one
 * of them.
 */
export async function homesOf(
  changed: readonly EntityRef[],
  concealed: ReadonlySet<string>,
  { store: { entities } }: DependentsContext,
): Promise<readonly Change[]> {
  if (concealed.size === 0) return [];
  const ids = changed.flatMap(({ kind, id }) => (kind === 'person' ? [id] : []));
  const homes = new Set(ids);
  for (const { entity } of await entities.get('person', ids)) {
    for (const id of await householdOf(entities, [entity])) homes.add(id);
  }
  if (homes.isDisjointFrom(concealed)) return [];
  return [...homes].map((id) => asContent({ kind: 'person', id }));
}

/**
 * What is seen otherwise since these persons are protected, or are so no longer: they, and all that
 * refers to them, each as if its own content had changed.
 */
export async function seenOtherwise(
  persons: readonly Change[],
  { store: { entities } }: DependentsContext,
): Promise<readonly Change[]> {
  const found: EntityRef[] = [];
  for (const person of persons) found.push(person, ...(await entities.referrers(person)));
  return found.map(asContent);
}

export function asContent({ kind, id }: EntityRef): Change {
  return { kind, id, what: 'content' };
}
