import type { Message, Problem, Ticket } from '../message/message.ts';
import type { LedgerRow } from './ledger-store.ts';

export interface MessageFilter {
  readonly target?: string;
  readonly state?: readonly Message['state'][];
  readonly type?: readonly Message['type'][];
  readonly code?: string;
  readonly run?: string;
  readonly inDoubt?: boolean;
}

/** Which messages with a problem belong together. */
export type GroupName = Omit<MessageGroup, 'count'>;

/** One page of a long list; `next` is where the following one begins, null after the last. */
export interface MessagePage {
  readonly messages: readonly Message[];
  readonly next: PageKey | null;
}

/** By what a page was ordered, of its last message: the following page begins after it. */
export type PageKey = readonly (string | number)[];

/** Which page of a list: in the order in which messages came, were last met, or by their places. */
export interface PageWish {
  readonly by: 'number' | 'updated' | 'place';
  /** The last of that order first. */
  readonly isDown?: boolean;
  /** Null for the first page; of the same order otherwise. */
  readonly after: PageKey | null;
  readonly limit: number;
}

export interface MessageStore {
  /**
   * Keeps messages by id. An open one with the same id takes the new action, run and state and
   * keeps its `createdAt` and its doubt; one that already waits or retries for the same action
   * keeps its attempts.
   */
  put(messages: readonly Message[]): Promise<void>;
  get(ids: readonly string[]): Promise<readonly Message[]>;
  /** Oldest first. */
  scan(filter: MessageFilter): AsyncIterable<readonly Message[]>;
  count(filter: MessageFilter): Promise<number>;
  /** When the oldest message of each target came that waits for its turn or its next attempt. */
  waitingSince(): Promise<readonly { readonly target: string; readonly since: number }[]>;
  /** Messages with a problem by target, state and code, for lists that must be quick. */
  summary(): Promise<readonly MessageGroup[]>;
  /** The same, school unit by school unit and by what was to be done; of those named, or of all. */
  unitSummary(of?: UnitFilter): Promise<readonly UnitGroup[]>;
  /** When a group's oldest message came, and when one was last put or tried; null if it is empty. */
  seen(group: GroupName): Promise<Seen | null>;
  /** What comes after a key of one group, or of a part of it, however long the list is. */
  page(group: GroupName & OfPart & OfOrigins, wish: PageWish): Promise<MessagePage>;
  /** Of which runs and places the messages of a group are. */
  parts(group: GroupName): Promise<readonly GroupPart[]>;
  /** Of which school units the messages of a group are, or of a part of it; '' for of none. */
  units(group: GroupName & OfPart): Promise<readonly string[]>;
  /** Those that are blocked behind this one, oldest first. */
  waitingFor(id: string, limit: number): Promise<readonly Message[]>;
  /** The lowest rank of a target that has messages ready to go (waiting or due), or null. */
  nextRank(target: string, now: number): Promise<number | null>;
  /** Ids of messages of that rank that are ready to go. */
  ready(target: string, rank: number, now: number): AsyncIterable<readonly Ticket[]>;
  /** Earliest `notBefore` among this target's retrying messages; null if there is none. */
  nextDue(target: string): Promise<number | null>;
  /**
   * One that had a problem and ends by this is remembered: see `ended`. In the same step it is noted
   * of which others the target is about to be told: until settled, what it holds is not known.
   */
  settle(settlements: readonly Settlement[], toldNext?: readonly string[]): Promise<void>;
  /** Removes messages of a target and types that this run did not put again: they are resolved. */
  removeStale(target: string, types: readonly Message['type'][], run: string): Promise<number>;
  /** How those had an end that had a problem; one that is put again has none any more. */
  ended(ids: readonly string[]): Promise<readonly Ending[]>;
  /** Those that ended so, at this instant or later. */
  scanEnded(how: Ending['how'], from: number): AsyncIterable<readonly Ending[]>;
  forgetEnded(ids: readonly string[]): Promise<void>;
  /** Forgets those that ended before an instant; answers how many. */
  purgeEnded(before: number): Promise<number>;
}

/** Epoch milliseconds. */
export interface Seen {
  readonly first: number;
  readonly last: number;
}

/** How a message ended that had a problem. */
export interface Ending {
  /** As it was last. */
  readonly message: Message;
  readonly how: 'delivered' | 'removed' | 'superseded' | 'discarded';
  /** The run that made it void; for all others the run that had put it. */
  readonly run: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface MessageGroup {
  readonly target: string;
  readonly type: Message['type'];
  readonly state: Message['state'];
  readonly code: string | null;
  readonly objectKind: string;
  readonly count: number;
}

/** What of a group concerns one school unit; without one: all of it. */
export interface OfUnit {
  /** Of an organisation; '' for those that belong to none. */
  readonly unit?: string;
}

/** Where something is to be mended; '' for what is not known. */
export interface PlaceName {
  readonly file: string;
  readonly field: string;
}

/** What of a group is meant; what is left out stands for all of it. */
export interface OfPart extends OfUnit {
  /** The run that has put it last. */
  readonly run?: string;
  readonly place?: PlaceName;
}

/** Messages of a group of one run and place. */
export interface GroupPart extends PlaceName {
  readonly run: string;
  readonly count: number;
}

export interface OfOrigins {
  /** Ids of the entities that they tell of. */
  readonly origins?: readonly string[];
}

/** Which messages are counted by school unit. */
export interface UnitFilter extends Partial<GroupName>, OfPart, OfOrigins {}

/** Messages of a group that belong to one school unit, and ask for the same. */
export interface UnitGroup extends MessageGroup {
  /** Of an organisation; '' if none is known. */
  readonly unit: string;
  /** What they tell of: `person`, `group`; '' for records. */
  readonly originKind: string;
  readonly action: Message['action'];
}

/** What a message stays as though the target holds its object: `attempts` and `notBefore` default to 0. */
export type Staying = Pick<Message, 'state' | 'problem'> &
  Partial<Pick<Message, 'attempts' | 'notBefore'>>;

/** How a delivery ended: the message and the ledger change in one step. */
export interface Settlement {
  /** If it stays, it is in doubt as is said here. */
  readonly message: Message;
  readonly result:
    | {
        readonly kind: 'delivered';
        readonly row: LedgerRow;
        readonly replacedKey?: string;
        /** Why it is not all there: the message stays, and is in no doubt. */
        readonly stays?: Staying;
      }
    /** The object is gone from the target; its ledger row goes too. */
    | { readonly kind: 'removed' }
    /** Nothing to do any more: newer data made it void. */
    | { readonly kind: 'superseded' }
    | { readonly kind: 'discarded' }
    /** `retrying` and `failed` count one attempt more. */
    | { readonly kind: 'retrying'; readonly notBefore: number; readonly problem: Problem }
    | { readonly kind: 'failed' | 'blocked'; readonly problem: Problem };
}
