import type { Json, JsonObject } from '../../core/message/message.ts';
import { objectsIn } from '../../core/plugin.ts';
import type { World } from './world.ts';

/** Kinds of entities that SS 12000 has, and their lists. */
export const KINDS = {
  organisation: 'organisations',
  syllabus: 'syllabuses',
  person: 'persons',
  group: 'groups',
  placement: 'placements',
  duty: 'duties',
  activity: 'activities',
} as const;

export type Entities = ReadonlyMap<string, JsonObject>;

/** By kind and id, without what SS 12000 cannot say; or as `shown` shows them. */
export async function entitiesOf(
  world: World,
  kinds: Readonly<Record<string, string>> = KINDS,
  shown = sayable,
): Promise<Readonly<Record<string, Entities>>> {
  return world.withHub(async ({ engine }) => {
    const found: Record<string, Map<string, JsonObject>> = {};
    for (const kind of Object.keys(kinds)) {
      const entities = new Map<string, JsonObject>();
      for await (const batch of engine.store.entities.scan(kind)) {
        for (const { entity } of batch) entities.set(entity.id, shown(entity));
      }
      found[kind] = entities;
    }
    return found;
  });
}

/** The reader's ids of what the other hub knows by these. */
export async function idsFrom(
  reader: World,
  told: Readonly<Record<string, Entities>>,
): Promise<ReadonlyMap<string, string>> {
  return reader.withHub(async ({ engine }) => {
    const ids = new Map<string, string>();
    for (const [kind, entities] of Object.entries(told)) {
      for (const id of entities.keys()) {
        const entity = await engine.store.entities.byExternalId('register', kind, id);
        if (entity !== null) ids.set(id, entity.id);
      }
    }
    return ids;
  });
}

export function sorted(all: readonly Json[]): readonly string[] {
  return all.map((one) => JSON.stringify(ordered(one))).sort();
}

/** Fields in one order; what they say counts. */
function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, one]) => [name, ordered(one)]));
}

function sayable(body: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(body, (name, value) => (name === 'skolnav' ? undefined : value)),
  );
}

/** With the words that 2.1.0 demands where nobody has said them. */
export function asServed(entity: JsonObject, kind: string): JsonObject {
  if (kind === 'syllabus') return { official: false, ...entity };
  if (kind === 'activity') return { calendarEventsRequired: false, ...entity };
  if (kind !== 'person') return entity;
  const addresses = objectsIn(entity['addresses']).map((one) => ({ country: 'Sverige', ...one }));
  const phones = objectsIn(entity['phoneNumbers']).map((one) => ({ mobile: true, ...one }));
  return {
    ...entity,
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(phones.length === 0 ? {} : { phoneNumbers: phones }),
  };
}

export function renamed(entity: JsonObject, ids: ReadonlyMap<string, string>): Json {
  return JSON.parse(JSON.stringify(entity), (_, value) => ids.get(value) ?? value);
}
