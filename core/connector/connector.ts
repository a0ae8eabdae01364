import type { Failure } from '../failure/failure.ts';
import type { Log } from '../log/log.ts';
import type { Json, JsonObject, Problem } from '../message/message.ts';
import type { InboxDelivery, KeptEvent } from '../store/inbox-store.ts';
import type { ServedApi, ServedWorld } from './served/served-api.ts';
import type { Sink } from './sink.ts';

/**
 * The plug-in contract. A connector speaks one system's or one standard's protocol, in either
 * direction, and knows nothing of flows, mappings, entities or the store.
 */
export interface Connector<Options extends object = JsonObject> {
  /** Opens what reads from the system. */
  openSource?(options: Options, context: Context): Promise<Source>;
  /** Opens what delivers to the system. */
  openSink?(options: Options, context: Context): Promise<Sink>;
  /** Opens what takes what the system sends by itself: the source reads it from the inbox. */
  openReceiver?(options: Options, context: Context): Promise<Receiver>;
  /** Opens what answers a client that fetches what the target holds. */
  openServed?(options: Options, context: Context & ServedWorld): Promise<ServedApi>;
}

/** All that a connector may know of the world, so that a simulator can stand in for it. */
export interface Context {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The day (`YYYY-MM-DD`) where the city is. */
  readonly today: () => string;
  /** Resolves after `ms`; rejects when the signal fires. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** The way to the network. */
  readonly fetch: typeof fetch;
  /**
   * The pace of that name, made if there is none yet. Whatever is open of one binding shares it:
   * hand it on to `createHttpClient`.
   */
  readonly paceOf: (name: string, make: () => Pace) => Pace;
  /** The log of this binding. */
  readonly log: Log;
  /** Folder against which relative paths in options are resolved (the workspace). */
  readonly folder: string;
  /** Private scratch folder of this binding, emptied at start. */
  readonly scratch: string;
  /** What the system has sent by itself. */
  readonly inbox: Inbox;
  /** A layout file (`mappings/<folder>/<name>.layout.yaml`), read and checked; see core/codec. */
  readonly layout: (name: string) => Promise<unknown>;
  /** The JSON Schema of an object kind, as the connector's manifest names it. */
  readonly objectSchema: (kind: string) => JsonObject;
}

/** When requests may go; see core/transport/http/rate-budget.ts. */
export interface Pace {
  /** Resolves when one request may go. */
  take(signal?: AbortSignal): Promise<void>;
  /** Nobody's request goes before the time is over. */
  pause(ms: number): void;
}

// --- sources ---------------------------------------------------------------------------------

/** Reads what a system holds or sends. */
export interface Source {
  /**
   * Yields everything since the checkpoint (null: from the beginning). Throws a Failure if what it
   * reads is damaged, before or after the first batch: an InvalidFailure for a file, which stays as
   * it is, a TransientFailure for a service's answer. Nothing of a run that throws is kept. The last
   * batch of a stream has `last: true`. Flat memory; honours the signal. With `known`, blocks of a
   * whole set that are known need not be read.
   */
  read(since: Json, signal: AbortSignal, known?: KnownBlocks): AsyncIterable<RecordBatch>;
  /**
   * What lies there that a read since the checkpoint may find, as a short text that is another when
   * something else lies there; null for nothing. Looks at names and dates and reads nothing.
   */
  fingerprint?(since: Json): Promise<string | null>;
  /**
   * Each file that lies there and that a read since the checkpoint leaves alone, with the reason: a
   * person is told. What the last read of this source tried itself is told by its run.
   */
  unread?(since: Json): Promise<readonly Problem[]>;
  /**
   * What lies there whole and waits for a later read, or is left alone (`unread`), each delivery by
   * itself, without what this source has given already: its words of protection count all the same.
   * A delivery that is damaged throws when it is read.
   */
  waiting?(since: Json, signal: AbortSignal): AsyncIterable<AsyncIterable<RecordBatch>>;
  /**
   * Whether a read since the checkpoint would find the whole sets that were read last, byte for
   * byte, and nothing else: then it need not be read. May throw what a read would throw.
   */
  isUnchanged?(since: Json, signal: AbortSignal): Promise<boolean>;
  /** Called once when what was read has been kept: archive the file, acknowledge the events. */
  accepted?(): Promise<void>;
  /** Removes what it archived before a day (`YYYY-MM-DD`); answers how many files. */
  purge?(before: string): Promise<number>;
  /** Ends what `openSource` began. */
  close(): Promise<void>;
}

