/** Any JSON value: what records, entities and objects are made of. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** An object as JSON has it. */
export interface JsonObject {
  readonly [field: string]: Json;
}

/** A canonical entity (schemas/canonical), known by its hub-owned UUID. */
export interface Entity extends JsonObject {
  readonly id: string;
}

/** Names one entity. */
export interface EntityRef {
  readonly kind: string;
  readonly id: string;
}

/** The same as one text, for maps and sets. */
export function entityName({ kind, id }: EntityRef): string {
  return `${kind}/${id}`;
}

/** Names one object of one target, and the entity that it was projected from. */
export interface ObjectRef {
  /** Module and connector, e.g. `lms:itslearning`: a swapped connector is a new target. */
  readonly target: string;
  readonly objectKind: string;
  readonly origin: EntityRef;
  readonly key: string;
}

/**
 * `waiting` for its turn, `retrying` after a transient failure, `failed` until a person or a newer
 * run mends it, `blocked` behind a prerequisite. What is delivered, superseded or discarded leaves
 * the message store: the ledger and the audit keep that story.
 */
export type MessageState = 'waiting' | 'retrying' | 'failed' | 'blocked';
/** States in which a message waits for a person or for something that may never come. */
export const TROUBLED = ['failed', 'blocked', 'retrying'] as const satisfies MessageState[];

/** What could not be delivered, taken in, or mapped: enough to explain and mend it, no payload. */
export interface Problem {
  /** A code of the catalogue. */
  readonly code: string;
  /** What happened, in words that quote no personal data. */
  readonly text: string;
  /** What can be done about it. */
  readonly hint: string;
  /** What `text` is made of, for a face that says it in its language. */
  readonly said?: Saying;
  /** The same of `hint`. */
  readonly hintSaid?: Saying;
  /** The place to look at: a source file and line, or a mapping file and field. */
  readonly place: Place | null;
  /** Id of the message that this one waits for. */
  readonly waitsFor?: string;
}

/** A system or a broker that gives no answer. */
export interface Outage {
  /** When it was first found so, in epoch milliseconds. */
  readonly since: number;
  readonly problem: Problem;
}

/** A sentence by its name (core/failure/saying.ts), and its values: no personal data. */
export interface Saying {
  /** Of the sentence; another version may not know it. */
  readonly name: string;
  /** What stands in its braces, by the names there. */
  readonly values: Readonly<Record<string, SaidValue>>;
}

/** Counts, names, places; or what is itself a sentence, or several. */
export type SaidValue = number | string | Saying | readonly (string | Saying)[];

export interface Place {
  readonly file: string;
  readonly line: number | null;
  readonly field: string | null;
}

export const MESSAGE_TYPES = ['deliver', 'parked', 'inbound', 'entity'] as const;

/**
 * One planned delivery of one object (`deliver`); or what a person is to mend: one object that could
 * not be mapped (`parked`), one record that could not be taken in (`inbound`), or one entity whose
 * sources contradict its schema (`entity`). It carries no payload: a retry delivers what is wanted
 * at that moment.
 */
export interface Message {
  /** Derived from what it is about, so that planning twice writes the same message. */
  readonly id: string;
  readonly type: (typeof MESSAGE_TYPES)[number];
  /** The target for outgoing messages, the source module for `inbound`. */
  readonly target: string;
  readonly objectKind: string;
  readonly origin: EntityRef;
  /** The organisation of its origin when it was planned; left out where nobody may know. */
  readonly unit?: string;
  readonly key: string;
  /** What the plan wanted; decided anew at delivery. Null where nothing is to be delivered. */
  readonly action: 'create' | 'update' | 'suspend' | 'delete' | null;
  /** Place of the object's kind in the target's order; deletions count from the far end. */
  readonly rank: number;
  readonly state: MessageState;
  readonly attempts: number;
  /** The target was told, and what it holds of the object by now is not known. */
  readonly inDoubt: boolean;
  /** Epoch milliseconds before which it must not be tried again. */
  readonly notBefore: number;
  readonly problem: Problem | null;
  readonly run: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The object is not wanted any more: it is shut or deleted, and nothing refers to it. */
export function isOnItsWayOut({ action }: Message): boolean {
  return action === 'delete' || action === 'suspend';
}

/** It waits for its turn or its next attempt: planning the same again must not begin it anew. */
export function isUnderWay({ state }: Message): boolean {
  return state === 'waiting' || state === 'retrying';
}

/** What a broker carries: a message's id and nothing about a person (EIP: Claim Check). */
export interface Ticket {
  readonly messageId: string;
}
