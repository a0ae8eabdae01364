import { type Finding, finding } from '../failure/finding.ts';
import { saying } from '../failure/saying.ts';
import type { Outline } from '../flow/known/outline.ts';
import { readProtectedSince } from '../intake/protection/protected-since.ts';
import type { EntityRef } from '../message/message.ts';
import { sayTime } from '../schedule/calendar.ts';
import type { Store } from '../store/store.ts';
import { readRetracted } from './kept-retracted.ts';
import { rowsFrom } from './retraction.ts';

/**
 * How many protected persons each target has not yet lost, whatever keeps it: no run has come, a
 * pause, a hold, a target that is out or refuses. Those whom it showed when it was asked
 * after a run are told by `stillShown`.
 */
export async function notYetTaken(
  store: Store,
  { flows, timeZone }: Outline,
): Promise<readonly Finding[]> {
  const said = await store.protections.all();
  const persons = new Set(said.flatMap(({ entity }) => (isPerson(entity) ? [entity.id] : [])));
  if (persons.size === 0) return [];
  const since = await readProtectedSince(store, 'person');
  const found: Finding[] = [];
  for (const { target, protectedPersons, objectKinds } of flows) {
    if (protectedPersons === 'include') continue;
    const left = await leftIn(target, objectKinds, persons, store);
    if (left.size === 0) continue;
    // Of whom an older version has heard it, the time is not known.
    const first = Math.min(...[...left].map((id) => since.get(id) ?? 0));
    const about = { target, count: left.size };
    const said =
      first === 0
        ? saying('notYetTakenEver', about)
        : saying('notYetTaken', { ...about, since: sayTime(timeZone, first) });
    const cause = { kind: 'shown', name: target, subject: target } as const;
    found.push(finding(cause, 'PROTECTED_NOT_TAKEN', said));
  }
  return found;
}

/** Ids of those of these persons who gave what the target holds, or may hold. */
async function leftIn(
  target: string,
  kinds: readonly string[],
  persons: ReadonlySet<string>,
  store: Store,
): Promise<ReadonlySet<string>> {
  const left = new Set<string>();
  const told = new Set<string>();
  for (const { origin, shownIn } of await readRetracted(store, target)) {
    for (const id of await personsOf(origin, store)) {
      if (shownIn.length > 0) told.add(id);
      else if (persons.has(id)) left.add(id);
    }
  }
  const ids = new Map([['person', persons]]);
  for (const kind of kinds) {
    const rows = await rowsFrom({ name: target }, { kind }, ids, store);
    for (const { ref } of rows) left.add(ref.origin.id);
  }
  return new Set([...left].filter((id) => !told.has(id)));
}

/** The person, or those without whom a duty or a placement is nothing. */
async function personsOf(origin: EntityRef, { entities }: Store): Promise<readonly string[]> {
  if (isPerson(origin)) return [origin.id];
  return (await entities.references(origin)).filter(isPerson).map(({ id }) => id);
}

function isPerson({ kind }: EntityRef): boolean {
  return kind === 'person';
}
