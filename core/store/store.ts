import type { Entity, EntityRef, Json, JsonObject, Message, Ticket } from '../message/message.ts';
import type { DoubleStore } from './double-store.ts';
import type { FormerStore } from './former-store.ts';
import type { HorizonStore } from './horizon-store.ts';
import type { LedgerStore } from './ledger-store.ts';
import type { ProtectionStore } from './protection-store.ts';
import type { QuarantineStore } from './quarantine-store.ts';
import type { RunStore } from './run-store.ts';
import type { Settlement } from './settlement.ts';

/**
 * What the hub remembers. Every write is idempotent: repeating it after a crash changes nothing.
 * No promise spans two calls, nor the store and the broker; one call is one step. Lists go in
 * batches; iterations are in ascending key order, hold no lock, and run in flat memory.
 */
export interface Store {
  readonly intake: IntakeStore;
  readonly quarantine: QuarantineStore;
  readonly protections: ProtectionStore;
  readonly formers: FormerStore;
  readonly entities: EntityStore;
  readonly ledger: LedgerStore;
  readonly horizons: HorizonStore;
  readonly messages: MessageStore;
  readonly runs: RunStore;
  /** Small named values: checkpoints aside, e.g. the workspace's identity key, schema versions. */
  getValue(name: string): Promise<Json>;
  putValue(name: string, value: Json): Promise<void>;
  /**
   * Writes a copy of everything, as it is at one instant, that a store can be opened on again,
   * without leases. A run that is sealed must have been finished: what is staged is not in it.
   * Throws BACKUP_REFUSED, and leaves nothing behind, where the file is there or cannot be written.
   */
  backup(file: string): Promise<void>;
  close(): Promise<void>;
}

// --- intake ----------------------------------------------------------------------------------

/** What one source says about one entity in one stream; the entity is the merge of its parts. */
export interface Part {
  readonly entity: EntityRef;
  readonly source: string;
  readonly stream: string;
  /** Distinguishes several parts of one stream about one entity (one enrolment each); '' if one. */
  readonly part: string;
  /** The record's own id in the source, for the cross-reference and for explanation. */
  readonly externalId: string;
  readonly file: string;
  readonly line: number;
  readonly hash: string;
  readonly content: JsonObject;
}

/** A part that must go: named wholly, or every part that a deleted record gave. */
export interface PartRemoval {
  readonly entity: EntityRef;
  readonly source: string;
  readonly stream: string;
  readonly part: string;
}

export interface StageCounts {
  /** Parts offered that differ from what is kept (new ones included). */
  readonly changed: number;
  readonly unchanged: number;
}

/**
 * A run stages what differs, seals it when its source has ended well, and only then applies it in
 * batches. A crash before the seal leaves nothing; a crash after it is finished by applying again.
 */
