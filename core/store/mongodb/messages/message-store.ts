import type { AnyBulkWriteOperation, Collection, Filter } from 'mongodb';
import { type Message, type Ticket, TROUBLED } from '../../../message/message.ts';
import type {
  Ending,
  GroupName,
  GroupPart,
  MessageFilter,
  MessageGroup,
  MessagePage,
  MessageStore,
  OfOrigins,
  OfPart,
  PageWish,
  Seen,
  Settlement,
  UnitFilter,
  UnitGroup,
} from '../../message-store.ts';
import { endingOf, leftAfter, putAgain } from '../../shared/open-message.ts';
import { bulk, type Database, inOrder, type Named, PAGE, pagesOf, put } from '../database.ts';
import type { MongoLedgerStore } from '../ledger/ledger-store.ts';
import {
  type MessageDocument,
  messageOf,
  PART,
  pageOf,
  partCondition,
  partsOf,
  unitsOf,
} from './message-pages.ts';

interface EndingDocument extends Named {
  at: number;
  ending: Ending;
}

/** Messages on MongoDB. A settlement changes messages and ledger in one transaction. */
export class MongoMessageStore implements MessageStore {
  readonly #database: Database;
  readonly #messages: Collection<MessageDocument>;
  readonly #endings: Collection<EndingDocument>;
  readonly #ledger: MongoLedgerStore;
  readonly #now: () => number;

  constructor(database: Database, ledger: MongoLedgerStore, now: () => number) {
    this.#database = database;
    this.#messages = database.collection('message');
    this.#endings = database.collection('ending');
    this.#ledger = ledger;
    this.#now = now;
  }

  async makeIndexes(): Promise<void> {
    const turn = { target: 1, state: 1, rank: 1, number: 1 } as const;
    const group = { target: 1, type: 1, state: 1, code: 1, objectKind: 1, number: 1 } as const;
    const withProblem = { state: { $in: TROUBLED } };
    const isBlocked = { state: 'blocked' };
    await this.#messages.createIndex({ number: 1 });
    await this.#endings.createIndex({ at: 1 });
    await this.#messages.createIndex(turn);
    await this.#messages.createIndex(group, { partialFilterExpression: withProblem });
    for (const at of ['createdAt', 'updatedAt'] as const) {
      const seen = { target: 1, type: 1, state: 1, code: 1, objectKind: 1, [at]: 1 } as const;
      await this.#messages.createIndex(seen, { partialFilterExpression: withProblem });
    }
    const unit = {
      target: 1,
      type: 1,
      state: 1,
      code: 1,
      objectKind: 1,
      unit: 1,
      number: 1,
    } as const;
    await this.#messages.createIndex(unit, { partialFilterExpression: withProblem });
    await this.#messages.createIndex(PART, { partialFilterExpression: withProblem });
    await this.#messages.createIndex({ 'origin.id': 1 }, { partialFilterExpression: withProblem });
    const waitsFor = { 'problem.waitsFor': 1, number: 1 } as const;
    await this.#messages.createIndex(waitsFor, { partialFilterExpression: isBlocked });
  }

  /** The last of an id that comes twice counts. */
  async put(messages: readonly Message[]): Promise<void> {
    if (messages.length > 0) await this.#database.step(() => this.#put(messages));
  }

