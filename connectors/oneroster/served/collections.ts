import {
  type ServedObjects,
  type ServedThere,
  servedByKeys,
  servedThere,
} from '../../../core/plugin.ts';
import { Refused, valuesAt } from './filter.ts';
import type { Version } from './shapes.ts';

/** A list that a client may ask for: rows of a kind, or some of them. */
export interface Collection {
  /** The kind of its objects. */
  readonly list: string;
  /** Null: all of them. */
  readonly keys: ReadonlySet<string> | null;
  /** The name under which they stand in the answer. */
  readonly name: string;
  /** Also what has gone from it is known. */
  readonly hasGone: boolean;
}

/** What a path names: a collection, or one object of it. */
export interface Named extends Collection {
  readonly id: string | null;
}

type Row = ServedThere;
const has = (field: string, value: string) => (row: Row) =>
  valuesAt(row.object, [field]).includes(value);
const all = (tests: readonly ((row: Row) => boolean)[]) => (row: Row) =>
  tests.every((test) => test(row));

/** Lists that are a part of another one, by what their objects say. */
const PARTS: Readonly<Record<string, readonly [list: string, field: string, value: string]>> = {
  terms: ['academicSessions', 'type', 'term'],
  gradingPeriods: ['academicSessions', 'type', 'gradingPeriod'],
  schools: ['orgs', 'type', 'school'],
};
const WHOLE = ['academicSessions', 'orgs', 'courses', 'classes', 'users', 'enrollments'];
const ROLES: Readonly<Record<string, string>> = { students: 'student', teachers: 'teacher' };

/** What a path below the version names. Throws Refused 404 for what is not offered or not there. */
export async function namedBy(
  path: readonly string[],
  version: Version,
  objects: ServedObjects,
): Promise<Named> {
  const [first = '', id = null, inner, innerId, leaf, ...more] = path;
  const unknown = () => new Refused(404, 'unknownobject', 'there is no such object');
  const collection = await topOf(first, version, objects);
  if (collection === null || more.length > 0) throw unknown();
  if (id === null || inner === undefined) return { ...collection, id };
  if (!(await isIn(collection, id, objects))) throw unknown();
  const isInSchool = innerId !== undefined && leaf !== undefined;
  if (isInSchool) {
    // /schools/{id}/classes/{id}/students and their like.
    if (first !== 'schools' || inner !== 'classes') throw unknown();
    const classes = await within(first, id, inner, objects);
    if (classes === null || classes.keys?.has(innerId) !== true) throw unknown();
    const found = await within('classes', innerId, leaf, objects);
    if (found === null) throw unknown();
    return { ...found, id: null };
  }
  const found = innerId === undefined ? await within(first, id, inner, objects) : null;
  if (found === null) throw unknown();
  return { ...found, id: null };
}

async function topOf(
  name: string,
  version: Version,
  objects: ServedObjects,
): Promise<Collection | null> {
  if (name === 'users' && version === 'v1p1') {
    // 1.1 cannot say of a user that there is no role.
    const keys = await namesIn(objects, 'roles', () => true, 'userSourcedId');
    return { list: name, keys, name, hasGone: true };
  }
  if (WHOLE.includes(name)) return { list: name, keys: null, name, hasGone: true };
  const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
  if (part !== undefined) {
    const [list, field, value] = part;
    return { list, name, keys: await keysOf(objects, list, has(field, value)), hasGone: false };
  }
  const role = Object.hasOwn(ROLES, name) ? ROLES[name] : undefined;
  if (role === undefined) return null;
  const keys = await namesIn(objects, 'roles', has('role', role), 'userSourcedId');
  return { list: 'users', name, keys, hasGone: false };
}

async function isIn({ list, keys }: Collection, id: string, objects: ServedObjects) {
  if (keys !== null && !keys.has(id)) return false;
  return (await servedByKeys(objects, list, [id])).length > 0;
}

/** What belongs to one object: the lists that the standard names below it; null for another. */
async function within(
  outer: string,
  id: string,
  inner: string,
  objects: ServedObjects,
): Promise<Collection | null> {
  const make = Object.hasOwn(INNER, `${outer}/${inner}`) ? INNER[`${outer}/${inner}`] : undefined;
  return make === undefined ? null : { name: inner, hasGone: false, ...(await make(id, objects)) };
}

type Inner = (id: string, objects: ServedObjects) => Promise<Pick<Collection, 'list' | 'keys'>>;

const by =
  (list: string, field: string): Inner =>
  async (id, objects) => ({ list, keys: await keysOf(objects, list, has(field, id)) });
const usersBy =
  (list: string, field: string, role: string): Inner =>
  async (id, objects) => {
    const test = all([has(field, id), has('role', role)]);
    return { list: 'users', keys: await namesIn(objects, list, test, 'userSourcedId') };
  };
const classesOfUser: Inner = async (id, objects) => {
  const keys = await namesIn(objects, 'enrollments', has('userSourcedId', id), 'classSourcedId');
  return { list: 'classes', keys };
};
const termsOfSchool: Inner = async (id, objects) => {
  const keys = await namesIn(objects, 'classes', has('schoolSourcedId', id), 'termSourcedIds');
  return { list: 'academicSessions', keys };
};
const gradingPeriods: Inner = async (id, objects) => {
  const test = all([has('parentSourcedId', id), has('type', 'gradingPeriod')]);
  return { list: 'academicSessions', keys: await keysOf(objects, 'academicSessions', test) };
};

const INNER: Readonly<Record<string, Inner>> = {
  'schools/classes': by('classes', 'schoolSourcedId'),
  'schools/courses': by('courses', 'orgSourcedId'),
  'schools/enrollments': by('enrollments', 'schoolSourcedId'),
  'schools/students': usersBy('roles', 'orgSourcedId', 'student'),
  'schools/teachers': usersBy('roles', 'orgSourcedId', 'teacher'),
  'schools/terms': termsOfSchool,
  'classes/enrollments': by('enrollments', 'classSourcedId'),
  'classes/students': usersBy('enrollments', 'classSourcedId', 'student'),
  'classes/teachers': usersBy('enrollments', 'classSourcedId', 'teacher'),
  'courses/classes': by('classes', 'courseSourcedId'),
  'students/classes': classesOfUser,
  'teachers/classes': classesOfUser,
  'users/classes': classesOfUser,
  'terms/classes': by('classes', 'termSourcedIds'),
  'terms/gradingPeriods': gradingPeriods,
};

async function keysOf(
  objects: ServedObjects,
  list: string,
  test: (row: Row) => boolean,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const rows of servedThere(objects, list)) {
    for (const row of rows) if (test(row)) found.add(row.key);
  }
  return found;
}

/** What some rows name in a field. */
async function namesIn(
  objects: ServedObjects,
  list: string,
  test: (row: Row) => boolean,
  field: string,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const rows of servedThere(objects, list)) {
    for (const row of rows) {
      if (test(row)) for (const name of valuesAt(row.object, [field])) found.add(name);
    }
  }
  return found;
}
