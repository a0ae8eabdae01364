import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../core/plugin.ts';

/** An account, as others have made it. */
export interface Account {
  readonly id: string;
  readonly userPrincipalName: string;
  /** Whose it is, as we tell. */
  readonly mark: JsonObject;
}

/** A group: a class, which may have a team, or a security group. */
export interface Group {
  readonly id: string;
  readonly isClass: boolean;
  fields: JsonObject;
  readonly members: Set<string>;
  readonly owners: Set<string>;
  /** Who was an owner a moment ago. */
  readonly leaving: Set<string>;
  team: 'none' | 'open' | 'archived';
  isDeleted: boolean;
  /** Requests that Teams answers with 404 yet. */
  unseenByTeams: number;
}

/** What the tenant holds. */
export class Directory {
  readonly accounts = new Map<string, Account>();
  readonly groups = new Map<string, Group>();
  /** Who is taken from the owners is said to be a member for one more request, and is none. */
  lingers = false;
  readonly #hasAccount: (name: string) => boolean;
  readonly #unseenByTeams: number;

  constructor(hasAccount: (name: string) => boolean, unseenByTeams: number) {
    this.#hasAccount = hasAccount;
    this.#unseenByTeams = unseenByTeams;
  }

  /** Everything that it holds, as text. */
  dump(): string {
    const groups = [...this.groups.values()].map((one) => {
      return { ...one, members: [...one.members], owners: [...one.owners], leaving: [] };
    });
    return JSON.stringify({ accounts: [...this.accounts.values()], groups });
  }

  /** Takes up what `dump` gave. */
  restore(state: string): void {
    const { accounts, groups } = JSON.parse(state);
    for (const account of accounts) this.keep(account);
    for (const one of groups) {
      const lists = { members: new Set(one.members), owners: new Set(one.owners) };
      this.groups.set(one.id, { ...one, ...lists, leaving: new Set() });
    }
  }

  /** By id or name; a name that the tenant knows is there from when it is asked for. */
  account(idOrName: string): Account | null {
    const name = idOrName.toLowerCase();
    const found = [...this.accounts.values()].find((one) => one.userPrincipalName === name);
    const known = this.accounts.get(idOrName) ?? found;
    if (known !== undefined || !name.includes('@') || !this.#hasAccount(name)) return known ?? null;
    return this.keep({ id: randomUUID(), userPrincipalName: name, mark: {} });
  }

  keep(account: Account): Account {
    this.accounts.set(account.id, account);
    return account;
  }

  /** Those that are there, or were. */
  list(isClass: boolean, isDeleted = false): readonly Group[] {
    const all = [...this.groups.values()];
    return all.filter((one) => one.isClass === isClass && one.isDeleted === isDeleted);
  }

  group(id: string): Group | null {
    const group = this.groups.get(id);
    return group === undefined || group.isDeleted ? null : group;
  }

  make(isClass: boolean, fields: JsonObject): Group {
    const group: Group = {
      ...{ id: randomUUID(), isClass, fields, members: new Set<string>() },
      ...{ owners: new Set<string>(), leaving: new Set<string>() },
      ...{ team: 'none', isDeleted: false },
      unseenByTeams: this.#unseenByTeams,
    };
    this.groups.set(group.id, group);
    return group;
  }

  /** A class can come back for 30 days, a security group is gone. */
  remove(group: Group): void {
    if (group.isClass) group.isDeleted = true;
    else this.groups.delete(group.id);
  }

  isTaken(mailNickname: Json): boolean {
    return [...this.groups.values()].some((one) => one.fields['mailNickname'] === mailNickname);
  }
}