export interface IntakeStore {
  /** Forgets whatever an unsealed run of this source left. */
  open(run: string, source: string): Promise<void>;
  /**
   * Keeps the parts whose hash differs, and remembers all of them as seen by this run. Of a part
   * that comes more than once the last counts.
   */
  stage(run: string, parts: readonly Part[]): Promise<StageCounts>;
  /**
   * Of a part that is staged and removed in one run the last call counts. Answers how many of them
   * were kept until now.
   */
  stageRemovals(run: string, removals: readonly PartRemoval[]): Promise<number>;
  /** Parts that are kept, and that this run would remove, stay after all. */
  takeBack(run: string, removals: readonly PartRemoval[]): Promise<void>;
  /**
   * Marks the entity's present parts of this source as seen: a record in quarantine is not gone.
   */
  keep(run: string, source: string, stream: string, externalId: string): Promise<void>;
  /**
   * Parts of a full stream that this run has not seen. `missedRuns` counts the runs before this.
   */
  unseen(
    run: string,
    source: string,
    stream: string,
  ): AsyncIterable<readonly (PartRemoval & { readonly missedRuns: number })[]>;
  /** Counts one more missed run for parts that stay for now; seen parts begin at 0 again. */
  markMissed(run: string, removals: readonly PartRemoval[]): Promise<void>;
  /** By stream: parts of this source that are missing, and stay until they missed more runs. */
  leavers(source: string): Promise<Readonly<Record<string, number>>>;
  /** How many parts this source's stream holds now. */
  countParts(source: string, stream: string): Promise<number>;
  /**
   * From here on the run's data will be applied, whatever happens. When that is done, the settled
   * records are set aside no more.
   */
  seal(
    run: string,
    source: string,
    checkpoints: Readonly<Record<string, Json>>,
    settled?: readonly string[],
  ): Promise<void>;
  /** The sealed, not yet wholly applied runs: what a crash left behind. */
  sealed(): Promise<readonly { readonly run: string; readonly source: string }[]>;
  /** Every entity of which some part speaks, with its parts, in key order. */
  all(): AsyncIterable<readonly TouchedEntity[]>;
  /** Entities touched by a sealed run, with all their parts as they will be, in key order. */
  touched(run: string): AsyncIterable<readonly TouchedEntity[]>;
  /** Writes parts, entity, and references of each in one step, and takes them off the stage. */
  apply(run: string, merged: readonly MergedEntity[]): Promise<void>;
  /** Ends a run that is applied, or drops one that was not sealed. */
  finish(run: string): Promise<void>;
  checkpoint(source: string, stream: string): Promise<Json>;
}

export interface TouchedEntity {
  readonly entity: EntityRef;
  /** In order of source, stream, part. Empty: nothing speaks of it any more. */
  readonly parts: readonly Part[];
  /** Parts that came to the run more than once and not always the same, as they came last. */
  readonly repeated: readonly Part[];
}

export interface MergedEntity {
  readonly entity: EntityRef;
  /** The new canonical entity; null removes it; 'keep' leaves the last good one in place. */
  readonly content: Entity | null | 'keep';
  /** Hash of the content; '' unless there is content. */
  readonly hash: string;
  /** Ids of every entity that it refers to, by kind. */
  readonly references: readonly EntityRef[];
  /** Whether its schema calls it protected: found again by `EntityStore.shielded`. */
  readonly isShielded: boolean;
  /** Of one that is removed: no target keeps for a grace what it gave; see `goneAtOnce`. */
  readonly goesAtOnce: boolean;
  /** Keyed hashes, hexadecimal and of one length, of what it can be found by; see `byLookup`. */
  readonly lookups: readonly string[];
}

// --- entities --------------------------------------------------------------------------------

export interface StoredEntity {
  readonly entity: Entity;
  readonly hash: string;
}

/** What may be otherwise since an earlier look. */
export interface Changes {
  /** The number of this look: the next one asks for what came after. */
  readonly until: number;
  /** Null where too much has changed to be told one by one. */
  readonly changed: readonly Change[] | null;
}

export interface Change extends EntityRef {
  /** `referrers`: only who refers to it has changed; somebody no longer does. */
  readonly what: 'content' | 'referrers';
}

