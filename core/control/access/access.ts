import type { Grant } from './rights.ts';

export interface Account {
  /** Stands in the audit trail for what the person does. */
  readonly name: string;
  readonly rights: readonly Grant[];
}

export interface KnownAccount extends Account {
  /** With a password that is kept here, or at the OpenID provider, whose groups give the rights. */
  readonly signsIn: 'here' | 'at the provider';
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

/** How persons sign in here, as config says. */
export interface WaysIn {
  /** With passwords that are kept here. */
  readonly passwords: boolean;
  /** At the city's OpenID provider. */
  readonly provider: boolean;
}

/** Who may use the dashboard. Secrets are kept as hashes: who reads the store cannot sign in. */
export interface Access {
  readonly waysIn: WaysIn;
  /** Names of the flows that rights may be given for. */
  readonly flows: readonly string[];
  /** Those with a password here, and those who have signed in at the provider. */
  accounts(): Promise<readonly KnownAccount[]>;
  /**
   * A secret, good once and for a day, with which a person sets a password of their own. The
   * account is made or changed when it is used. Audited.
   */
  invite(account: Account, who: string): Promise<string>;
  /** An invitation with all rights while nobody has an account; null without passwords. */
  firstInvitation(): Promise<string | null>;
  /** Whose account an invitation is for; null where it is used, over, or none. */
  invited(secret: string): Promise<Account | null>;
  /** Sets the password and ends what sessions there were; null where the invitation is not good. */
  accept(secret: string, password: string): Promise<Account | null>;
  /** Takes an account away, with its sessions; false if there is none. Audited. */
  remove(name: string, who: string): Promise<boolean>;
  /**
   * Gives an account with a password other rights, from the next page on; false if there is none.
   * Audited.
   */
  setRights(account: Account, who: string): Promise<boolean>;
  /** The sessions that have not ended. */
  sessions(): Promise<readonly SessionState[]>;
  /** Ends an account's sessions, but for the one of this id; answers how many. Audited. */
  endSessions(name: string, who: string, keep: string | null): Promise<number>;
  /** A new session's id, or null: it takes as long whether there is such an account or not. */
  signIn(name: string, password: string): Promise<string | null>;
  /**
   * The provider's address to which a browser goes to sign in; null where config has no provider.
   * `visitor` is the browser's cookie, without which nobody can come back in its place. Throws
   * PROVIDER_UNUSABLE.
   */
  beginAtProvider(visitor: string): Promise<string | null>;
  /**
   * A new session's id for whom the provider's answer names (`code`, `state`, `iss`), good once, as
   * its code is, and for ten minutes. Throws SIGN_IN_REFUSED, SIGN_IN_NAME, SIGN_IN_NO_RIGHTS,
   * PROVIDER_UNUSABLE: no text of them names anybody. Audited.
   */
  signInFromProvider(visitor: string, answer: URLSearchParams): Promise<string>;
  /** Where a browser ends its session at the provider; null where that cannot be said. */
  endAtProvider(): Promise<string | null>;
  /**
   * Null where it has ended: after an hour without a look, and after half a day at the
   * latest. What a page asks for by itself is no look.
   */
  session(id: string, isByHand: boolean): Promise<Account | null>;
  signOut(id: string): Promise<void>;
}
