import { createHash, randomBytes } from 'node:crypto';
import type { Json } from '../../message/message.ts';
import type { Store } from '../../store/store.ts';
import {
  type Access,
  type Account,
  LEAST_PASSWORD,
  MOST_PASSWORD,
  RIGHTS,
  type SessionState,
} from './access.ts';
import { isPassword, type KeptPassword, keepPassword, NOBODYS } from './passwords.ts';

const MINUTE_MS = 60_000;
const IDLE_MS = 60 * MINUTE_MS;
const LONGEST_MS = 12 * 60 * MINUTE_MS;
const INVITATION_MS = 24 * 60 * MINUTE_MS;
const FIRST = 'admin';

interface KeptAccount extends Account {
  readonly password: KeptPassword;
}

interface Invitation extends Account {
  readonly digest: string;
  readonly until: number;
}

interface Session {
  readonly digest: string;
  readonly account: string;
  readonly begunAt: number;
  readonly seenAt: number;
}

/** All of it: tens of rows, in one value. */
interface Kept {
  readonly accounts: readonly KeptAccount[];
  readonly invitations: readonly Invitation[];
  readonly sessions: readonly Session[];
}

const NOTHING: Kept = { accounts: [], invitations: [], sessions: [] };

/** Accounts, invitations and sessions, kept in the hub's own store. */
export function openAccess(store: Store, now: () => number): Access {
  return new StoredAccess(store, now);
}

