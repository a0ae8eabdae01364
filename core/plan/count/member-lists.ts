import type { TargetKind } from '../../flow/target.ts';
import { isList, sameJson } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import { valuesAt, withListsInOrder, withoutReferences } from '../../message/reference-walk.ts';
import type { Entry } from '../compare.ts';

/** A list inside a kind's objects that refers to other objects: the members of a SCIM group. */
export interface MemberList {
  /** `Group.members` */
  readonly name: string;
  /** From the object to the list. */
  readonly steps: readonly string[];
  /** From the object to each reference. */
  readonly path: readonly string[];
}

/** What a plan would do to the references of such lists. */
export interface MemberChanges {
  readonly held: number;
  readonly create: number;
  readonly delete: number;
}

/** The lists of a kind, each once. */
export function memberListsOf({
  kind,
  references,
}: Pick<TargetKind, 'kind' | 'references'>): readonly MemberList[] {
  const lists = new Map<string, MemberList>();
  for (const { path } of references) {
    if (!path.includes('[]')) continue;
    const steps = path.slice(0, path.indexOf('[]'));
    const name = `${kind}.${steps.at(-1)}`;
    if (!lists.has(name)) lists.set(name, { name, steps, path });
  }
  return [...lists.values()];
}

/** Whether a list is one of this kind's, by their names. */
export function isListOf(kind: string, name: string): boolean {
  return name.startsWith(`${kind}.`);
}

/**
 * What an entry does to a list. Of what stays the same only the length is read, and that of the
 * wanted object: the ledger's text of millions of rows is left alone. Null where it says nothing.
 */
export function memberChanges(
  { steps, path }: MemberList,
  { action, object, row }: Entry,
): MemberChanges | null {
  if (action === 'kept') return null;
  if (action === 'same') return { held: lengthAt(object, steps), create: 0, delete: 0 };
  const before = membersOf(row?.object ?? null, path);
  const after = membersOf(object, path);
  return {
    held: before.size,
    create: after.difference(before).size,
    delete: before.difference(after).size,
  };
}

/** Whether all that an update does is to bring new members to these lists. */
export function onlyFills({ action, object, row }: Entry, lists: readonly MemberList[]): boolean {
  if (action !== 'update' || object === null || row === null || row.suspendedSince !== null)
    return false;
  let left = object;
  for (const { path } of lists) {
    const before = membersOf(row.object, path);
    left = withoutReferences(left, path, true, (member) => before.has(String(member))) ?? left;
  }
  if (left === object) return false;
  const inOrder = (one: JsonObject) =>
    lists.reduce((sorted, { path }) => withListsInOrder(sorted, path), one);
  return sameJson(inOrder(left), inOrder(row.object));
}

function lengthAt(object: JsonObject | null, steps: readonly string[]): number {
  let at: Json | undefined = object;
  for (const step of steps) {
    if (typeof at !== 'object' || at === null || isList(at)) return 0;
    at = at[step];
  }
  return at !== undefined && isList(at) ? at.length : 0;
}

function membersOf(object: JsonObject | null, path: readonly string[]): ReadonlySet<string> {
  return new Set(object === null ? [] : [...valuesAt(object, path)].map(String));
}
