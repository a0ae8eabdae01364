import { type Json, type JsonObject, RefusedFailure, saying } from '../../core/plugin.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0';
const EGIL = 'urn:scim:schemas:extension:sis:school:1.0';

/** How a kind of object is spoken of. */
export interface ResourceKind {
  readonly endpoint: string;
  readonly schema: string;
  /** The long list that is changed member by member, not as a whole. */
  readonly members?: string;
  /**
   * Attributes, also of its extensions, whose `value` is the service's id of something else -> the
   * kind of that.
   */
  readonly references?: Readonly<Record<string, string>>;
  /** The same, where our key is the service's id by the profile: nothing waits for it. */
  readonly keyed?: Readonly<Record<string, string>>;
}

export const RESOURCES: Readonly<Record<string, ResourceKind>> = {
  Organisation: { endpoint: '/Organisations', schema: `${EGIL}:Organisation` },
  SchoolUnitGroup: { endpoint: '/SchoolUnitGroups', schema: `${EGIL}:SchoolUnitGroup` },
  SchoolUnit: {
    endpoint: '/SchoolUnits',
    schema: `${EGIL}:SchoolUnit`,
    references: { schoolUnitGroup: 'SchoolUnitGroup', organisation: 'Organisation' },
  },
  User: {
    endpoint: '/Users',
    schema: `${CORE}:User`,
    references: { enrolments: 'SchoolUnit', userRelations: 'User' },
    keyed: { studentGroups: 'StudentGroup' },
  },
  Employment: {
    endpoint: '/Employments',
    schema: `${EGIL}:Employment`,
    references: { employedAt: 'SchoolUnit', user: 'User' },
  },
  Group: {
    endpoint: '/Groups',
    schema: `${CORE}:Group`,
    members: 'members',
    references: { members: 'User' },
  },
  StudentGroup: {
    endpoint: '/StudentGroups',
    schema: `${EGIL}:StudentGroup`,
    members: 'studentMemberships',
    references: { owner: 'SchoolUnit', studentMemberships: 'User' },
  },
  Activity: {
    endpoint: '/Activities',
    schema: `${EGIL}:Activity`,
    references: { owner: 'SchoolUnit', groups: 'StudentGroup', teachers: 'Employment' },
  },
};

export function pathOf({ endpoint }: ResourceKind, id: string): string {
  return `${endpoint}/${encodeURIComponent(id)}`;
}

/**
 * The object as the service at `base` knows it: its schemas named, our keys replaced by the
 * service's ids, as `<kind>/<key>` -> id. Throws a Failure where one is not known: the service would
 * take our key for the id of somebody else, or of nobody.
 */
export function toResource(
  kind: ResourceKind,
  object: JsonObject,
  references: Readonly<Record<string, string>>,
  base: string,
): JsonObject {
  const extensions = Object.keys(object).filter((name) => name.startsWith('urn:'));
  const translation = { kind, ids: idsByKey(references), base };
  const isEgil = kind.schema.startsWith(EGIL);
  return { schemas: [kind.schema, ...extensions], ...withIds(object, translation, isEgil) };
}

/** Our key -> the service's id, whatever the kind: keys are unique. */
export function idsByKey(
  references: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(references).map(([name, id]) => [name.slice(name.indexOf('/') + 1), id]),
  );
}

interface Translation {
  readonly kind: ResourceKind;
  readonly ids: ReadonlyMap<string, string>;
  readonly base: string;
}

function withIds(object: JsonObject, translation: Translation, isEgil: boolean): JsonObject {
  const { kind, ids } = translation;
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      const to = kind.references?.[name];
      const refersTo = to ?? kind.keyed?.[name];
      if (refersTo !== undefined) {
        const id = (key: string) => ids.get(key) ?? (to === undefined ? key : null);
        // EGIL: a reference always has the URI beside the value; in the core the service adds it.
        const base = isEgil ? `${translation.base}${RESOURCES[refersTo]?.endpoint}/` : null;
        return [name, translated(value, name, id, base)];
      }
      if (!name.startsWith('urn:')) return [name, value];
      // SAFETY: an extension's attributes are an object.
      return [name, withIds(value as JsonObject, translation, name.startsWith(EGIL))];
    }),
  );
}

/** A reference, or a list of them, with the service's ids. */
function translated(
  value: Json,
  name: string,
  idOf: (key: string) => string | null,
  base: string | null,
): Json {
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => translated(item, name, idOf, base));
    // A list of references is a set: what is named for two reasons is there once.
    return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
  }
  if (typeof value !== 'object' || value === null || !('value' in value)) return value;
  const id = idOf(String(value['value']));
  if (id === null) {
    throw new RefusedFailure('REFERENCE_WITHOUT_ID', saying('noIdOfSome', { field: name }));
  }
  const uri = base === null ? {} : { $ref: `${base}${encodeURIComponent(id)}` };
  return { ...value, value: id, ...uri };
}