class StoredAccess implements Access {
  readonly #store: Store;
  readonly #now: () => number;
  /** One change after another: each is read, changed and written. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async accounts(): Promise<readonly Account[]> {
    return (await this.#kept()).accounts.map(plain);
  }

  async invite(account: Account, who: string): Promise<string> {
    const secret = newSecret();
    const until = this.#now() + INVITATION_MS;
    const invitation = { ...plain(account), digest: digestOf(secret), until };
    await this.#change((kept) => {
      const others = kept.invitations.filter(({ name }) => name !== account.name);
      return { ...kept, invitations: [...others, invitation] };
    });
    await this.#audit(who, 'invite', `${account.name} ${account.rights.join(',')}`);
    return secret;
  }

  async firstInvitation(): Promise<string | null> {
    const { accounts } = await this.#kept();
    return accounts.length > 0 ? null : this.invite({ name: FIRST, rights: RIGHTS }, 'first start');
  }

  async invited(secret: string): Promise<Account | null> {
    const found = (await this.#kept()).invitations.find(
      ({ digest }) => digest === digestOf(secret),
    );
    return found === undefined ? null : plain(found);
  }

  async accept(secret: string, password: string): Promise<Account | null> {
    if (password.length < LEAST_PASSWORD || password.length > MOST_PASSWORD) return null;
    const own = { password: await keepPassword(password) };
    let account: Account | null = null;
    await this.#change((kept) => {
      const found = kept.invitations.find(({ digest }) => digest === digestOf(secret));
      if (found === undefined) return kept;
      account = plain(found);
      const { accounts, invitations, sessions } = without(kept, found.name);
      return { accounts: [...accounts, { ...account, ...own }], invitations, sessions };
    });
    if (account !== null) await this.#audit(account['name'], 'set password', '');
    return account;
  }

  async remove(name: string, who: string): Promise<boolean> {
    const isThere = (await this.#kept()).accounts.some((one) => one.name === name);
    await this.#change((kept) => without(kept, name));
    await this.#audit(who, 'remove account', name);
    return isThere;
  }

  async setRights({ name, rights }: Account, who: string): Promise<boolean> {
    const isThere = (await this.#kept()).accounts.some((one) => one.name === name);
    if (!isThere) return false;
    await this.#audit(who, 'set rights', `${name} ${rights.join(',')}`);
    await this.#change((kept) => {
      const changed = (one: KeptAccount) => (one.name === name ? { ...one, rights } : one);
      return { ...kept, accounts: kept.accounts.map(changed) };
    });
    return true;
  }

  async sessions(): Promise<readonly SessionState[]> {
    const { sessions } = await this.#kept();
    return sessions.map(({ account, begunAt, seenAt }) => ({ account, begunAt, seenAt }));
  }

  async endSessions(name: string, who: string, keep: string | null): Promise<number> {
    const kept = keep === null ? null : digestOf(keep);
    const isMeant = ({ account, digest }: Session) => account === name && digest !== kept;
    const count = (await this.#kept()).sessions.filter(isMeant).length;
    await this.#audit(who, 'end sessions', `${name} ${count}`);
    await this.#change((all) => {
      return { ...all, sessions: all.sessions.filter((one) => !isMeant(one)) };
    });
    return count;
  }

  async signIn(name: string, password: string): Promise<string | null> {
    const account = (await this.#kept()).accounts.find((one) => one.name === name);
    const isRight = await isPassword(
      password.slice(0, MOST_PASSWORD),
      account?.password ?? NOBODYS,
    );
    if (account === undefined || !isRight) return null;
    const id = newSecret();
    const at = this.#now();
    const session = { digest: digestOf(id), account: name, begunAt: at, seenAt: at };
    await this.#change((kept) => ({ ...kept, sessions: [...kept.sessions, session] }));
    await this.#audit(name, 'sign in', '');
    return id;
  }

  async session(id: string, isByHand: boolean): Promise<Account | null> {
    const digest = digestOf(id);
    const { sessions, accounts } = await this.#kept();
    const found = sessions.find((one) => one.digest === digest);
    const account = accounts.find(({ name }) => name === found?.account);
    if (found === undefined || account === undefined) return null;
    // A look is noted once a minute: to read a page is to write nothing.
    if (isByHand && this.#now() - found.seenAt > MINUTE_MS) await this.#see(digest);
    return plain(account);
  }

  async signOut(id: string): Promise<void> {
    const digest = digestOf(id);
    const ended = (await this.#kept()).sessions.find((one) => one.digest === digest);
    if (ended === undefined) return;
    await this.#change((kept) => {
      return { ...kept, sessions: kept.sessions.filter((one) => one.digest !== digest) };
    });
    await this.#audit(ended.account, 'sign out', '');
  }

  async #see(digest: string): Promise<void> {
    const seenAt = this.#now();
    await this.#change((kept) => {
      const seen = (one: Session) => (one.digest === digest ? { ...one, seenAt } : one);
      return { ...kept, sessions: kept.sessions.map(seen) };
    });
  }

  /** Without what is over by now. */
  async #kept(): Promise<Kept> {
    // SAFETY: only `#change` writes it, from a Kept.
    const kept = {
      ...NOTHING,
      ...((await this.#store.getValue('access')) as Partial<Kept> | null),
    };
    const at = this.#now();
    return {
      accounts: kept.accounts,
      invitations: kept.invitations.filter(({ until }) => until > at),
      sessions: kept.sessions.filter(({ begunAt, seenAt }) => {
        return begunAt + LONGEST_MS > at && seenAt + IDLE_MS > at;
      }),
    };
  }

  async #change(change: (kept: Kept) => Kept): Promise<void> {
    const next = this.#last.then(async () => {
      // SAFETY: lists of plain values are JSON.
      const json = change(await this.#kept()) as unknown as Json;
      await this.#store.putValue('access', json);
    });
    this.#last = next.catch(() => undefined);
    await next;
  }

  async #audit(who: string, action: string, subject: string): Promise<void> {
    await this.#store.runs.audit({ at: this.#now(), who, action, subject, reason: '' });
  }
}

function without({ accounts, invitations, sessions }: Kept, gone: string): Kept {
  return {
    accounts: accounts.filter(({ name }) => name !== gone),
    invitations: invitations.filter(({ name }) => name !== gone),
    sessions: sessions.filter(({ account }) => account !== gone),
  };
}

function plain({ name, rights }: Account): Account {
  return { name, rights };
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Secrets of 256 bits cannot be guessed: a plain digest keeps them. */
function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
