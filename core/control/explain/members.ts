import { fieldIn, isWithin } from '../../mapping/language/dates.ts';
import { isList } from '../../message/digest.ts';
import type { Entity, EntityRef, Json } from '../../message/message.ts';
import { type Engine, todayOf } from '../../run/engine.ts';
import { hintOf, type PersonHint } from './find-person.ts';

export interface NamedGroup {
  readonly id: string;
  readonly name: string;
  /** SS 12000 GroupType. */
  readonly type: string;
}

/** Who belongs to a group on a day, as its sources say it now. */
export interface GroupDay extends NamedGroup {
  /** The organisation's name; '' where none is known. */
  readonly unit: string;
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** In the order of their names; nobody who is protected, and nobody who is not known here. */
  readonly members: readonly Member[];
}

export interface Member extends PersonHint {
  /** First and last day of the membership, `YYYY-MM-DD`; null where none is said. */
  readonly from: string | null;
  readonly until: string | null;
}

/**
 * The members of a group on a day, today where none is given; null if there is no such group. What
 * sources have taken out of a group without a last day is not known any more.
 */
export async function membersOn(
  engine: Engine,
  id: string,
  day: string = todayOf(engine),
): Promise<GroupDay | null> {
  const { store, workspace } = engine;
  const [stored] = await store.entities.get('group', [id]);
  if (stored === undefined) return null;
  const those = membershipsOn(stored.entity, day);
  const ids = those.map(personIn);
  const schema = workspace.canonical.get('person');
  const persons = new Map<string, Entity>();
  for (const { entity } of await store.entities.get('person', [...new Set(ids)])) {
    if (schema?.isProtected(entity) === false) persons.set(entity.id, entity);
  }
  const members = those.flatMap((one): Member[] => {
    const person = persons.get(personIn(one));
    if (person === undefined) return [];
    const [from, until] = [textIn(one, 'startDate'), textIn(one, 'endDate')];
    return [{ ...hintOf(person, false), from, until }];
  });
  members.sort((a, b) => a.name.localeCompare(b.name, 'sv') || (a.id < b.id ? -1 : 1));
  const unit = fieldIn(stored.entity['organisation'], 'id');
  const [school] = await store.entities.get('organisation', [String(unit)]);
  const name = String(school?.entity['displayName'] ?? '');
  return { ...named(stored.entity), unit: name, day, members };
}

/** The groups of which somebody is a member on a day. */
export async function groupsOn(
  { store }: Engine,
  person: EntityRef,
  day: string,
): Promise<readonly NamedGroup[]> {
  const referrers = (await store.entities.referrers([person])).flat();
  const ids = referrers.filter(({ kind }) => kind === 'group').map(({ id }) => id);
  const groups = await store.entities.get('group', ids);
  const own = groups.filter(({ entity }) =>
    membershipsOn(entity, day).some((one) => personIn(one) === person.id),
  );
  return own.map(({ entity }) => named(entity));
}

function membershipsOn({ groupMemberships }: Entity, day: string): readonly Json[] {
  const all = isList(groupMemberships) ? groupMemberships : [];
  return all.filter((one) => isWithin(fieldIn(one, 'startDate'), fieldIn(one, 'endDate'), day));
}

function named({ id, displayName, groupType }: Entity): NamedGroup {
  return { id, name: String(displayName), type: String(groupType) };
}

function personIn(membership: Json): string {
  return String(fieldIn(fieldIn(membership, 'person'), 'id'));
}

function textIn(value: Json, field: string): string | null {
  const found = fieldIn(value, field);
  return typeof found === 'string' ? found : null;
}
