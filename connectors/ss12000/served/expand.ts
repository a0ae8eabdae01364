import {
  type JsonObject,
  objectsIn,
  type ServedObjects,
  type ServedThere,
  servedByKeys,
  servedThere,
} from '../../../core/plugin.ts';
import { texts } from './texts.ts';

type Show = (list: string, rows: readonly ServedThere[]) => Promise<readonly JsonObject[]>;
type Embedded = JsonObject | readonly JsonObject[];
/** What is put beside each of the rows, by its key. */
type Expand = (
  rows: readonly ServedThere[],
  objects: ServedObjects,
  show: Show,
) => Promise<ReadonlyMap<string, Embedded>>;

/** The standard's `expand`, list by list. */
export const EXPANDS: Readonly<Record<string, Readonly<Record<string, Expand>>>> = {
  persons: {
    duties: whoName('duties', 'person'),
    placements: whoName('placements', 'child'),
    ownedPlacements: whoName('placements', 'owners[]'),
    responsibleFor: (rows, objects, show) =>
      itemsOf(rows, objects, 'persons', 'responsibles', show, ({ relationType }, person) => {
        return { person, ...(relationType === undefined ? {} : { relationType }) };
      }),
    groupMemberships: (rows, objects, show) =>
      itemsOf(rows, objects, 'groups', 'groupMemberships', show, (item, group) => {
        const { person: _person, ...days } = item;
        return { group, ...days };
      }),
  },
  placements: {
    child: named('persons', 'child', false),
    owners: named('persons', 'owners[]', true),
  },
  duties: { person: named('persons', 'person', false) },
  groups: {
    assignmentRoles: (rows, objects, show) =>
      itemsOf(rows, objects, 'duties', 'assignmentRole', show, (item, duty) => {
        const { group: _group, ...role } = item;
        return { duty, ...role };
      }),
  },
  activities: {
    groups: named('groups', 'groups[]', true),
    teachers: named('duties', 'teachers[].duty', true),
    syllabus: named('syllabuses', 'syllabus', false),
  },
};

/** What the rows name at a path. */
function named(list: string, path: string, isMany: boolean): Expand {
  return async (rows, objects, show) => {
    const keys = rows.flatMap(({ object }) => texts(object, path));
    const found = await servedByKeys(objects, list, [...new Set(keys)]);
    const shown = await show(list, found);
    const byKey = new Map(found.map(({ key }, at): [string, JsonObject] => [key, shown[at] ?? {}]));
    const embedded = new Map<string, Embedded>();
    for (const { key, object } of rows) {
      const all = texts(object, path).flatMap((one) => {
        const known = byKey.get(one);
        return known === undefined ? [] : [known];
      });
      const [first] = all;
      if (isMany) embedded.set(key, all);
      else if (first !== undefined) embedded.set(key, first);
    }
    return embedded;
  };
}

/** What names the rows at a path: all of that list is gone through. */
function whoName(list: string, path: string): Expand {
  return async (rows, objects, show) => {
    const embedded = new Map<string, JsonObject[]>(rows.map(({ key }) => [key, []]));
    for await (const some of servedThere(objects, list)) {
      const meant = some.filter(({ object }) =>
        texts(object, path).some((key) => embedded.has(key)),
      );
      const shown = await show(list, meant);
      for (const [at, { object }] of meant.entries()) {
        const one = shown[at];
        if (one === undefined) continue;
        for (const key of texts(object, path)) embedded.get(key)?.push(one);
      }
    }
    return embedded;
  };
}

const REFERENCES = { responsibles: 'person', groupMemberships: 'person', assignmentRole: 'group' };

/** Items of lists that name the rows, each with that in whose list it stands. */
async function itemsOf(
  rows: readonly ServedThere[],
  objects: ServedObjects,
  list: string,
  field: keyof typeof REFERENCES,
  show: Show,
  make: (item: JsonObject, owner: JsonObject) => JsonObject,
): Promise<ReadonlyMap<string, Embedded>> {
  const embedded = new Map<string, JsonObject[]>(rows.map(({ key }) => [key, []]));
  for await (const some of servedThere(objects, list)) {
    const meant = some.flatMap((row) => {
      const items = objectsIn(row.object[field]).filter((item) =>
        embedded.has(String(item[REFERENCES[field]])),
      );
      return items.length === 0 ? [] : [{ row, items }];
    });
    const shown = await show(
      list,
      meant.map(({ row }) => row),
    );
    for (const [at, { items }] of meant.entries()) {
      const owner = shown[at];
      if (owner === undefined) continue;
      for (const item of items)
        embedded.get(String(item[REFERENCES[field]]))?.push(make(item, owner));
    }
  }
  return embedded;
}
