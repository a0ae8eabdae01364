import {
  comparableId,
  type Json,
  type JsonObject,
  type Operation,
  objectsIn,
} from '../../core/plugin.ts';
import type { Shown } from './client.ts';
import type { MembersSeen } from './member-ways.ts';
import { ownPart } from './ours.ts';
import { covers, type PatchOperation, patchOperations } from './patch.ts';
import { type ResourceKind, toResource } from './resources.ts';

/** One operation, with all that is needed to speak of it to the service. */
export interface Task {
  readonly kind: ResourceKind;
  readonly operation: Operation;
  /** What the service is to hold, in its own ids. */
  readonly wanted: JsonObject;
  readonly signal: AbortSignal;
}

/** What was shown of a resource before it is changed, and what we told of it last. */
export interface Seen {
  readonly shown: Shown | null;
  readonly before: JsonObject | null;
}

export function differing(
  { kind, wanted, operation }: Task,
  shown: Shown | null,
  before: JsonObject | null,
): readonly PatchOperation[] {
  const own = ownPart(shown?.resource ?? {}, wanted, operation.fields ?? []);
  const { members } = kind;
  if (members === undefined || before === null || own[members] === undefined)
    return patchOperations(kind, own, wanted, covers);
  // Whom others have put in stays, as long as we know whom we have.
  const isOurs = oursOf(members, before, wanted);
  const held = objectsIn(own[members]).filter(isOurs);
  return patchOperations(kind, { ...own, [members]: held }, wanted, covers);
}

/** The wanted resource with the members whom others have put in, where we know whom we have. */
export function withOthers(
  { kind: { members }, wanted }: Task,
  { resource }: Shown,
  before: JsonObject | null,
): JsonObject {
  if (members === undefined || before === null) return wanted;
  const isOurs = oursOf(members, before, wanted);
  const others = objectsIn(resource[members]).filter((one) => !isOurs(one));
  if (others.length === 0) return wanted;
  return { ...wanted, [members]: [...objectsIn(wanted[members]), ...others] };
}

/** The same operations with all members in one, those whom others have put in among them. */
export function setAsWhole(
  task: Task,
  operations: readonly PatchOperation[],
  { shown, before }: Seen,
): readonly PatchOperation[] {
  const { members = '' } = task.kind;
  const rest = operations.filter(({ path }) => String(path).split('[')[0] !== members);
  if (rest.length === operations.length) return operations;
  const whole = shown === null ? task.wanted : withOthers(task, shown, before);
  const all = objectsIn(whole[members]);
  const setting = all.length === 0 ? { op: 'remove' } : { op: 'replace', value: all };
  return [...rest, { ...setting, path: members }];
}

export function membersSeen(task: Task, { shown, before }: Seen, after: Shown | null): MembersSeen {
  const { members = '' } = task.kind;
  const whole = shown === null ? task.wanted : withOthers(task, shown, before);
  const [then, now] = [shown, after].map((one) => one?.resource[members]);
  return { shown: then, told: before?.[members], wanted: whole[members], after: now };
}

function oursOf(members: string, before: JsonObject, wanted: JsonObject) {
  const ours = new Set([...valuesIn(before[members]), ...valuesIn(wanted[members])]);
  return ({ value }: JsonObject) => ours.has(comparableId(String(value)));
}

function valuesIn(list: Json | undefined): readonly string[] {
  return objectsIn(list).map(({ value }) => comparableId(String(value)));
}

export function membersIn({ members }: ResourceKind, resource: JsonObject): number {
  return members === undefined ? 0 : objectsIn(resource[members]).length;
}

/** How many things a request is about: its operations, or the members that one of them names. */
export function sizeOf(operations: readonly PatchOperation[]): number {
  const lists = operations.map(({ value }) => (Array.isArray(value) ? value.length : 1));
  return Math.max(operations.length, ...lists);
}

/** What the target confirmed last, in the ids that it was told then. */
export function formerResource({ kind, operation }: Task, base: string): JsonObject | null {
  const { previous, formerReferences, references } = operation;
  return previous === null
    ? null
    : toResource(kind, previous, formerReferences ?? references, base);
}
