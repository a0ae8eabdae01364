import type { Failure } from '../failure/failure.ts';
import type { Json, JsonObject } from '../message/message.ts';

/** Delivers to a system, object by object or as a whole set. */
export type Sink = ObjectSink | SnapshotSink;

/** Delivers single objects. */
export interface ObjectSink {
  /** As the manifest says. */
  readonly mode: 'operations';
  /**
   * Carries out up to `batchSize` operations of one object kind and one action. Answers one outcome
   * for each, in order. Throws a Failure only where nothing can be said of any (then it holds for
   * all of them: connection lost, credentials). Repeating an operation is harmless.
   */
  apply(operations: readonly Operation[], signal: AbortSignal): Promise<readonly Outcome[]>;
  /** What the target holds of a kind, where it can be asked: all of it, or it throws a Failure. */
  readBack?(objectKind: string, signal: AbortSignal): AsyncIterable<RemoteObject>;
  /**
   * Whether the target holds one object, as this id where it gave one. True also where that cannot
   * be said. To be offered where it costs one request.
   */
  isThere?(
    objectKind: string,
    held: { readonly key: string; readonly remoteId: string | null },
    signal: AbortSignal,
  ): Promise<boolean>;
  /** Ends what `openSink` began. */
  close(): Promise<void>;
}

/** An object as the target holds it. */
export interface RemoteObject {
  /** Our key, where the target holds it. */
  readonly key: string | null;
  /** The id of the target, where it gave one. */
  readonly remoteId: string | null;
  /** The object in the shape of the target. */
  readonly object: JsonObject;
}

/** Delivers whole sets. */
export interface SnapshotSink {
  /** As the manifest says. */
  readonly mode: 'full';
  /**
   * Begins a new set. Nothing is visible to the target before `commit`. `memory` is what the writer
   * of the set that is in place remembered; null where that is not known.
   */
  begin(signal: AbortSignal, memory?: Json): Promise<SnapshotWriter>;
  /** Ends what `openSink` began. */
  close(): Promise<void>;
}

/** Writes one set. */
export interface SnapshotWriter {
  /** Kinds come in the manifest's order; each kind in ascending order of keys' owners. */
  write(objectKind: string, objects: readonly JsonObject[]): Promise<void>;
  /** The set that is in place, where it was found to be as it was written. */
  readonly former?: FormerSet | null;
  /** After `commit`: what `begin` is to be given with the next set. It holds no object. */
  memory?(): Json;
  /** Puts the whole set in place atomically, marker last. */
  commit(): Promise<void>;
  /** Removes what was written; the set in place is untouched. */
  abort(): Promise<void>;
}

/** A set that is in place, of which what has not changed is taken over as it stands there. */
export interface FormerSet {
  /** Whether what so many calls of `write` made of a kind can be taken over. */
  holds(objectKind: string, calls: number): boolean;
  /** Takes over what these calls made, counted from 0: from one on up to another, without that. */
  keep(objectKind: string, from: number, to: number): Promise<void>;
}

/** What a target is to do about one object. */
export interface Operation {
  /** `rekey`: the object gets another key, in place. */
  readonly action: 'create' | 'update' | 'delete' | 'rekey';
  /** A kind of the manifest. */
  readonly objectKind: string;
  /** Our key of the object. */
  readonly key: string;
  /** For `rekey`: the key that the target knows now. */
  readonly formerKey: string | null;
  /** The wanted object; null for `delete`. */
  readonly object: JsonObject | null;
  /**
   * What the target confirmed last; null for `create`, and where what it holds is not known. Then
   * an `update` is to bring about the whole object, and a `delete` to find it by its key.
   */
  readonly previous: JsonObject | null;
  /** The target's own id of the object, where it gave one. */
  readonly remoteId: string | null;
  /** True: it is only shut, on its way out; where it is gone already, it is not made again. */
  readonly suspends?: boolean;
  /**
   * The target's own ids of what `object` refers to (`x-reference`), as `<kind>/<key>` -> id. Where
   * the target is spoken to in its ids, a reference without one is a failure: our key is no id.
   */
  readonly references: Readonly<Record<string, string>>;
  /**
   * The same of `previous`: the ids that it was delivered with, which may be others by now, or of
   * objects that are gone. Absent: those of `references`.
   */
  readonly formerReferences?: Readonly<Record<string, string>>;
  /**
   * The fields that the mappings fill, dotted (`name.givenName`), also where this object lacks them:
   * what else the target holds of it is kept there by others.
   */
  readonly fields?: readonly string[];
}

/** What a target is known to hold after an operation. */
interface Delivered {
  readonly remoteId?: string;
  readonly remark?: string;
  /** It is another one than before, whatever its id: what refers to it is told again. */
  readonly isAnother?: boolean;
  /** Another of ours has its former id as well, and may have lost by it: that one is told again. */
  readonly hadOthersId?: boolean;
}

/** What became of one operation. `detail` is the target's answer, without personal data. */
export type Outcome =
  | ({ readonly kind: 'done' } & Delivered)
  /** 409 on create, 404 on delete and their like: the target already is as wanted. */
  | ({ readonly kind: 'already' } & Delivered)
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      /** It is refused for want of what it refers to. */
      readonly prerequisite?: boolean;
      /** It was taken, but for this. */
      readonly notTaken?: NotTaken;
    };

/** What an answer of success shows that the target did not take; all else it has. */
export interface NotTaken {
  /** Names of fields of the object: they stand there as they stood before. */
  readonly fields: readonly string[];
  /** The target's own id of the object, where it gave one. */
  readonly remoteId?: string;
}

/** What became of an operation, with the id that the target's answer did not tell. */
export function withId(outcome: Outcome, remoteId: string): Outcome {
  if (outcome.kind !== 'failed') return { ...outcome, remoteId };
  if (outcome.notTaken === undefined) return outcome;
  return { ...outcome, notTaken: { ...outcome.notTaken, remoteId } };
}
