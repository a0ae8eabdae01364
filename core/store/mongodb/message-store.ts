import type { ClientSession, Collection, Filter } from 'mongodb';
import type { Message, Ticket } from '../../message/message.ts';
import type {
  GroupName,
  MessageFilter,
  MessageGroup,
  MessagePage,
  MessageStore,
  Settlement,
} from '../message-store.ts';
import { leftAfter, putAgain } from '../shared/open-message.ts';
import { bulk, type Database, inOrder, type Named, PAGE, pagesOf, put } from './database.ts';
import type { MongoLedgerStore } from './ledger/ledger-store.ts';

interface MessageDocument extends Named, Omit<Message, 'id'> {
  /** In the order in which messages came. */
  number: number;
  /** The problem's, for lists. */
  code: string | null;
}

/** Messages on MongoDB. A settlement changes messages and ledger in one transaction. */
export class MongoMessageStore implements MessageStore {
  readonly #database: Database;
  readonly #messages: Collection<MessageDocument>;
  readonly #ledger: MongoLedgerStore;
  readonly #now: () => number;

  constructor(database: Database, ledger: MongoLedgerStore, now: () => number) {
    this.#database = database;
    this.#messages = database.collection('message');
    this.#ledger = ledger;
    this.#now = now;
  }

  async makeIndexes(): Promise<void> {
    const turn = { target: 1, state: 1, rank: 1, number: 1 } as const;
    const group = { target: 1, type: 1, state: 1, code: 1, objectKind: 1, number: 1 } as const;
    const withProblem = { state: { $in: ['failed', 'blocked', 'retrying'] } };
    const isBlocked = { state: 'blocked' };
    await this.#messages.createIndex({ number: 1 });
    await this.#messages.createIndex(turn);
    await this.#messages.createIndex(group, { partialFilterExpression: withProblem });
    const waitsFor = { 'problem.waitsFor': 1, number: 1 } as const;
    await this.#messages.createIndex(waitsFor, { partialFilterExpression: isBlocked });
  }

  /** The last of an id that comes twice counts. */
  async put(messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return;
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
  }

  async doubt(ids: readonly string[]): Promise<void> {
    await this.#messages.updateMany({ _id: { $in: [...ids] } }, { $set: { inDoubt: true } });
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

  async summary(): Promise<readonly MessageGroup[]> {
    const about = { target: '$target', type: '$type', state: '$state', code: '$code' };
    const kind = { ...about, objectKind: '$objectKind' };
    const groups = this.#messages.aggregate<
      Pick<MessageGroup, 'count' | 'since'> & { _id: GroupName }
    >([
      { $match: { state: { $in: ['failed', 'blocked', 'retrying'] } } },
      { $group: { _id: kind, count: { $sum: 1 }, since: { $min: '$createdAt' } } },
      { $sort: { _id: 1 } },
    ]);
    return (await groups.toArray()).map(({ _id, ...rest }) => ({ ..._id, ...rest }));
  }

  async page(group: GroupName, after: number, limit: number): Promise<MessagePage> {
    const { target, type, state, code, objectKind } = group;
    const of = { target, type, state, code, objectKind, number: { $gt: after } };
    const cursor = this.#messages.find(of).sort({ number: 1 });
    const found = await cursor.limit(limit + 1).toArray();
    const shown = found.slice(0, limit);
    const next = found.length > limit ? (shown.at(-1)?.number ?? null) : null;
    return { messages: shown.map(messageOf), next };
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

  async settle(settlements: readonly Settlement[]): Promise<void> {
    for (let at = 0; at < settlements.length; at += PAGE) {
      const page = settlements.slice(at, at + PAGE);
      await this.#database.transaction((session) => this.#settlePage(page, session));
    }
  }

  async #settlePage(settlements: readonly Settlement[], session: ClientSession): Promise<void> {
    const [rows, removals] = [[], []] as [Delivered[], Message[]];
    for (const { message, result } of settlements) {
      if (result.kind === 'removed') removals.push(message);
      if (result.kind === 'delivered') rows.push({ message, ...result });
    }
    await this.#ledger.settle(rows, removals, session);
    const operations = settlements.map((settlement) => {
      const left = leftAfter(settlement, this.#now());
      const { id: _id } = settlement.message;
      if (left === null) return { deleteOne: { filter: { _id } } };
      const { state, attempts, notBefore, problem, updatedAt, inDoubt } = left;
      const code = problem?.code ?? null;
      const changed = { state, attempts, notBefore, problem, code, updatedAt, inDoubt };
      return { updateOne: { filter: { _id }, update: { $set: changed } } };
    });
    await bulk(this.#messages, operations, session);
  }

  async removeStale(
    target: string,
    types: readonly Message['type'][],
    run: string,
  ): Promise<number> {
    const stale = { target, run: { $ne: run }, type: { $in: [...types] } };
    return (await this.#messages.deleteMany(stale)).deletedCount;
  }
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

function messageOf({ _id, number: _number, code: _code, ...message }: MessageDocument): Message {
  return { id: _id, ...message };
}
