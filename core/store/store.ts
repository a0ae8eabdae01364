import type { Json } from '../message/message.ts';
import type { EntityStore } from './entity-store.ts';
import type { FormerStore } from './former-store.ts';
import type { InboxStore } from './inbox-store.ts';
import type { IntakeStore } from './intake-store.ts';
import type { LedgerStore, ServedStore } from './ledger-store.ts';
import type { MessageStore } from './message-store.ts';
import type { OverrideStore } from './override-store.ts';
import type { ProtectionStore } from './protection-store.ts';
import type { QuarantineStore } from './quarantine-store.ts';
import type { RecheckStore } from './recheck-store.ts';
import type { Lease, RunStore } from './run-store.ts';
import type { SmallRowStore } from './shared/small-rows.ts';

/**
 * What the hub remembers. Every write is idempotent: repeating it after a crash changes nothing.
 * No promise spans two calls, nor the store and the broker; one call is one step. Lists go in
 * batches; iterations are in ascending key order, hold no lock, and run in flat memory.
 */
export interface Store {
  readonly inbox: InboxStore;
  readonly intake: IntakeStore;
  readonly quarantine: QuarantineStore;
  readonly protections: ProtectionStore;
  readonly formers: FormerStore;
  readonly entities: EntityStore;
  readonly ledger: LedgerStore;
  readonly served: ServedStore;
  readonly rechecks: RecheckStore;
  readonly messages: MessageStore;
  readonly overrides: OverrideStore;
  readonly runs: RunStore;
  readonly smallRows: SmallRowStore;
  /** Small named values: checkpoints aside, e.g. the workspace's identity key, schema versions. */
  getValue(name: string): Promise<Json>;
  putValue(name: string, value: Json): Promise<void>;
  /**
   * Keeps the value if none, or null, is kept under the name; returns what is kept then. Of several
   * processes that offer one at the same time, all get the same.
   */
  offerValue(name: string, value: Json): Promise<Json>;
  /**
   * Keeps the value in the place of the one that was read, null where none was; false, and nothing
   * is changed, where another one is kept by now. So of two who change a value at the same time the
   * second reads what the first has made of it.
   */
  replaceValue(name: string, read: Json, value: Json): Promise<boolean>;
  /**
   * Does something under a lease: what it writes here, on whatever way it comes to that, is
   * refused with LEASE_LOST once a newer term of the lease has begun. So a process that was thought
   * dead and comes back changes nothing.
   */
  fenced<T>(lease: Lease, work: () => Promise<T>): Promise<T>;
  /**
   * Writes a copy of everything, as it is at one instant, that a store can be opened on again,
   * without leases. A run that is committed must have been finished: what is staged is not in it.
   * Throws BACKUP_REFUSED, and leaves nothing behind, where the file is there or cannot be written.
   */
  backup(file: string): Promise<void>;
  close(): Promise<void>;
}

type Values = Pick<Store, 'getValue' | 'putValue'>;

/** Values of one kind, each of something: the pause of a flow, the last retry of a group. */
export interface KeptValue<T> {
  /** Null where none is kept. */
  read(store: Values, of: string): Promise<T | null>;
  write(store: Values, of: string, value: T | null): Promise<void>;
  /** Writes it where none is kept. */
  offer(store: Pick<Store, 'offerValue'>, of: string, value: T): Promise<void>;
}

/** Nobody else may write values whose name begins so: what is read is what was written. */
export function keptValue<T>(name: string): KeptValue<T> {
  return {
    // SAFETY: `write` alone writes it, from what JSON keeps as it is.
    read: async (store, of) => (await store.getValue(`${name} ${of}`)) as T | null,
    write: (store, of, value) => store.putValue(`${name} ${of}`, value as Json),
    offer: async (store, of, value) => {
      // SAFETY: it is what JSON keeps as it is.
      await store.offerValue(`${name} ${of}`, value as Json);
    },
  };
}
