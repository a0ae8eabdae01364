import assert from 'node:assert/strict';
import type { ObjectSink, Operation, Outcome } from '../../core/connector/sink.ts';
import type { JsonObject } from '../../core/message/message.ts';

/** A sink with a target behind it, empty at first. */
export interface ObjectSinkWorld {
  /** The sink under test. */
  readonly sink: ObjectSink;
  /** The kind that the suite speaks of. */
  readonly objectKind: string;
  /** The n-th object as its mapping would make it, known by `key`; other words for other versions. */
  object(key: string, version: number): JsonObject;
  /** The object as it is when it is shut, where the target can do that without deleting it. */
  shut?(key: string): JsonObject;
  /** An object that the target refuses for good; its `secret` must not be told. */
  refused(key: string, secret: string): JsonObject;
  /** The target's ids of what each object refers to, as `<kind>/<key>` -> id. Default: none. */
  readonly references?: Readonly<Record<string, string>>;
  /** Objects that hold a list of the others, where the target has such a kind. */
  readonly lists?: ListedObjects;
  /** What the target holds now: one text per living object. */
  held(): Promise<readonly string[]>;
  /** Lets the target do what it is asked next, and answer as if it had not. */
  loseNextAnswer?(): void;
  /**
   * Lets the target not take all of the next change of an object, and answer with success, in its
   * own words, that it did not.
   */
  takeLess?(): void;
  /** Lets the target say to the next change that there is no such object, and do nothing. */
  denyNext?(): void;
  /** Lets the target refuse a whole call for an object that is in it. */
  refuseCallsWith?(key: string): void;
  /** The same target with a password that it does not know. */
  withWrongSecret?(): Promise<ObjectSink>;
  /** Ends the target behind it; the suite has closed the sink. */
  close(): Promise<void>;
}

/** A kind whose objects refer to many of the suite's kind, as a group does to its members. */
export interface ListedObjects {
  /** The kind of the lists. */
  readonly objectKind: string;
  /** The list of this key, with these members by their keys. */
  object(key: string, members: readonly string[]): JsonObject;
  /** What the target holds in the lists, in its own words, sorted: its ids where it gives some. */
  held(): Promise<readonly string[]>;
}

/** An operation on an object of the world; `ids`: what the target calls each. */
export function operationIn(
  world: ObjectSinkWorld,
  ids: ReadonlyMap<string, string>,
  { action, key, version }: Pick<Operation, 'action' | 'key'> & { readonly version: number },
): Operation {
  return {
    ...{ action, objectKind: world.objectKind, key, formerKey: null },
    object: action === 'delete' ? null : world.object(key, version),
    previous: action === 'create' ? null : world.object(key, version - 1),
    remoteId: ids.get(key) ?? null,
    references: world.references ?? {},
  };
}

export const SIGNAL = new AbortController().signal;

/** As the hub does: what a target calls an object is remembered. */
export async function applied(
  sink: ObjectSink,
  operations: readonly Operation[],
  ids: Map<string, string>,
): Promise<readonly Outcome[]> {
  const outcomes = await sink.apply(operations, SIGNAL);
  for (const [at, outcome] of outcomes.entries()) {
    const key = operations[at]?.key ?? '';
    if (outcome.kind !== 'failed' && outcome.remoteId !== undefined) ids.set(key, outcome.remoteId);
  }
  return outcomes;
}

export const kinds = (outcomes: readonly Outcome[]) => outcomes.map(({ kind }) => kind);

export function went(outcomes: readonly Outcome[]): void {
  assert.ok(
    outcomes.every(({ kind }) => kind !== 'failed'),
    JSON.stringify(outcomes),
  );
}
