import { InvalidFailure } from '../../failure/failure.ts';
import type { Engine } from '../../run/engine.ts';
import {
  type Access,
  type Account,
  isAccountName,
  type KnownAccount,
  LEAST_PASSWORD,
  MOST_PASSWORD,
  type SessionState,
  type WaysIn,
} from './access.ts';
import {
  digestOf,
  type Kept,
  KeptAccess,
  type KeptAccount,
  type KeptPerson,
  newSecret,
  newSession,
  type Session,
  without,
} from './kept-access.ts';
import { isPassword, keepPassword, NOBODYS } from './passwords.ts';
import type { Provider, ProviderParts } from './provider.ts';
import { type Grant, isGrant, RIGHTS } from './rights.ts';

const MINUTE_MS = 60_000;
const INVITATION_MS = 24 * 60 * MINUTE_MS;
const FIRST = 'admin';

type Parts = Pick<Engine, 'store' | 'now' | 'secret' | 'workspace' | 'log'>;

/** Accounts, invitations and sessions, kept in the hub's own store. */
export function openAccess(parts: Parts): Access {
  return new StoredAccess(parts);
}

class StoredAccess implements Access {
  readonly waysIn: WaysIn;
  readonly flows: readonly string[];
  readonly #store: Parts['store'];
  readonly #now: () => number;
  readonly #kept: KeptAccess;
  /** Its library is read with the first who signs in there. */
  readonly #provider: () => Promise<Provider> | null;
  /** What the provider's groups may do. */
  readonly #groups: ReadonlyMap<string, readonly string[]>;

  constructor({ store, now, secret, workspace, log }: Parts) {
    const { passwords = true, openId = null } = workspace.config.dashboard ?? {};
    this.#store = store;
    this.#now = now;
    this.#kept = new KeptAccess(store, now);
    this.#groups = new Map(Object.entries(openId?.rights ?? {}));
    const ofClient = () => secret(openId?.clientSecret ?? '');
    const own = { secret: ofClient, key: () => this.#kept.signInKey(), now, log };
    let provider: Promise<Provider> | null = null;
    this.#provider = () => {
      if (openId !== null) provider ??= newProvider({ rules: openId, ...own });
      return provider;
    };
    this.flows = workspace.flows.map(({ name }) => name);
    this.waysIn = { passwords, provider: openId !== null };
  }

  async accounts(): Promise<readonly KnownAccount[]> {
    return this.#known(await this.#kept.read());
  }

