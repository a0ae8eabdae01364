import { InvalidFailure } from '../../../failure/failure.ts';
import type { Engine } from '../../../run/engine.ts';
import { audit } from '../../audit.ts';
import type { Account } from '../access.ts';
import type { Right } from '../rights.ts';
import { Reach } from './reach.ts';

/** What was asked for may be any text. */
const MOST_SUBJECT = 120;

/** Somebody has asked for what they may not. */
export class RightMissing extends InvalidFailure {
  readonly right: Right;

  constructor(right: Right, subject: string) {
    super('RIGHT_MISSING', `it takes the right "${right}" for ${subject || 'all flows'}`);
    this.right = right;
  }
}

/** Whether an account may; what it was refused stands in the audit trail. */
export class Gate {
  readonly reach: Reach;
  readonly #engine: Engine;
  readonly #account: Account;

  constructor(engine: Engine, account: Account) {
    this.#engine = engine;
    this.#account = account;
    this.reach = new Reach(account.rights, engine.workspace.flows);
  }

  get name(): string {
    return this.#account.name;
  }

  sees(subject: string): boolean {
    return this.reach.may('list', subject);
  }

  /** Of one thing that was asked for by its id: that it was is audited where it is not seen. */
  async shows(subject: string): Promise<boolean> {
    const isSeen = this.sees(subject);
    if (!isSeen) await this.#refused('list', subject);
    return isSeen;
  }

  /** Throws RIGHT_MISSING; audited. */
  async demand(right: Right, subject = ''): Promise<void> {
    if (this.reach.may(right, subject)) return;
    await this.#refused(right, subject);
    throw new RightMissing(right, subject);
  }

  /**
   * False where this account does not even see what it is about: to it there is no such thing.
   * Throws RIGHT_MISSING where it sees it and may not act. Both are audited.
   */
  async opens(subject: string): Promise<boolean> {
    if (this.sees(subject)) await this.demand('act', subject);
    else await this.#refused('act', subject);
    return this.sees(subject);
  }

  async #refused(right: Right, subject: string): Promise<void> {
    const about = `${right} ${subject}`.trim().slice(0, MOST_SUBJECT);
    await audit(this.#engine, this.#account.name, 'refused', about);
  }
}