export interface EntityStore extends DoubleStore {
  /** What intakes and rewrites have changed after that number, each entity once. */
  changes(after: number): Promise<Changes>;
  /** All entities of a kind in ascending order of id. */
  scan(kind: string): AsyncIterable<readonly StoredEntity[]>;
  get(kind: string, ids: readonly string[]): Promise<readonly StoredEntity[]>;
  count(kind: string): Promise<number>;
  /** What an entity refers to. */
  references(from: EntityRef): Promise<readonly EntityRef[]>;
  /** Entities of a kind that were written as shielded, and possibly others. */
  shielded(kind: string): Promise<readonly StoredEntity[]>;
  /** A source has deleted them: once they are removed, they are what goes at once. */
  markAtOnce(entities: readonly EntityRef[]): Promise<void>;
  isMarkedAtOnce(entity: EntityRef): Promise<boolean>;
  /** Those of these ids that are not there, and were removed as what goes at once. */
  goneAtOnce(kind: string, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Entities that refer to this one, whether or not it exists. */
  referrers(to: EntityRef): Promise<readonly EntityRef[]>;
  /**
   * Who of a kind refers to whom of it, of those alone who refer on and are referred to: whatever
   * goes round in a circle is among them.
   */
  selfReferences(kind: string): Promise<readonly { readonly from: string; readonly to: string }[]>;
  /** What is referred to and is not there, by the kinds of both. */
  dangling(): Promise<readonly Dangling[]>;
  /** Parts of entities that are not there and were not deleted; not more than some thousands. */
  ofNobody(): Promise<readonly Part[]>;
  /** Where an entity's parts came from. */
  parts(entity: EntityRef): Promise<readonly Part[]>;
  /** One part of each kind, source and stream. */
  samples(): Promise<readonly Part[]>;
  /** Cross-reference: the entity that a source's record became. */
  byExternalId(source: string, kind: string, externalId: string): Promise<EntityRef | null>;
  /** Ids of the entities of a kind that can be found by this, in ascending order. */
  byLookup(kind: string, lookup: string): Promise<readonly string[]>;
  /** Replaces what entities can be found by; nothing else of them changes. */
  index(
    kind: string,
    entities: readonly { readonly id: string; readonly lookups: readonly string[] }[],
  ): Promise<void>;
  /** Replaces entities' content as a schema migration does; parts stay. */
  rewrite(entities: readonly RewrittenEntity[]): Promise<void>;
}

/** Entities of one kind that entities of another refer to, and that are not there. */
export interface Dangling {
  readonly from: string;
  readonly to: string;
  /** How many are not there. */
  readonly count: number;
  /** Ids of some who refer, and to whom. */
  readonly examples: readonly { readonly from: string; readonly to: string }[];
}

export interface RewrittenEntity extends StoredEntity {
  readonly kind: string;
  readonly isShielded: boolean;
}

// --- messages --------------------------------------------------------------------------------

export interface MessageFilter {
  readonly target?: string;
  readonly state?: readonly Message['state'][];
  readonly type?: readonly Message['type'][];
  readonly code?: string;
  readonly run?: string;
  readonly inDoubt?: boolean;
}

export interface MessageStore {
  /**
   * Keeps messages by id. An open one with the same id takes the new action, run and state and
   * keeps its `createdAt` and its doubt; one that already waits or retries for the same action
   * keeps its attempts.
   */
  put(messages: readonly Message[]): Promise<void>;
  /** Notes that the target is about to be told: until settled, what it holds is not known. */
  doubt(ids: readonly string[]): Promise<void>;
  get(ids: readonly string[]): Promise<readonly Message[]>;
  /** Oldest first. */
  scan(filter: MessageFilter): AsyncIterable<readonly Message[]>;
  count(filter: MessageFilter): Promise<number>;
  /** Messages in trouble by target, state and code, for lists that must be quick. */
  summary(): Promise<readonly MessageGroup[]>;
  /** The lowest rank of a target that has messages ready to go (waiting or due), or null. */
  nextRank(target: string, now: number): Promise<number | null>;
  /** Ids of messages of that rank that are ready to go. */
  ready(target: string, rank: number, now: number): AsyncIterable<readonly Ticket[]>;
  /** Earliest `notBefore` among this target's retrying messages; null if there is none. */
  nextDue(target: string): Promise<number | null>;
  settle(settlements: readonly Settlement[]): Promise<void>;
  /** Takes away messages of a target and types that this run did not put again: they healed. */
  removeStale(target: string, types: readonly Message['type'][], run: string): Promise<number>;
}

export interface MessageGroup {
  readonly target: string;
  readonly type: Message['type'];
  readonly state: Message['state'];
  readonly code: string | null;
  readonly objectKind: string;
  readonly count: number;
}