/** Some records of one stream, and where the next read may begin. */
export interface RecordBatch {
  /** A stream of the manifest. */
  readonly stream: string;
  /** `full`: what the stream does not hold is gone; `delta`: only what is said. */
  readonly mode: 'full' | 'delta';
  /** The records that could be read. */
  readonly records: readonly SourceRecord[];
  /** Records of this batch that could not be read; the rest goes on. */
  readonly faults: readonly RecordFault[];
  /** True on the last batch of this stream. A full stream without it is incomplete. */
  readonly last: boolean;
  /** Blocks of its records that may be known the next time. */
  readonly blocks?: readonly MarkedBlock[];
  /** When the sender made it, as it says itself, in epoch milliseconds. */
  readonly asOf?: number;
  /** What is odd about its file and keeps nothing from being read: a person is told. */
  readonly remarks?: readonly Problem[];
  /** Where the next read may begin; kept in the same step as the data. Null: nothing to keep. */
  readonly checkpoint: Json;
  /** With the checkpoint: more lies there, to be read from it at once, in a run of its own. */
  readonly more?: boolean;
}

/** What earlier reads of whole sets have marked, as far as all that was made of it is kept. */
export interface KnownBlocks {
  /** Of one stream, whose set is whole; null: all of it must be read. */
  of(stream: string): Promise<KnownOfStream | null>;
}

/** The blocks of one stream that are known, by digests of their bytes. */
export interface KnownOfStream {
  /** To go into each digest: what was made under other rules has another. */
  readonly salt: string;
  /** Whether a block of that digest was marked. */
  has(digest: string): boolean;
  /** Takes a block as if its records had been yielded just now; null: they must be read. */
  pass(digest: string): Promise<PassedBlock | null>;
}

/** What a source counts of records that it has not read. */
export interface PassedBlock {
  /** How many they are. */
  readonly records: number;
  /** As it was marked with it. */
  readonly filled: readonly number[];
}

/** Records of a batch, one behind the other, that stand in one block of their file. */
export interface MarkedBlock {
  /** By which the block is known again: a salted hash of at least 128 bits, in base64url. */
  readonly digest: string;
  /** The first of them among those of the batch, from 0. */
  readonly from: number;
  /** The first one behind them. */
  readonly to: number;
  /** How many of them have each column, each below 65,536: told again when it is passed. */
  readonly filled: readonly number[];
}

/** One record of a stream. */
export interface SourceRecord {
  /** `delete`: it is gone from there. */
  readonly operation: 'upsert' | 'delete';
  /** In the system's own shape, valid against the stream's schema. */
  readonly value: JsonObject;
  /** The file that it stands in. */
  readonly file: string;
  /** Line in the file where the record begins, from 1. */
  readonly line: number;
  /** What else stands where one value is read: it may be a word of protection. */
  readonly others?: readonly JsonObject[];
}

/** A record that could not be read. */
export interface RecordFault {
  /** Why, and where it stands. */
  readonly failure: Failure;
  /**
   * The record's own id where it could be read: its last good value then stays. Where it could not,
   * what the stream lacks waits: it may be this one.
   */
  readonly externalId?: string;
  /** What could be read of it all the same: a word of protection counts, and its id is found. */
  readonly value?: JsonObject;
  /** Fields whose values are none of theirs: as a word of protection they count, and as no id. */
  readonly unread?: JsonObject;
  /**
   * Where it cannot be told which of its values are whose: what it may say, in each way. It names
   * nobody, but a word of protection about somebody who is known counts.
   */
  readonly readings?: readonly JsonObject[];
}

// --- receivers -------------------------------------------------------------------------------

/** Takes what a system sends by itself, from the first word until it may be kept. */
export interface Receiver {
  /** What one call by HTTP brings, or why it is refused; absent: nobody is to call. */
  receive?(call: ReceivedCall): Promise<InboxDelivery | Refusal>;
  /** Most bytes that a call may have. */
  readonly maxBytes: number;
  /**
   * Takes from a queue until the signal fires, and acknowledges what `keep` has kept. Throws a
   * Failure where the queue is not reached: it is called again in a while.
   */
  consume?(keep: (delivery: InboxDelivery) => Promise<void>, signal: AbortSignal): Promise<void>;
}

/** A call by HTTP. */
export interface ReceivedCall {
  /** What its address has behind the module's name: a stream, or ''. */
  readonly path: string;
  /** By names in small letters. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it was sent. */
  readonly body: Uint8Array;
}

/** Why a call is refused: whoever called is told. */
export interface Refusal {
  /** Of HTTP. */
  readonly status: number;
  /** Quotes nothing of what was sent. */
  readonly failure: Failure;
}

/** What a binding's system has sent by itself, from before it is answered until it is taken in. */
export interface Inbox {
  /**
   * What came after that number, in its order, without what a later event about the same key has
   * overtaken, whether that is still to be taken in or not.
   */
  after(number: number): AsyncIterable<readonly KeptEvent[]>;
  /** The number of the newest event; 0 if there is none. */
  newest(): Promise<number>;
  /** Forgets what events said, up to that number. */
  empty(upTo: number): Promise<void>;
  /** Keys of which nothing waits, and nothing was kept at this instant or later. */
  silent(before: number): AsyncIterable<readonly string[]>;
  /** Forgets that events before this instant, which are empty, ever came. */
  forget(before: number): Promise<void>;
}
