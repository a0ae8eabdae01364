import type { TargetKind } from '../../flow/target.ts';
import { digestOf } from '../../message/digest.ts';
import { isOnItsWayOut, type Json, type JsonObject } from '../../message/message.ts';
import { valuesAt, withoutReferences } from '../../message/reference-walk.ts';
import type { Store } from '../../store/store.ts';
import { deliveryId } from '../delivery-id.ts';

export type Resolved =
  | {
      readonly kind: 'ready';
      readonly object: JsonObject;
      readonly hash: string;
      /** What was left out of it and is on its way. */
      readonly without: Prerequisite | null;
    }
  /** This object must be delivered first. */
  | { readonly kind: 'waits'; readonly for: Prerequisite }
  /** It is nothing without an object that this target will not hold. */
  | { readonly kind: 'void' };

export interface Prerequisite {
  readonly objectKind: string;
  readonly key: string;
}

/** The objects of a target that some objects refer to: held, on their way, or not wanted at all. */
export interface References {
  /**
   * The object as it can be delivered now. A reference to an object on its way makes it wait; in
   * lenient mode an optional one is left out instead, and comes when that object has. A reference
   * to what the target will not hold is left out.
   */
  resolve(object: JsonObject, lenient: boolean): Resolved;
  /** The target's own ids of all that it refers to, as `<kind>/<key>` -> id. */
  remoteIdsOf(object: JsonObject): Readonly<Record<string, string>>;
  /** Whether the target has confirmed all that it refers to. */
  knowsAllOf(object: JsonObject): boolean;
}

export async function findReferences(
  target: string,
  kind: TargetKind,
  objects: readonly JsonObject[],
  store: Store,
): Promise<References> {
  const remoteIds = new Map<string, string>();
  const known = new Set<string>();
  const held = new Set<string>();
  const pending = new Set<string>();
  for (const { path, kind: to } of kind.references) {
    const keys = new Set<string>();
    for (const object of objects) {
      for (const key of valuesAt(object, path)) if (typeof key === 'string') keys.add(key);
    }
    if (keys.size === 0) continue;
    // Messages first: what is settled between the two looks is seen on its way or held, not as
    // neither, which would void whatever refers to it.
    const ids = [...keys].map((key) => deliveryId(target, to, key));
    const messages = await store.messages.get(ids);
    for (const row of await store.ledger.byKeys(target, to, [...keys])) {
      const name = `${to}/${row.ref.key}`;
      known.add(name);
      if (row.remoteId !== null) remoteIds.set(name, row.remoteId);
      if (row.suspendedSince === null) held.add(name);
    }
    for (const message of messages) {
      const name = `${to}/${message.key}`;
      // Deletions come last: what is about to go is not referred to any more.
      if (isOnItsWayOut(message)) held.delete(name);
      else if (!held.has(name)) pending.add(name);
    }
  }
  return {
    resolve: (object, lenient) => resolve(object, kind, held, pending, lenient),
    remoteIdsOf: (object) => remoteIdsIn(object, kind, remoteIds),
    knowsAllOf: (object) => namesIn(object, kind).every((name) => known.has(name)),
  };
}

function resolve(
  object: JsonObject,
  kind: TargetKind,
  held: ReadonlySet<string>,
  pending: ReadonlySet<string>,
  lenient: boolean,
): Resolved {
  let present = object;
  let without: Prerequisite | null = null;
  for (const { path, kind: to, required } of kind.references) {
    const isHeld = (key: Json) => held.has(`${to}/${String(key)}`);
    const isPending = (key: Json) => pending.has(`${to}/${String(key)}`);
    const waitsFor = [...valuesAt(present, path)].find(isPending);
    const rest = withoutReferences(present, path, required, isHeld);
    if (waitsFor !== undefined) {
      const missing = { objectKind: to, key: String(waitsFor) };
      if (rest === null || !lenient) return { kind: 'waits', for: missing };
      without ??= missing;
    }
    if (rest === null) return { kind: 'void' };
    present = rest;
  }
  return { kind: 'ready', object: present, hash: digestOf(present), without };
}

function remoteIdsIn(
  object: JsonObject,
  kind: TargetKind,
  known: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of namesIn(object, kind)) {
    const remoteId = known.get(name);
    if (remoteId !== undefined) found[name] = remoteId;
  }
  return found;
}

/** All that an object refers to, as `<kind>/<key>`. */
export function namesIn(
  object: JsonObject,
  { references }: Pick<TargetKind, 'references'>,
): readonly string[] {
  return references.flatMap(({ path, kind }) =>
    [...valuesAt(object, path)].map((key) => `${kind}/${String(key)}`),
  );
}
