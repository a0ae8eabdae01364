/**
 * What a person may do on the dashboard. `list`: see what has failed and how the nights went;
 * `contents`: look up persons and see their values; `protected`: learn that a protected person is
 * known here; `act`: retry, discard, decide, run and pause; `administer`: accounts and sessions.
 */
export const RIGHTS = ['list', 'contents', 'protected', 'act', 'administer'] as const;
export type Right = (typeof RIGHTS)[number];

export interface Account {
  /** Stands in the audit trail for what the person does. */
  readonly name: string;
  readonly rights: readonly Right[];
}

/** Somebody who has signed in, in epoch milliseconds; its id is kept as a hash alone. */
export interface SessionState {
  readonly account: string;
  readonly begunAt: number;
  /** When a page was last asked for by hand, to the minute. */
  readonly seenAt: number;
}

/** Names stand in the audit trail, and in addresses of forms. */
export function isAccountName(name: string): boolean {
  return /^[\w.@-]{1,100}$/.test(name);
}

export const LEAST_PASSWORD = 12;
export const MOST_PASSWORD = 200;

/** Who may use the dashboard. Secrets are kept as hashes: who reads the store cannot sign in. */
export interface Access {
  accounts(): Promise<readonly Account[]>;
  /**
   * A secret, good once and for a day, with which a person sets a password of their own. The
   * account is made or changed when it is used. Audited.
   */
  invite(account: Account, who: string): Promise<string>;
  /** An invitation with all rights while nobody has an account; null afterwards. */
  firstInvitation(): Promise<string | null>;
  /** Whose account an invitation is for; null where it is used, over, or none. */
  invited(secret: string): Promise<Account | null>;
  /** Sets the password and ends what sessions there were; null where the invitation is not good. */
  accept(secret: string, password: string): Promise<Account | null>;
  /** Takes an account away, with its sessions; false if there is none. Audited. */
  remove(name: string, who: string): Promise<boolean>;
  /** Gives an account other rights, from the next page on; false if there is none. Audited. */
  setRights(account: Account, who: string): Promise<boolean>;
  /** The sessions that have not ended. */
  sessions(): Promise<readonly SessionState[]>;
  /** Ends an account's sessions, but for the one of this id; answers how many. Audited. */
  endSessions(name: string, who: string, keep: string | null): Promise<number>;
  /** A new session's id, or null: it takes as long whether there is such an account or not. */
  signIn(name: string, password: string): Promise<string | null>;
  /**
   * Null where it has ended: after an hour without a look, and after half a day at the
   * latest. What a page asks for by itself is no look.
   */
  session(id: string, isByHand: boolean): Promise<Account | null>;
  signOut(id: string): Promise<void>;
}
