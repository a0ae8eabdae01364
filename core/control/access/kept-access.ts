import { createHash, randomBytes } from 'node:crypto';
import type { Json } from '../../message/message.ts';
import type { Store } from '../../store/store.ts';
import type { Account } from './access.ts';
import type { KeptPassword } from './passwords.ts';

const MINUTE_MS = 60_000;
const IDLE_MS = 60 * MINUTE_MS;
const LONGEST_MS = 12 * 60 * MINUTE_MS;
/** Of whoever has not come for so long the provider knows, and nobody else needs to. */
const FORGOTTEN_MS = 90 * 24 * 60 * MINUTE_MS;

const SIGN_IN_KEY = 'sign-in key';

export interface KeptAccount extends Account {
  readonly password: KeptPassword;
}

/** Somebody who has signed in at the provider. */
export interface KeptPerson {
  readonly name: string;
  /** Issuer and `sub`: by which the provider knows the person, whatever the name. */
  readonly subject: string;
  /** Those that config knew when the person signed in: what they give is config's present word. */
  readonly groups: readonly string[];
  /** When the person signed in last, in epoch milliseconds. */
  readonly at: number;
}

export interface Invitation extends Account {
  readonly digest: string;
  readonly until: number;
}

export interface Session {
  readonly digest: string;
  readonly account: string;
  readonly begunAt: number;
  readonly seenAt: number;
}

/** All of it: tens of rows, in one value. */
export interface Kept {
  readonly accounts: readonly KeptAccount[];
  readonly persons: readonly KeptPerson[];
  readonly invitations: readonly Invitation[];
  readonly sessions: readonly Session[];
}

const NOTHING: Kept = { accounts: [], persons: [], invitations: [], sessions: [] };

/** What is kept of who may use the dashboard, without what is over. */
export class KeptAccess {
  readonly #store: Store;
  readonly #now: () => number;
  /** One change after another: each is read, changed and written. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async read(): Promise<Kept> {
    // SAFETY: only `change` writes it, from a Kept.
    const written = (await this.#store.getValue('access')) as Partial<Kept> | null;
    const kept = { ...NOTHING, ...written };
    const at = this.#now();
    return {
      ...kept,
      persons: kept.persons.filter((one) => one.at + FORGOTTEN_MS > at),
      invitations: kept.invitations.filter(({ until }) => until > at),
      sessions: kept.sessions.filter(({ begunAt, seenAt }) => {
        return begunAt + LONGEST_MS > at && seenAt + IDLE_MS > at;
      }),
    };
  }

  /** A key of this hub, made when it is first asked for. */
  async signInKey(): Promise<string> {
    const kept = await this.#store.getValue(SIGN_IN_KEY);
    if (typeof kept === 'string') return kept;
    const key = newSecret();
    await this.#store.putValue(SIGN_IN_KEY, key);
    return key;
  }

  async change(change: (kept: Kept) => Kept): Promise<void> {
    const next = this.#last.then(async () => {
      // SAFETY: lists of plain values are JSON.
      const json = change(await this.read()) as unknown as Json;
      await this.#store.putValue('access', json);
    });
    this.#last = next.catch(() => undefined);
    await next;
  }
}

/** Without anything of this name. */
export function without(kept: Kept, gone: string): Kept {
  const isOther = ({ name }: { readonly name: string }) => name !== gone;
  return {
    accounts: kept.accounts.filter(isOther),
    persons: kept.persons.filter(isOther),
    invitations: kept.invitations.filter(isOther),
    sessions: kept.sessions.filter(({ account }) => account !== gone),
  };
}

/** A session that begins now: its id, which nobody keeps, and what is kept of it. */
export function newSession(account: string, at: number): { id: string; session: Session } {
  const id = newSecret();
  return { id, session: { digest: digestOf(id), account, begunAt: at, seenAt: at } };
}

export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Secrets of 256 bits cannot be guessed: a plain digest keeps them. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
