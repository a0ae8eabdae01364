import type { Target, TargetKind } from '../flow/target.ts';
import { digestOf } from '../message/digest.ts';
import type { EntityRef, Json, JsonObject, Problem } from '../message/message.ts';
import { PackedKeys } from '../message/packed-keys.ts';
import { withoutReferences } from '../message/reference-walk.ts';
import type { Entry } from './compare.ts';
import { keyTaken, type Wanted } from './project.ts';

/**
 * The keys that a target will hold after this plan, kind by kind: what an object may refer to, and
 * who reserved a key first. Entities that want the very same object share it. Keys of kinds that
 * nothing refers to are orphaned with the kind.
 */
export class KnownKeys {
  /** By kind, with the hash of the object that reserved each. */
  readonly #byKind = new Map<string, PackedKeys>();
  readonly #target: Target;
  /** `<kind>/<key>` of what the target does not hold yet. */
  readonly #created = new PackedKeys();
  #declared: { readonly kind: string; readonly keys: Set<string> } | null = null;

  constructor(target: Target) {
    this.#target = target;
  }

  begin(kind: TargetKind): void {
    for (const { kind: name, referredTo } of this.#target.kinds) {
      if (!referredTo) this.#byKind.delete(name);
    }
    this.#byKind.set(kind.kind, new PackedKeys());
    this.#declared = { kind: kind.kind, keys: new Set() };
  }

  /** A key of the present kind that will be reserved later: objects before it may refer to it. */
  declare(key: string): void {
    this.#declared?.keys.add(key);
  }

  has(kind: string, key: string): boolean {
    if (this.#byKind.get(kind)?.has(key) === true) return true;
    return this.#declared?.kind === kind && this.#declared.keys.has(key);
  }

  /** What the target holds and this plan does not look at: it stays, and keeps its key. */
  preload(kind: string, key: string, hash: string): void {
    const keys = this.#byKind.get(kind) ?? new PackedKeys();
    this.#byKind.set(kind, keys);
    keys.claim(key, hash);
  }

  /** Claims the keys of wanted objects; a key that another object has reserved is parked. */
  reserve(
    kind: TargetKind,
    origin: EntityRef,
    wanted: readonly Wanted[],
  ): { wanted: readonly Wanted[]; parked: readonly { key: string; problem: Problem }[] } {
    const keys = this.#byKind.get(kind.kind) ?? new PackedKeys();
    const parked: { key: string; problem: Problem }[] = [];
    const mine = wanted.filter(({ key, hash }) => {
      const had = keys.claim(key, hash);
      if (had === 'other') {
        parked.push({ key, problem: keyTaken(this.#target, kind.kind, origin.kind) });
      }
      return had === 'free';
    });
    return { wanted: mine.length === wanted.length ? wanted : mine, parked };
  }

  /** Gives reserved keys back: their objects are not made now. */
  release(kind: TargetKind, entries: readonly Entry[]): void {
    for (const { key } of entries) this.#byKind.get(kind.kind)?.delete(key);
  }

  /** Notes what the target is to make. */
  noteCreated({ kind, referredTo }: TargetKind, entries: readonly Entry[]): void {
    if (!referredTo) return;
    for (const { action, key } of entries) {
      if (action === 'create') this.#created.put(`${kind}/${key}`, '');
    }
  }

  /**
   * An object that is as it should be, but was delivered with the id of something that is made anew
   * under the same key, is told the new id.
   */
  withNewIds(entry: Entry): Entry {
    const { action, row } = entry;
    if (action !== 'same' || this.#created.size === 0) return entry;
    const isStale = Object.keys(row?.references ?? {}).some((name) => this.#created.has(name));
    return isStale ? { ...entry, action: 'update' } : entry;
  }

  /** Objects that stay as they are, although they cannot be made now, can still be referred to. */
  addKept(kind: TargetKind, entries: readonly Entry[]): void {
    const keys = this.#byKind.get(kind.kind);
    for (const { action, key, hash } of entries) if (action === 'kept') keys?.put(key, hash);
  }
}

/**
 * The wanted objects without references to objects that this target will not hold. What is nothing
 * without its reference goes (a membership without its person), and the kind of what it lacks is
 * told; an optional reference is left out.
 */
export function checkReferences(
  wanted: readonly Wanted[],
  kind: TargetKind,
  known: KnownKeys,
): { readonly wanted: readonly Wanted[]; readonly unreferred: readonly string[] } {
  if (kind.references.length === 0) return { wanted, unreferred: [] };
  const unreferred: string[] = [];
  const left = wanted.flatMap((one) => {
    let object: JsonObject = one.object;
    for (const { path, kind: to, required } of kind.references) {
      const keep = (key: Json) => typeof key === 'string' && known.has(to, key);
      const rest = withoutReferences(object, path, required, keep);
      if (rest === null) {
        unreferred.push(to);
        return [];
      }
      object = rest;
    }
    return [object === one.object ? one : { ...one, object, hash: digestOf(object) }];
  });
  return { wanted: left, unreferred };
}
