import type { EntityRef, JsonObject, ObjectRef } from '../message/message.ts';

/** One object that a target has confirmed. */
export interface LedgerRow {
  readonly ref: ObjectRef;
  /** The organisation that it belongs to; '' if none. */
  readonly unit: string;
  readonly hash: string;
  readonly object: JsonObject;
  readonly remoteId: string | null;
  /**
   * The target's own ids that its references were sent with, as `<kind>/<key>` -> id: what the
   * target holds, also where an id has changed or its object has gone. Absent: not known.
   */
  readonly references?: Readonly<Record<string, string>> | undefined;
  readonly run: string;
  /** Epoch milliseconds of the target's confirmation. */
  readonly confirmedAt: number;
  /** The day (`YYYY-MM-DD`) on which it was shut, to be deleted after a grace; null: it is wanted. */
  readonly suspendedSince: string | null;
  /** What the target said when it confirmed: short, without personal data. */
  readonly remark?: string;
}

/** Objects of a set that stand one behind the other, a few dozen of them. */
export interface SetSpan {
  readonly objects: readonly JsonObject[];
  /** Where the last of them stands, in a form that this store alone understands. */
  readonly end: string;
}

/** Spans of the former set that are as they were: from the one up to the other, without that. */
export interface SameSpans {
  readonly from: number;
  readonly to: number;
}

/** A row may be read lazily: its values, as an object of its own. */
export function plainRow(row: LedgerRow): LedgerRow {
  const { ref, unit, hash, object, remoteId, run, confirmedAt, suspendedSince } = row;
  const { references, remark } = row;
  const sent = references === undefined ? {} : { references };
  const told = remark === undefined ? {} : { remark };
  return { ref, unit, hash, object, remoteId, run, confirmedAt, suspendedSince, ...sent, ...told };
}

/** All rows of one object kind, in batches: those from one kind of entity after the other. */
export async function* rowsOf(
  ledger: LedgerStore,
  target: string,
  objectKind: string,
): AsyncGenerator<readonly LedgerRow[]> {
  for (const originKind of await ledger.originKinds(target, objectKind)) {
    yield* ledger.scan(target, objectKind, originKind);
  }
}

export interface LedgerStore {
  /**
   * A target's rows of one object kind from one kind of entity, in order of entity id, then key.
   */
  scan(target: string, objectKind: string, originKind: string): AsyncIterable<readonly LedgerRow[]>;
  /** Rows that were projected from these entities. */
  byOrigins(
    target: string,
    objectKind: string,
    origins: readonly EntityRef[],
  ): Promise<readonly LedgerRow[]>;
  byKeys(
    target: string,
    objectKind: string,
    keys: readonly string[],
  ): Promise<readonly LedgerRow[]>;
  count(target: string, objectKind: string): Promise<number>;
  /** Of which targets and kinds there are rows, whether or not anything is bound to them. */
  held(): Promise<readonly { readonly target: string; readonly objectKind: string }[]>;
  /** The origin kinds that hold rows of this object kind: mappings may be gone, their rows not. */
  originKinds(target: string, objectKind: string): Promise<readonly string[]>;
  /** Notes to which organisation rows belong by now; nothing else of them changes. */
  assign(rows: readonly { readonly ref: ObjectRef; readonly unit: string }[]): Promise<void>;
  /**
   * Keeps what the ledger of a snapshot target is to say once it has its whole set, until that is
   * confirmed or withdrawn, each target by itself. A crash may lose them.
   */
  propose(rows: readonly LedgerRow[], removals: readonly ObjectRef[]): Promise<void>;
  /**
   * The objects of one kind as they will be when what is proposed is confirmed: those from one
   * kind of entity after the other, each in order of entity id, then key. `ends` are those of the
   * spans of the set that was confirmed last, in their order, none where it is not known: what has
   * stayed as it was is not read. What lies behind the last of them belongs to it.
   */
  proposedSet(
    target: string,
    objectKind: string,
    ends: readonly string[],
  ): AsyncIterable<SetSpan | SameSpans>;
  /**
   * The target has the set: what was proposed is in the ledger, removals first, in one step. Of a
   * served target it is noted beside that what came, changed and went then (epoch milliseconds).
   */
  confirm(target: string, servedAt?: number): Promise<void>;
  withdraw(target: string): Promise<void>;
  /** Writes and removes rows without a message. Keys are unique per kind. */
  write(rows: readonly LedgerRow[], removals: readonly ObjectRef[]): Promise<void>;
}

/** An object of a served target, as its client may fetch it. Times are epoch milliseconds. */
export interface ServedRow {
  /** As the ledger knows it. */
  readonly key: string;
  /** Null: it is gone, and nothing but its key and the time is kept. */
  readonly object: JsonObject | null;
  /** When it was confirmed first; of one that is gone: when it went. */
  readonly createdAt: number;
  /** When it was confirmed last, or went. */
  readonly changedAt: number;
}

/** Which rows of a kind, and from where on. Times are epoch milliseconds, and exclusive. */
export interface ServedQuery {
  /** `key`: a row stays in its place, whatever changes; `change`: the last changed come last. */
  readonly order: 'key' | 'change';
  /** The row after which to begin; null: with the first. */
  readonly after: Pick<ServedRow, 'key' | 'changedAt'> | null;
  /** Rows to leave out after that. */
  readonly skip?: number;
  /** Most rows. */
  readonly limit: number;
  /** What is gone, in place of what is there. */
  readonly gone: boolean;
  /** When they changed. */
  readonly changed: Span;
  /** When they came. */
  readonly created: Span;
}

/** Later than the one, earlier than the other; null: without an end on this side. */
export interface Span {
  /** Where it begins, itself left out. */
  readonly after: number | null;
  /** Where it ends, itself left out. */
  readonly before: number | null;
}

/** When the objects of targets that clients fetch from us came, changed and went. */
export interface ServedStore {
  page(target: string, objectKind: string, query: ServedQuery): Promise<readonly ServedRow[]>;
  /** Those of them that are there, in no order. */
  byKeys(
    target: string,
    objectKind: string,
    keys: readonly string[],
  ): Promise<readonly ServedRow[]>;
  /** How many are there, of those that changed and were created then. */
  count(
    target: string,
    objectKind: string,
    spans: Pick<ServedQuery, 'changed' | 'created'>,
  ): Promise<number>;
  /** Forgets what went before an instant (epoch milliseconds); answers how many. */
  purge(before: number): Promise<number>;
}