  async #put(messages: readonly Message[]): Promise<void> {
    const ids = messages.map(({ id }) => id);
    const open = new Map((await inOrder(this.#messages, ids)).map((one) => [one._id, one]));
    const first = await this.#database.numbers('message', messages.length);
    const documents = new Map<string, MessageDocument>();
    for (const [at, message] of messages.entries()) {
      const before = documents.get(message.id) ?? open.get(message.id);
      const kept = before === undefined ? message : putAgain(messageOf(before), message);
      documents.set(message.id, documentOf(kept, before?.number ?? first + at));
    }
    await bulk(this.#messages, [...documents.values()].map(put));
    await this.forgetEnded(ids.filter((id) => !open.has(id)));
  }

  async get(ids: readonly string[]): Promise<readonly Message[]> {
    return (await inOrder(this.#messages, ids)).map(messageOf);
  }

  async *scan(filter: MessageFilter): AsyncGenerator<readonly Message[]> {
    const cursor = this.#messages.find(conditionOf(filter)).sort({ number: 1 });
    for await (const page of pagesOf(cursor)) yield page.map(messageOf);
  }

  count(filter: MessageFilter): Promise<number> {
    return this.#messages.countDocuments(conditionOf(filter));
  }

  async waitingSince(): Promise<readonly { target: string; since: number }[]> {
    const groups = this.#messages.aggregate<{ _id: string; since: number }>([
      { $match: { type: 'deliver', state: { $in: ['waiting', 'retrying'] } } },
      { $group: { _id: '$target', since: { $min: '$createdAt' } } },
      { $sort: { _id: 1 } },
    ]);
    return (await groups.toArray()).map(({ _id: target, since }) => ({ target, since }));
  }

  async summary(): Promise<readonly MessageGroup[]> {
    const about = { target: '$target', type: '$type', state: '$state', code: '$code' };
    const groups = this.#messages.aggregate<{ _id: GroupName; count: number }>([
      { $match: { state: { $in: TROUBLED } } },
      { $group: { _id: { ...about, objectKind: '$objectKind' }, count: { $sum: 1 } } },
      { $sort: { _id: 1 } },
    ]);
    return (await groups.toArray()).map(({ _id, count }) => ({ ..._id, count }));
  }

  async unitSummary(of: UnitFilter = {}): Promise<readonly UnitGroup[]> {
    const about = { target: '$target', type: '$type', state: '$state', code: '$code' };
    const own = { unit: { $ifNull: ['$unit', ''] }, originKind: '$origin.kind', action: '$action' };
    const groups = this.#messages.aggregate<{ _id: Omit<UnitGroup, 'count'>; count: number }>([
      { $match: partCondition(of) },
      { $group: { _id: { ...about, objectKind: '$objectKind', ...own }, count: { $sum: 1 } } },
      { $sort: { _id: 1 } },
    ]);
    return (await groups.toArray()).map(({ _id, count }) => ({ ..._id, count }));
  }

  async seen({ target, type, state, code, objectKind }: GroupName): Promise<Seen | null> {
    const of = { target, type, state, code, objectKind };
    const [first, last] = await Promise.all([
      this.#messages.find(of).sort({ createdAt: 1 }).limit(1).toArray(),
      this.#messages.find(of).sort({ updatedAt: -1 }).limit(1).toArray(),
    ]);
    const [oldest, newest] = [first[0]?.createdAt, last[0]?.updatedAt];
    return oldest === undefined || newest === undefined ? null : { first: oldest, last: newest };
  }

  page(group: GroupName & OfPart & OfOrigins, wish: PageWish): Promise<MessagePage> {
    return pageOf(this.#messages, group, wish);
  }

  units(group: GroupName & OfPart): Promise<readonly string[]> {
    return unitsOf(this.#messages, group);
  }

  parts(group: GroupName): Promise<readonly GroupPart[]> {
    return partsOf(this.#messages, group);
  }

  async waitingFor(id: string, limit: number): Promise<readonly Message[]> {
    const blocked: Filter<MessageDocument> = { state: 'blocked', 'problem.waitsFor': id };
    const cursor = this.#messages.find(blocked).sort({ number: 1 });
    return (await cursor.limit(limit).toArray()).map(messageOf);
  }

  async nextRank(target: string, now: number): Promise<number | null> {
    const ranks = await Promise.all(
      readyAt(now).map((due) => {
        const cursor = this.#messages.find({ target, type: 'deliver', ...due });
        return cursor.sort({ rank: 1 }).limit(1).toArray();
      }),
    );
    const found = ranks.flat().map(({ rank }) => rank);
    return found.length === 0 ? null : Math.min(...found);
  }

  async *ready(target: string, rank: number, now: number): AsyncGenerator<readonly Ticket[]> {
    let after = 0;
    for (;;) {
      const due = { $or: [...readyAt(now)], number: { $gt: after } };
      const ready: Filter<MessageDocument> = { target, type: 'deliver', rank, ...due };
      const cursor = this.#messages.find(ready).sort({ number: 1 }).limit(PAGE);
      const page = await cursor.project<Numbered>({ number: 1 }).toArray();
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.number;
      yield page.map(({ _id }) => ({ messageId: _id }));
    }
  }

  async nextDue(target: string): Promise<number | null> {
    const retrying: Filter<MessageDocument> = { target, type: 'deliver', state: 'retrying' };
    const cursor = this.#messages.find(retrying).sort({ notBefore: 1 }).limit(1);
    return (await cursor.toArray())[0]?.notBefore ?? null;
  }

  async settle(settlements: readonly Settlement[], toldNext: readonly string[] = []) {
    for (let at = 0; at < Math.max(settlements.length, toldNext.length); at += PAGE) {
      const page = settlements.slice(at, at + PAGE);
      const told = toldNext.slice(at, at + PAGE);
      await this.#database.transaction(() => this.#settlePage(page, told));
    }
  }

  async #settlePage(settlements: readonly Settlement[], told: readonly string[]): Promise<void> {
    const [rows, removals] = [[], []] as [Delivered[], Message[]];
    for (const { message, result } of settlements) {
      if (result.kind === 'removed') removals.push(message);
      if (result.kind === 'delivered') rows.push({ message, ...result });
    }
    await this.#ledger.settle(rows, removals);
    const at = this.#now();
    const endings = settlements.map((one) => endingOf(one, at)).filter((one) => one !== null);
    await bulk(this.#endings, endings.map(putEnding));
    const settled = settlements.map((settlement): AnyBulkWriteOperation<MessageDocument> => {
      const left = leftAfter(settlement, this.#now());
      const { id: _id } = settlement.message;
      if (left === null) return { deleteOne: { filter: { _id } } };
      const { state, attempts, notBefore, problem, updatedAt, inDoubt } = left;
      const code = problem?.code ?? null;
      const changed = { state, attempts, notBefore, problem, code, updatedAt, inDoubt };
      return { updateOne: { filter: { _id }, update: { $set: changed } } };
    });
    const doubted = { filter: { _id: { $in: [...told] } }, update: { $set: { inDoubt: true } } };
    await bulk(this.#messages, told.length === 0 ? settled : [...settled, { updateMany: doubted }]);
  }

  async removeStale(
    target: string,
    types: readonly Message['type'][],
    run: string,
  ): Promise<number> {
    const stale = { target, run: { $ne: run }, type: { $in: [...types] } };
    const at = this.#now();
    const ended = this.#messages.find({ ...stale, problem: { $ne: null } });
    for await (const page of pagesOf(ended)) {
      const endings = page.map((one) => ({ message: messageOf(one), run, at }));
      const kept = endings.map((one) => putEnding({ ...one, how: 'superseded' }));
      await this.#database.step(() => bulk(this.#endings, kept));
    }
    const gone = await this.#database.step(() => this.#messages.deleteMany(stale));
    return gone.deletedCount;
  }

  async ended(ids: readonly string[]): Promise<readonly Ending[]> {
    return (await inOrder(this.#endings, ids)).map(({ ending }) => ending);
  }

  async *scanEnded(how: Ending['how'], from: number): AsyncGenerator<readonly Ending[]> {
    const cursor = this.#endings.find({ 'ending.how': how, at: { $gte: from } }).sort({ _id: 1 });
    for await (const page of pagesOf(cursor)) yield page.map(({ ending }) => ending);
  }

  async forgetEnded(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#endings.deleteMany({ _id: { $in: [...ids] } });
  }

  async purgeEnded(before: number): Promise<number> {
    return (await this.#endings.deleteMany({ at: { $lt: before } })).deletedCount;
  }
}

function putEnding(ending: Ending) {
  const { at, message } = ending;
  return put<EndingDocument>({ _id: message.id, at, ending });
}

type Delivered = { readonly message: Message } & Extract<
  Settlement['result'],
  { readonly kind: 'delivered' }
>;

type Numbered = Pick<MessageDocument, '_id' | 'number'>;

function readyAt(now: number) {
  return [{ state: 'waiting' }, { state: 'retrying', notBefore: { $lte: now } }] as const;
}

function conditionOf(filter: MessageFilter): Filter<MessageDocument> {
  const { state, type, ...equal } = filter;
  return {
    ...equal,
    ...(state === undefined ? {} : { state: { $in: [...state] } }),
    ...(type === undefined ? {} : { type: { $in: [...type] } }),
  };
}

function documentOf({ id, ...message }: Message, number: number): MessageDocument {
  return { _id: id, number, ...message, code: message.problem?.code ?? null };
}
