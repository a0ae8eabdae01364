import type { Entity, EntityRef, Json, JsonObject } from '../message/message.ts';

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
  /** By what the record that makes it is known again; written, and told by `prints` alone. */
  readonly print?: Uint8Array;
}

/** Kept parts by their numbers, and one after the other the prints that they were staged with. */
export interface PrintedParts {
  readonly numbers: readonly number[];
  readonly prints: Uint8Array;
}

/** A part that must go: named wholly, or every part that a deleted record gave. */
export interface PartRemoval {
  readonly entity: EntityRef;
  readonly source: string;
  readonly stream: string;
  readonly part: string;
}

/** A part that a run has not seen. */
export interface UnseenPart extends PartRemoval {
  readonly externalId: string;
  /** How many runs before this one had not seen it. */
  readonly missedRuns: number;
}

export interface StageCounts {
  /** Parts offered that differ from what is kept (new ones included). */
  readonly changed: number;
  readonly unchanged: number;
}

/**
 * A run stages what differs, commits it when its source has ended well, and only then applies it in
 * batches. A crash before the commit leaves nothing; one after it is finished by applying again.
 */
export interface IntakeStore {
  /** Forgets whatever an uncommitted run of this source left. */
  open(run: string, source: string): Promise<void>;
  /**
   * Keeps the parts whose hash differs, and remembers all of them as seen by this run. Of a part
   * that comes more than once the last counts. A print that differs is kept at once, whatever
   * becomes of the run: it says of which record the part is as it is kept.
   */
  stage(run: string, parts: readonly Part[]): Promise<StageCounts>;
  /** The parts of a stream with prints of so many bytes that the last run has not missed. */
  prints(source: string, stream: string, bytes: number): AsyncIterable<PrintedParts>;
  /**
   * Notes that parts have come as they are kept, by their numbers. False, and nothing is noted,
   * where this run has met one of them before: then they must be staged.
   */
  passOver(run: string, numbers: readonly number[]): Promise<boolean>;
  /**
   * Of a part that is staged and removed in one run the last call counts. Answers how many of them
   * were kept until now.
   */
  stageRemovals(run: string, removals: readonly PartRemoval[]): Promise<number>;
  /** Parts that are kept, and that this run would remove, stay after all. */
  takeBack(run: string, removals: readonly PartRemoval[]): Promise<void>;
  /**
   * Marks the entity's present parts of this source as seen: a record in quarantine is not gone. With
   * `part`, the name of a part: that one alone. Answers whether there are any.
   */
  keep(
    run: string,
    source: string,
    stream: string,
    externalId: string,
    part?: string,
  ): Promise<boolean>;
  /** Parts of a full stream that this run has not seen. */
  unseen(run: string, source: string, stream: string): AsyncIterable<readonly UnseenPart[]>;
  /** Counts one more missed run for parts that stay for now; seen parts begin at 0 again. */
  markMissed(run: string, removals: readonly PartRemoval[]): Promise<void>;
  /** By stream: parts of this source that are missing, and stay until they missed more runs. */
  leavers(source: string): Promise<Readonly<Record<string, number>>>;
  /** By stream: how many parts of this source are kept now. */
  countParts(source: string): Promise<Readonly<Record<string, number>>>;
  /**
   * From here on the run's data will be applied, whatever happens. When that is done, the settled
   * records are set aside no more.
   */
  commit(
    run: string,
    source: string,
    checkpoints: Readonly<Record<string, Json>>,
    settled?: readonly string[],
  ): Promise<void>;
  /** The committed, not yet wholly applied runs: what a crash left behind. */
  committed(): Promise<readonly { readonly run: string; readonly source: string }[]>;
  /** Every entity of which some part speaks, with its parts, in key order. */
  all(): AsyncIterable<readonly TouchedEntity[]>;
  /** Entities touched by a committed run, with all their parts as they will be, in key order. */
  touched(run: string): AsyncIterable<readonly TouchedEntity[]>;
  /** Writes parts, entity, and references of each in one step, and takes them off the stage. */
  apply(run: string, merged: readonly MergedEntity[]): Promise<void>;
  /** Ends a run that is applied, or drops one that was not committed. */
  finish(run: string): Promise<void>;
  checkpoint(source: string, stream: string): Promise<Json>;
}

export interface TouchedEntity {
  readonly entity: EntityRef;
  /** In order of source, stream, part. Empty: nothing speaks of it any more. */
  readonly parts: readonly Part[];
  /** Parts that came to the run more than once and not always the same, as they came last. */
  readonly repeated: readonly Part[];
  /** It is known not to be stored: the run began with nothing. Absent: it may be or not. */
  readonly isNew?: true;
}

export interface MergedEntity {
  readonly entity: EntityRef;
  /** The new canonical entity; null removes it; 'keep' leaves the last good one in place. */
  readonly content: Entity | null | 'keep';
  /** Hash of the content; '' unless there is content. */
  readonly hash: string;
  /** Ids of every entity that it refers to, by kind. */
  readonly references: readonly EntityRef[];
  /** Whether its schema calls it protected: found again by `EntityStore.protected`. */
  readonly isProtected: boolean;
  /** Of one that is removed: no target keeps for a grace what it gave; see `goneAtOnce`. */
  readonly goesAtOnce: boolean;
  /** Keyed hashes, hexadecimal and of one length, of what it can be found by; see `byLookups`. */
  readonly lookups: readonly string[];
}
