import type { Message, Trouble } from '../message/message.ts';
import type { LedgerRow } from './ledger-store.ts';

/** How a delivery ended: the message and the ledger change in one step. */
export interface Settlement {
  /** If it stays, it is in doubt as is said here. */
  readonly message: Message;
  readonly result:
    | {
        readonly kind: 'delivered';
        readonly row: LedgerRow;
        readonly replacedKey?: string;
        /** Why it is not all there yet: the message stays, blocked, and is in no doubt. */
        readonly blocked?: Trouble;
      }
    /** The object is gone from the target; its ledger row goes too. */
    | { readonly kind: 'removed' }
    /** Nothing to do any more: newer data made it void. */
    | { readonly kind: 'superseded' }
    | { readonly kind: 'discarded' }
    /** `retrying` and `failed` count one attempt more. */
    | { readonly kind: 'retrying'; readonly notBefore: number; readonly trouble: Trouble }
    | { readonly kind: 'failed' | 'blocked'; readonly trouble: Trouble };
}
