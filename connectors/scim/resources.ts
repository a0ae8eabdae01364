import type { Json, JsonObject, Operation } from '../../core/plugin.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0';
const EGIL = 'urn:scim:schemas:extension:sis:school:1.0';
export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** How a kind of object is spoken of. */
export interface ResourceKind {
  readonly endpoint: string;
  readonly schema: string;
  /** The long list that is changed member by member, not as a whole. */
  readonly members?: string;
}

export const RESOURCES: Readonly<Record<string, ResourceKind>> = {
  Organisation: { endpoint: '/Organisations', schema: `${EGIL}:Organisation` },
  SchoolUnitGroup: { endpoint: '/SchoolUnitGroups', schema: `${EGIL}:SchoolUnitGroup` },
  SchoolUnit: { endpoint: '/SchoolUnits', schema: `${EGIL}:SchoolUnit` },
  User: { endpoint: '/Users', schema: `${CORE}:User` },
  Employment: { endpoint: '/Employments', schema: `${EGIL}:Employment` },
  Group: { endpoint: '/Groups', schema: `${CORE}:Group`, members: 'members' },
  StudentGroup: {
    endpoint: '/StudentGroups',
    schema: `${EGIL}:StudentGroup`,
    members: 'studentMemberships',
  },
  Activity: { endpoint: '/Activities', schema: `${EGIL}:Activity` },
};

/**
 * The object as the service knows it: its schemas named, our keys replaced by the service's ids.
 */
export function toResource(
  kind: ResourceKind,
  object: JsonObject,
  { references }: Operation,
): JsonObject {
  const ids = idsByKey(references);
  const extensions = Object.keys(object).filter((name) => name.startsWith('urn:'));
  return { schemas: [kind.schema, ...extensions], ...withIds(object, ids) };
}

/** Our key -> the service's id, whatever the kind: keys are unique. */
export function idsByKey(
  references: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(references).map(([name, id]) => [name.slice(name.indexOf('/') + 1), id]),
  );
}

function withIds(object: JsonObject, ids: ReadonlyMap<string, string>): JsonObject {
  if (ids.size === 0) return object;
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, replaced(name, value, ids)]),
  );
}

function replaced(name: string, value: Json, ids: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') return name === 'value' ? (ids.get(value) ?? value) : value;
  if (Array.isArray(value)) return value.map((item: Json) => replaced('', item, ids));
  // SAFETY: not null and not a list, so it is an object.
  return typeof value === 'object' && value !== null ? withIds(value as JsonObject, ids) : value;
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
