import {
  type JsonObject,
  objectsIn,
  type ServedObjects,
  servedThere,
} from '../../../core/plugin.ts';
import { texts } from './texts.ts';

/** What ties a person to an organisation, by the standard's names. */
export const RELATIONSHIPS = [
  'enrolment',
  'duty',
  'placement.child',
  'placement.owner',
  'responsibleFor.enrolment',
  'responsibleFor.placement',
  'groupMembership',
] as const;

export interface Wanted {
  /** One of `RELATIONSHIPS`; null: any. */
  readonly type: string | null;
  /** An organisation's id; null: any. */
  readonly organisation: string | null;
  readonly isIn: (dates: JsonObject) => boolean;
}

/** One tie: of whom, to which organisation, on which days. */
interface Tie {
  readonly persons: readonly string[];
  readonly at: readonly string[];
  readonly dates: JsonObject;
}

/** The ids of all persons that are tied so. */
export async function relatedPersons(
  objects: ServedObjects,
  { type, organisation, isIn }: Wanted,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const relationship of RELATIONSHIPS) {
    if (type !== null && type !== relationship) continue;
    for await (const { persons, at, dates } of TIES[relationship](objects)) {
      if (organisation !== null && !at.includes(organisation)) continue;
      if (isIn(dates)) for (const person of persons) found.add(person);
    }
  }
  return found;
}

const TIES: Readonly<
  Record<(typeof RELATIONSHIPS)[number], (objects: ServedObjects) => AsyncIterable<Tie>>
> = {
  enrolment: (objects) => enrolments(objects, ({ key }) => [key]),
  'responsibleFor.enrolment': (objects) => enrolments(objects, ({ object }) => guardians(object)),
  duty: (objects) => ties(objects, 'duties', 'person', 'dutyAt'),
  'placement.child': (objects) => ties(objects, 'placements', 'child', 'placedAt'),
  'placement.owner': (objects) => ties(objects, 'placements', 'owners[]', 'placedAt'),
  'responsibleFor.placement': placementsOfOthers,
  groupMembership: memberships,
};

async function* ties(
  objects: ServedObjects,
  list: string,
  persons: string,
  at: string,
): AsyncGenerator<Tie> {
  for await (const rows of servedThere(objects, list)) {
    for (const { object } of rows) {
      yield { persons: texts(object, persons), at: texts(object, at), dates: object };
    }
  }
}

async function* enrolments(
  objects: ServedObjects,
  of: (pupil: { readonly key: string; readonly object: JsonObject }) => readonly string[],
): AsyncGenerator<Tie> {
  for await (const rows of servedThere(objects, 'persons')) {
    for (const row of rows) {
      const persons = of(row);
      if (persons.length === 0) continue;
      for (const enrolment of objectsIn(row.object['enrolments'])) {
        yield { persons, at: texts(enrolment, 'enroledAt'), dates: enrolment };
      }
    }
  }
}

function guardians(pupil: JsonObject): readonly string[] {
  return texts(pupil, 'responsibles[].person');
}

async function* placementsOfOthers(objects: ServedObjects): AsyncGenerator<Tie> {
  const placed = new Map<string, Omit<Tie, 'persons'>[]>();
  for await (const { persons, ...tie } of ties(objects, 'placements', 'child', 'placedAt')) {
    for (const child of persons) placed.set(child, [...(placed.get(child) ?? []), tie]);
  }
  for await (const rows of servedThere(objects, 'persons')) {
    for (const { key, object } of rows) {
      for (const tie of placed.get(key) ?? []) yield { ...tie, persons: guardians(object) };
    }
  }
}

/** A membership without days of its own lasts as long as its group. */
async function* memberships(objects: ServedObjects): AsyncGenerator<Tie> {
  for await (const rows of servedThere(objects, 'groups')) {
    for (const { object } of rows) {
      const { startDate = null, endDate = null } = object;
      const at = texts(object, 'organisation');
      for (const member of objectsIn(object['groupMemberships'])) {
        const dates = { startDate, endDate, ...member };
        yield { persons: texts(member, 'person'), at, dates };
      }
    }
  }
}
