import {
  comparableId,
  isObject,
  type Json,
  type JsonObject,
  objectsIn,
} from '../../core/plugin.ts';
import { quoted } from './query.ts';
import type { ResourceKind } from './resources.ts';

export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export type PatchOperation = JsonObject;

/** Whether an attribute holds already what is wanted. */
export type Holds = (held: Json | undefined, wanted: Json | undefined) => boolean;

/** Of what we know to be all that we sent. */
export const isSame: Holds = (held, wanted) => JSON.stringify(held) === JSON.stringify(wanted);

/** Of what the service shows: it adds names and URIs of its own, and has an order of its own. */
export const covers: Holds = (held, wanted) => {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(held) || held.length !== wanted.length) return false;
    return wanted.every((one: Json) => held.some((other: Json) => covers(other, one)));
  }
  if (!isObject(wanted)) return held === wanted;
  if (!isObject(held)) return false;
  return Object.entries(wanted).every(
    ([name, value]) => name === '$ref' || covers(held[name], value),
  );
};

/**
 * The PATCH operations that turn a resource into the wanted one. A list of members is changed by
 * adding and removing, or set as a whole where nothing is known of it; of an attribute with parts,
 * and of an extension, only the parts that differ are named: others may keep parts of their own.
 */
export function patchOperations(
  kind: ResourceKind,
  previous: JsonObject,
  wanted: JsonObject,
  holds: Holds = isSame,
): readonly PatchOperation[] {
  const names = new Set([...Object.keys(previous), ...Object.keys(wanted)]);
  names.delete('schemas');
  return [...names].flatMap((name) => {
    const [before, after] = [previous[name], wanted[name]];
    if (holds(before, after)) return [];
    if (name === kind.members && before !== undefined) return memberOperations(name, before, after);
    if (hasParts(name, before) || hasParts(name, after)) {
      return partOperations(name, asObject(before), asObject(after), holds);
    }
    return [setting(name, after)];
  });
}

/** An extension, or an attribute with parts that is no reference (RFC 7643, 2.3.8). */
export function hasParts(name: string, value: Json | undefined): boolean {
  return isObject(value) && (isExtension(name) || !('value' in value));
}

function isExtension(name: string): boolean {
  return name.startsWith('urn:');
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The path of a part; an extension's URN alone would be none (RFC 7644, 3.5.2, figure 7). */
function partOperations(
  name: string,
  before: JsonObject,
  after: JsonObject,
  holds: Holds,
): readonly PatchOperation[] {
  const parts = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...parts]
    .filter((part) => !holds(before[part], after[part]))
    .map((part) => setting(`${name}${isExtension(name) ? ':' : '.'}${part}`, after[part]));
}

function setting(path: string, value: Json | undefined): PatchOperation {
  return value === undefined ? { op: 'remove', path } : { op: 'replace', path, value };
}

function memberOperations(
  path: string,
  before: Json | undefined,
  after: Json | undefined,
): readonly PatchOperation[] {
  const [had, wants] = [byValue(before), byValue(after)];
  const gone = [...had].filter(([id]) => !wants.has(id)).map(([, member]) => member);
  const added = [...wants].filter(([value]) => !had.has(value)).map(([, member]) => member);
  return [
    ...gone.map(({ value }) => ({
      op: 'remove',
      path: `${path}[value eq ${quoted(String(value))}]`,
    })),
    ...(added.length === 0 ? [] : [{ op: 'add', path, value: added }]),
  ];
}

function byValue(list: Json | undefined): ReadonlyMap<string, JsonObject> {
  const members = objectsIn(list).filter((member) => 'value' in member);
  return new Map(members.map((member) => [comparableId(String(member['value'])), member]));
}

/** The operations in requests of at most `size` of them, and of so many values of members. */
export function requestsOf(
  { members }: ResourceKind,
  operations: readonly PatchOperation[],
  size: number,
): readonly (readonly PatchOperation[])[] {
  const requests: PatchOperation[][] = [];
  for (const operation of operations.flatMap((one) => pieces(one, members, size))) {
    const last = requests.at(-1);
    const isLong = operation['path'] === members && operations.length > 1;
    if (last === undefined || last.length >= size || isLong) requests.push([operation]);
    else last.push(operation);
  }
  return requests;
}

/** A long list of members in pieces: the first sets or adds, the others add. */
function pieces(
  operation: PatchOperation,
  members: string | undefined,
  size: number,
): readonly PatchOperation[] {
  const { path, value } = operation;
  if (path !== members || !Array.isArray(value) || value.length <= size) return [operation];
  const parts: PatchOperation[] = [];
  for (let at = 0; at < value.length; at += size) {
    const part = { ...operation, value: value.slice(at, at + size) };
    parts.push(at === 0 ? part : { ...part, op: 'add' });
  }
  return parts;
}
