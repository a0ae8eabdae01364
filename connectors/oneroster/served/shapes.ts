import type { Json, JsonObject } from '../../../core/plugin.ts';

/** A version of the standard: in 1.1 a user has one role, and organisations beside it. */
export type Version = 'v1p1' | 'v1p2';

/** A field of a row that names another one, and what the standard makes of it. */
interface Link {
  readonly field: string;
  readonly name: string;
  /** The list in which it is found, and its type there. */
  readonly list: string;
  readonly type: string;
}

const link = (field: string, name: string, list: string, type: string): Link => {
  return { field, name, list, type };
};
const ORG = (field: string, name: string) => link(field, name, 'orgs', 'org');
const SESSION = (field: string, name: string) =>
  link(field, name, 'academicSessions', 'academicSession');

const LINKS: Readonly<Record<string, readonly Link[]>> = {
  academicSessions: [SESSION('parentSourcedId', 'parent')],
  orgs: [ORG('parentSourcedId', 'parent')],
  courses: [SESSION('schoolYearSourcedId', 'schoolYear'), ORG('orgSourcedId', 'org')],
  classes: [
    link('courseSourcedId', 'course', 'courses', 'course'),
    ORG('schoolSourcedId', 'school'),
    SESSION('termSourcedIds', 'terms'),
  ],
  users: [ORG('primaryOrgSourcedId', 'primaryOrg')],
  roles: [ORG('orgSourcedId', 'org')],
  enrollments: [
    link('classSourcedId', 'class', 'classes', 'class'),
    ORG('schoolSourcedId', 'school'),
    link('userSourcedId', 'user', 'users', 'user'),
  ],
};

/** The fields by which a list may be filtered, sorted and cut: the first word of each. */
export function fieldsOf(list: string, version: Version, schema: Json): ReadonlySet<string> {
  const properties = Object(Object(schema)['properties']);
  const links = new Map((LINKS[list] ?? []).map(({ field, name }) => [field, name]));
  const own = Object.keys(properties).map((field) => links.get(field) ?? field);
  const ofUsers = version === 'v1p1' ? ['role', 'orgs'] : ['role', 'roles'];
  const more = list === 'users' ? ofUsers : [];
  return new Set(['sourcedId', 'status', 'dateLastModified', ...own, ...more]);
}

/** A row as the standard's object, with its references. Roles stand in the user. */
export function shapeOf(
  list: string,
  version: Version,
  row: { readonly key: string; readonly object: JsonObject | null; readonly changedAt: number },
  roles: readonly JsonObject[],
  url: string,
): JsonObject {
  const { key, object, changedAt } = row;
  const dateLastModified = new Date(changedAt).toISOString();
  const head = { sourcedId: key, dateLastModified };
  if (object === null) return { ...head, status: 'tobedeleted' };
  const demanded = version === 'v1p1' && IDENTIFIED.has(list) ? { identifier: key } : {};
  const made = { ...head, status: 'active', ...demanded, ...linked(list, object, url) };
  if (list !== 'users') return made;
  return { ...made, ...(version === 'v1p1' ? oldRoles(roles, url) : newRoles(roles, url)) };
}

function linked(list: string, object: JsonObject, url: string): JsonObject {
  const links = new Map((LINKS[list] ?? []).map((one) => [one.field, one]));
  const made: Record<string, Json> = {};
  for (const [field, value] of Object.entries(object)) {
    const found = links.get(field);
    // Ours alone says when it was confirmed, and that it is there.
    if (field === 'sourcedId' || field === 'status' || field === 'dateLastModified') continue;
    if (found === undefined) made[field] = LISTS.has(field) ? listed(value) : value;
    else
      made[found.name] = Array.isArray(value) ? value.map(to(found, url)) : to(found, url)(value);
  }
  return made;
}

/** 1.1 demands an identifier of these: one without a code of its own is known by its id. */
const IDENTIFIED = new Set(['orgs', 'users']);
/** Lists that a file has in one cell. */
const LISTS = new Set(['grades', 'subjects', 'subjectCodes', 'periods', 'userIds']);

function listed(value: Json): Json {
  return typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value;
}

function to({ list, type }: Link, url: string): (id: Json) => JsonObject {
  return (id) => {
    const sourcedId = String(id);
    return { href: `${url}/${list}/${encodeURIComponent(sourcedId)}`, sourcedId, type };
  };
}

function newRoles(roles: readonly JsonObject[], url: string): JsonObject {
  return {
    roles: roles.map((role) => {
      const { userSourcedId: _user, ...rest } = linked('roles', role, url);
      return rest;
    }),
  };
}

/** What 1.1 calls the roles that only 1.2 knows. */
const OLD_ROLES: Readonly<Record<string, string>> = {
  ...{ counselor: 'aide', districtAdministrator: 'administrator', principal: 'administrator' },
  ...{ siteAdministrator: 'administrator', systemAdministrator: 'administrator' },
};

function oldRoles(roles: readonly JsonObject[], url: string): JsonObject {
  const primary = roles.find(({ roleType }) => roleType === 'primary') ?? roles[0];
  if (primary === undefined) return { orgs: [] };
  const role = String(primary['role']);
  const orgs = new Map(
    roles.map((one) => [String(one['orgSourcedId']), Object(linked('roles', one, url))['org']]),
  );
  return { role: OLD_ROLES[role] ?? role, orgs: [...orgs.values()] };
}
