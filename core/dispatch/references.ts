import { digestOf } from '../message/digest.ts';
import type { Json, JsonObject } from '../message/message.ts';
import { valuesAt, withoutReferences } from '../plan/reference-walk.ts';
import type { TargetKind } from '../plan/target.ts';
import type { Store } from '../store/store.ts';
import { deliveryId } from './delivery-id.ts';

export type Resolved =
  | {
      readonly kind: 'ready';
      readonly object: JsonObject;
      readonly hash: string;
      /** `<kind>/<key>` -> the target's own id. */
      readonly remoteIds: Readonly<Record<string, string>>;
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
   * lenient mode an optional one is left out instead, and comes with a later plan. A reference to
   * what the target will not hold is left out.
   */
  resolve(object: JsonObject, lenient: boolean): Resolved;
}

export async function findReferences(
  target: string,
  kind: TargetKind,
  objects: readonly JsonObject[],
  store: Store,
): Promise<References> {
  const held = new Map<string, string | null>();
  const pending = new Set<string>();
  for (const { path, kind: to } of kind.references) {
    const keys = new Set<string>();
    for (const object of objects) {
      for (const key of valuesAt(object, path)) if (typeof key === 'string') keys.add(key);
    }
    if (keys.size === 0) continue;
    for (const row of await store.ledger.byKeys(target, to, [...keys])) {
      held.set(`${to}/${row.ref.key}`, row.remoteId);
    }
    const ids = [...keys].map((key) => deliveryId(target, to, key));
    for (const { action, key } of await store.messages.get(ids)) {
      const name = `${to}/${key}`;
      // Deletions come last: what is about to go is not referred to any more.
      if (action === 'delete') held.delete(name);
      else if (!held.has(name)) pending.add(name);
    }
  }
  return { resolve: (object, lenient) => resolve(object, kind, held, pending, lenient) };
}

function resolve(
  object: JsonObject,
  kind: TargetKind,
  held: ReadonlyMap<string, string | null>,
  pending: ReadonlySet<string>,
  lenient: boolean,
): Resolved {
  let present = object;
  for (const { path, kind: to, required } of kind.references) {
    const isHeld = (key: Json) => held.has(`${to}/${String(key)}`);
    const isPending = (key: Json) => pending.has(`${to}/${String(key)}`);
    const waitsFor = [...valuesAt(present, path)].find(isPending);
    const rest = withoutReferences(present, path, required, isHeld);
    if (waitsFor !== undefined && (rest === null || !lenient)) {
      return { kind: 'waits', for: { objectKind: to, key: String(waitsFor) } };
    }
    if (rest === null) return { kind: 'void' };
    present = rest;
  }
  return {
    kind: 'ready',
    object: present,
    hash: digestOf(present),
    remoteIds: remoteIdsOf(present, kind, held),
  };
}

function remoteIdsOf(
  object: JsonObject,
  kind: TargetKind,
  held: ReadonlyMap<string, string | null>,
): Readonly<Record<string, string>> {
  const remoteIds: Record<string, string> = {};
  for (const { path, kind: to } of kind.references) {
    for (const key of valuesAt(object, path)) {
      const name = `${to}/${String(key)}`;
      const remoteId = held.get(name);
      if (typeof remoteId === 'string') remoteIds[name] = remoteId;
    }
  }
  return remoteIds;
}