  async invite(account: Account, who: string): Promise<string> {
    const secret = newSecret();
    const until = this.#now() + INVITATION_MS;
    const invitation = { ...plain(account), digest: digestOf(secret), until };
    await this.#kept.change((kept) => {
      const others = kept.invitations.filter(({ name }) => name !== account.name);
      return { ...kept, invitations: [...others, invitation] };
    });
    await this.#audit(who, 'invite', `${account.name} ${account.rights.join(',')}`);
    return secret;
  }

  async firstInvitation(): Promise<string | null> {
    const { accounts } = await this.#kept.read();
    if (accounts.length > 0 || !this.waysIn.passwords) return null;
    return this.invite({ name: FIRST, rights: RIGHTS }, 'first start');
  }

  async invited(secret: string): Promise<Account | null> {
    const found = (await this.#kept.read()).invitations.find(
      ({ digest }) => digest === digestOf(secret),
    );
    return found === undefined ? null : plain(found);
  }

  async accept(secret: string, password: string): Promise<Account | null> {
    const isLong = password.length >= LEAST_PASSWORD && password.length <= MOST_PASSWORD;
    if (!isLong || !this.waysIn.passwords) return null;
    const own = { password: await keepPassword(password) };
    let account: Account | null = null;
    await this.#kept.change((kept) => {
      const found = kept.invitations.find(({ digest }) => digest === digestOf(secret));
      if (found === undefined) return kept;
      account = plain(found);
      const others = without(kept, found.name);
      return { ...others, accounts: [...others.accounts, { ...account, ...own }] };
    });
    if (account !== null) await this.#audit(account['name'], 'set password', '');
    return account;
  }

  async remove(name: string, who: string): Promise<boolean> {
    const { accounts, persons, invitations } = await this.#kept.read();
    // Whoever was only invited has a way in as well.
    const all = [...accounts, ...persons, ...invitations];
    if (!all.some((one) => one.name === name)) return false;
    await this.#kept.change((kept) => without(kept, name));
    await this.#audit(who, 'remove account', name);
    return true;
  }

  async setRights({ name, rights }: Account, who: string): Promise<boolean> {
    const isThere = (await this.#kept.read()).accounts.some((one) => one.name === name);
    if (!isThere) return false;
    await this.#audit(who, 'set rights', `${name} ${rights.join(',')}`);
    await this.#kept.change((kept) => {
      const changed = (one: KeptAccount) => (one.name === name ? { ...one, rights } : one);
      return { ...kept, accounts: kept.accounts.map(changed) };
    });
    return true;
  }

  async sessions(): Promise<readonly SessionState[]> {
    const { sessions } = await this.#kept.read();
    return sessions.map(({ account, begunAt, seenAt }) => ({ account, begunAt, seenAt }));
  }

  async endSessions(name: string, who: string, keep: string | null): Promise<number> {
    const kept = keep === null ? null : digestOf(keep);
    const isMeant = ({ account, digest }: Session) => account === name && digest !== kept;
    const count = (await this.#kept.read()).sessions.filter(isMeant).length;
    await this.#audit(who, 'end sessions', `${name} ${count}`);
    await this.#kept.change((all) => {
      return { ...all, sessions: all.sessions.filter((one) => !isMeant(one)) };
    });
    return count;
  }

  async signIn(name: string, password: string): Promise<string | null> {
    const account = (await this.#kept.read()).accounts.find((one) => one.name === name);
    const isRight = await isPassword(
      password.slice(0, MOST_PASSWORD),
      account?.password ?? NOBODYS,
    );
    if (account === undefined || !isRight || !this.waysIn.passwords) return null;
    return this.#beginSession(name, '');
  }

  async beginAtProvider(visitor: string): Promise<string | null> {
    return (await this.#provider())?.begin(visitor) ?? null;
  }

  async signInFromProvider(visitor: string, answer: URLSearchParams): Promise<string> {
    const provider = await this.#provider();
    if (provider === null) {
      throw new InvalidFailure('SIGN_IN_REFUSED', 'config names no provider');
    }
    const { groups: all, ...person } = await provider.finish(visitor, answer);
    const groups = all.filter((one) => this.#groups.has(one));
    const rights = this.#rightsOf(groups);
    if (rights.length === 0) {
      await this.#forget(person.subject);
      const text = 'none of the groups that the provider tells of has any rights here';
      throw new InvalidFailure('SIGN_IN_NO_RIGHTS', text);
    }
    await this.#admit({ ...person, groups, at: this.#now() });
    return this.#beginSession(person.name, `provider ${rights.join(',')}`);
  }

  async endAtProvider(): Promise<string | null> {
    return (await this.#provider())?.end() ?? null;
  }

  async session(id: string, isByHand: boolean): Promise<Account | null> {
    const digest = digestOf(id);
    const kept = await this.#kept.read();
    const found = kept.sessions.find((one) => one.digest === digest);
    const account = this.#known(kept).find(({ name }) => name === found?.account);
    if (found === undefined || account === undefined) return null;
    // A look is noted once a minute: to read a page is to write nothing.
    if (isByHand && this.#now() - found.seenAt > MINUTE_MS) await this.#see(digest);
    return plain(account);
  }

  async signOut(id: string): Promise<void> {
    const digest = digestOf(id);
    const ended = (await this.#kept.read()).sessions.find((one) => one.digest === digest);
    if (ended === undefined) return;
    await this.#kept.change((kept) => {
      return { ...kept, sessions: kept.sessions.filter((one) => one.digest !== digest) };
    });
    await this.#audit(ended.account, 'sign out', '');
  }

  /** Of a name that another has, nobody could say later who did what. */
  async #admit(person: KeptPerson): Promise<void> {
    const { name, subject } = person;
    let isFree = isAccountName(name);
    await this.#kept.change((kept) => {
      const before = kept.persons.find((one) => one.subject === subject);
      const isRenamed = before !== undefined && before.name !== name;
      const others = isRenamed ? without(kept, before.name) : kept;
      const persons = others.persons.filter((one) => one.subject !== subject);
      const taken = [...others.accounts, ...persons].some((one) => one.name === name);
      isFree &&= !taken;
      return isFree ? { ...others, persons: [...persons, person] } : kept;
    });
    if (isFree) return;
    const text = 'the name that the provider gives is of another account, or no account name';
    throw new InvalidFailure('SIGN_IN_NAME', text);
  }

  /** Whoever has no rights any more has no sessions either. */
  async #forget(subject: string): Promise<void> {
    const known = (await this.#kept.read()).persons.find((one) => one.subject === subject);
    if (known === undefined) return;
    await this.#kept.change((kept) => without(kept, known.name));
    await this.#audit(known.name, 'rights ended', 'provider');
  }

  async #beginSession(name: string, how: string): Promise<string> {
    const { id, session } = newSession(name, this.#now());
    await this.#kept.change((kept) => ({ ...kept, sessions: [...kept.sessions, session] }));
    await this.#audit(name, 'sign in', how);
    return id;
  }

  async #see(digest: string): Promise<void> {
    const seenAt = this.#now();
    await this.#kept.change((kept) => {
      const seen = (one: Session) => (one.digest === digest ? { ...one, seenAt } : one);
      return { ...kept, sessions: kept.sessions.map(seen) };
    });
  }

  /** Those who may sign in as config is now, with what they may do. */
  #known({ accounts, persons }: Kept): readonly KnownAccount[] {
    const own = this.waysIn.passwords ? accounts : [];
    const others = this.waysIn.provider ? persons : [];
    return [
      ...own.map((one) => ({ ...plain(one), signsIn: 'here' }) as const),
      ...others.map(({ name, groups }) => {
        return { name, rights: this.#rightsOf(groups), signsIn: 'at the provider' } as const;
      }),
    ];
  }

  #rightsOf(groups: readonly string[]): readonly Grant[] {
    const given = groups.flatMap((one) => this.#groups.get(one) ?? []);
    return [...new Set(given.filter(isGrant))];
  }

  async #audit(who: string, action: string, subject: string): Promise<void> {
    await this.#store.runs.audit({ at: this.#now(), who, action, subject, reason: '' });
  }
}

function plain({ name, rights }: Account): Account {
  return { name, rights };
}

async function newProvider(parts: ProviderParts): Promise<Provider> {
  const { Provider } = await import('./provider.ts');
  return new Provider(parts);
}
