import { type Json, type JsonObject, RefusedFailure } from '../../core/plugin.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0';
const EGIL = 'urn:scim:schemas:extension:sis:school:1.0';
export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** How a kind of object is spoken of. */
export interface ResourceKind {
  readonly endpoint: string;
  readonly schema: string;
  /** The long list that is changed member by member, not as a whole. */
  readonly members?: string;
  /** Attributes, also of its extensions, whose `value` is the service's id of something else. */
  readonly references?: readonly string[];
}

export const RESOURCES: Readonly<Record<string, ResourceKind>> = {
  Organisation: { endpoint: '/Organisations', schema: `${EGIL}:Organisation` },
  SchoolUnitGroup: { endpoint: '/SchoolUnitGroups', schema: `${EGIL}:SchoolUnitGroup` },
  SchoolUnit: {
    endpoint: '/SchoolUnits',
    schema: `${EGIL}:SchoolUnit`,
    references: ['schoolUnitGroup', 'organisation'],
  },
  User: {
    endpoint: '/Users',
    schema: `${CORE}:User`,
    references: ['enrolments', 'userRelations'],
  },
  Employment: {
    endpoint: '/Employments',
    schema: `${EGIL}:Employment`,
    references: ['employedAt', 'user'],
  },
  Group: {
    endpoint: '/Groups',
    schema: `${CORE}:Group`,
    members: 'members',
    references: ['members'],
  },
  StudentGroup: {
    endpoint: '/StudentGroups',
    schema: `${EGIL}:StudentGroup`,
    members: 'studentMemberships',
    references: ['owner', 'studentMemberships'],
  },
  Activity: {
    endpoint: '/Activities',
    schema: `${EGIL}:Activity`,
    references: ['owner', 'groups', 'teachers'],
  },
};

/**
 * The object as the service knows it: its schemas named, our keys replaced by the service's ids, as
 * `<kind>/<key>` -> id. Throws a Failure where one is not known: the service would take our key for
 * the id of somebody else, or of nobody.
 */
export function toResource(
  kind: ResourceKind,
  object: JsonObject,
  references: Readonly<Record<string, string>>,
): JsonObject {
  const extensions = Object.keys(object).filter((name) => name.startsWith('urn:'));
  const ids = idsByKey(references);
  return { schemas: [kind.schema, ...extensions], ...withIds(object, kind, ids) };
}

/** Our key -> the service's id, whatever the kind: keys are unique. */
export function idsByKey(
  references: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(references).map(([name, id]) => [name.slice(name.indexOf('/') + 1), id]),
  );
}

function withIds(
  object: JsonObject,
  kind: ResourceKind,
  ids: ReadonlyMap<string, string>,
): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      if (kind.references?.includes(name) === true) return [name, translated(value, name, ids)];
      // SAFETY: an extension's attributes are an object.
      return [name, name.startsWith('urn:') ? withIds(value as JsonObject, kind, ids) : value];
    }),
  );
}

/** A reference, or a list of them, with the service's ids. */
function translated(value: Json, name: string, ids: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => translated(item, name, ids));
    // A list of references is a set: what is named for two reasons is there once.
    return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
  }
  if (typeof value !== 'object' || value === null || !('value' in value)) return value;
  const id = ids.get(String(value['value']));
  if (id === undefined) {
    const text = `the service has told no id of something that \`${name}\` refers to`;
    throw new RefusedFailure('REFERENCE_WITHOUT_ID', text);
  }
  return { ...value, value: id };
}

export type PatchOperation = JsonObject;

/**
 * The PATCH operations that turn the resource confirmed last into the wanted one. A list of members
 * is changed by adding and removing; any other attribute is replaced or removed as a whole.
 */
export function patchOperations(
  kind: ResourceKind,
  previous: JsonObject,
  wanted: JsonObject,
): readonly PatchOperation[] {
  const operations: PatchOperation[] = [];
  const names = new Set([...Object.keys(previous), ...Object.keys(wanted)]);
  for (const name of names) {
    if (name === 'schemas') continue;
    const [before, after] = [previous[name], wanted[name]];
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    if (name === kind.members) operations.push(...memberOperations(name, before, after));
    else if (after === undefined) operations.push({ op: 'remove', path: name });
    else operations.push({ op: 'replace', path: name, value: after });
  }
  return operations;
}

function memberOperations(
  path: string,
  before: Json | undefined,
  after: Json | undefined,
): readonly PatchOperation[] {
  const [had, wants] = [valuesOf(before), valuesOf(after)];
  const gone = [...had.keys()].filter((value) => !wants.has(value));
  const added = [...wants].filter(([value]) => !had.has(value)).map(([, member]) => member);
  return [
    ...gone.map((value) => ({ op: 'remove', path: `${path}[value eq ${JSON.stringify(value)}]` })),
    ...(added.length === 0 ? [] : [{ op: 'add', path, value: added }]),
  ];
}

function valuesOf(list: Json | undefined): ReadonlyMap<string, Json> {
  const members: readonly Json[] = Array.isArray(list) ? list : [];
  return new Map(
    members.flatMap((member): [string, Json][] =>
      typeof member === 'object' && member !== null && 'value' in member
        ? [[String(member['value']), member]]
        : [],
    ),
  );
}
