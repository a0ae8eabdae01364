import type { Collection } from 'mongodb';
import type { EntityRef } from '../../../message/message.ts';
import type {
  Changes,
  Dangling,
  Double,
  EntityStore,
  Found,
  RewrittenEntity,
  StoredEntity,
} from '../../entity-store.ts';
import type { Part } from '../../intake-store.ts';
import { changedBy } from '../../shared/doubled.ts';
import {
  bulk,
  type Database,
  idOf,
  idsUnder,
  inOrder,
  type Named,
  pagesOf,
  put,
  refOfId,
} from '../database.ts';
import { ChangeLog } from './change-log.ts';
import { type DoubledDocument, searchDoubles } from './doubles.ts';
import { type EntityDocument, entityId, storedOf } from './entity-document.ts';
import { Gathering } from './gathering.ts';
import { entityRefOf, type PartDocument, partOf } from './part-document.ts';
import { absentOf, danglingIn, referrersIn, selfReferencesIn } from './references.ts';

type LookedUp = Pick<EntityDocument, '_id' | 'lookups'>;

const MOST_OF_NOBODY = 10_000;

/** Entities on MongoDB: what they refer to and are found by stands in the entity itself. */
export class MongoEntityStore implements EntityStore {
  readonly #database: Database;
  readonly #entities: Collection<EntityDocument>;
  readonly #gone: Collection<Named>;
  readonly #parts: Collection<PartDocument>;
  readonly #doubled: Collection<DoubledDocument>;
  readonly #changes: ChangeLog;
  readonly #documents: Gathering<EntityDocument>;
  readonly #referring: Gathering<readonly string[]>;

  constructor(database: Database) {
    this.#database = database;
    this.#entities = database.collection('entity');
    this.#gone = database.collection('goneAtOnce');
    this.#parts = database.collection('part');
    this.#doubled = database.collection('doubled');
    this.#changes = new ChangeLog(database);
    this.#documents = new Gathering(async (names) => {
      const found = await inOrder(this.#entities, names);
      return new Map(found.map((one) => [one._id, one]));
    });
    this.#referring = new Gathering((names) => referrersIn(this.#entities, names));
  }

  async index(
    kind: string,
    entities: readonly { readonly id: string; readonly lookups: readonly string[] }[],
  ): Promise<void> {
    const operations = entities.map(({ id, lookups }) => {
      return { updateOne: { filter: { _id: idOf(kind, id) }, update: { $set: { lookups } } } };
    });
    await bulk(this.#entities, operations);
  }

  async makeIndexes(): Promise<void> {
    await this.#entities.createIndex({ references: 1 });
    await this.#entities.createIndex({ kind: 1, lookups: 1 });
    const onlyProtected = { partialFilterExpression: { isProtected: true } };
    await this.#entities.createIndex({ kind: 1, isProtected: 1 }, onlyProtected);
  }

  async *scan(kind: string): AsyncGenerator<readonly StoredEntity[]> {
    const cursor = this.#entities.find({ _id: idsUnder([kind]) }).sort({ _id: 1 });
    for await (const page of pagesOf(cursor)) yield page.map(storedOf);
  }

  async get(kind: string, ids: readonly string[]): Promise<readonly StoredEntity[]> {
    if (ids.length === 0) return [];
    const names = ids.map((id) => idOf(kind, id));
    const found = await this.#documents.of(names);
    return names.flatMap((name) => found.get(name) ?? []).map(storedOf);
  }

  count(kind: string): Promise<number> {
    return this.#entities.countDocuments({ _id: idsUnder([kind]) });
  }

  changes(after: number): Promise<Changes> {
    return this.#changes.after(after);
  }

  async references(from: EntityRef): Promise<readonly EntityRef[]> {
    const found = await this.#entities.findOne({ _id: entityId(from) });
    return [...(found?.references ?? [])].sort().map(refOfId);
  }

  async protected(kind: string): Promise<readonly StoredEntity[]> {
    const cursor = this.#entities.find({ kind, isProtected: true }).sort({ _id: 1 });
    return (await cursor.toArray()).map(storedOf);
  }

  async markAtOnce(entities: readonly EntityRef[]): Promise<void> {
    const marks = entities.map((one) => put({ _id: entityId(one) }));
    await this.#database.step(() => bulk(this.#gone, marks));
  }

  async isMarkedAtOnce(entity: EntityRef): Promise<boolean> {
    return (await this.#gone.findOne({ _id: entityId(entity) })) !== null;
  }

  async goneAtOnce(kind: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const names = ids.map((id) => idOf(kind, id));
    const marked = await inOrder(this.#gone, names);
    const absent = await absentOf(this.#entities, new Set(marked.map(({ _id }) => _id)));
    return new Set([...absent].map((name) => refOfId(name).id));
  }

  async referrers(to: readonly EntityRef[]): Promise<readonly (readonly EntityRef[])[]> {
    if (to.length === 0) return [];
    const names = to.map(entityId);
    const found = await this.#referring.of(names);
    return names.map((name) => (found.get(name) ?? []).map(refOfId));
  }

  selfReferences(kind: string): Promise<readonly { from: string; to: string }[]> {
    return selfReferencesIn(this.#entities, kind);
  }

  dangling(): Promise<readonly Dangling[]> {
    return danglingIn(this.#entities);
  }

  async ofNobody(): Promise<readonly Part[]> {
    const found: Part[] = [];
    const cursor = this.#parts.find().sort({ entity: 1 });
    for await (const page of pagesOf(cursor)) {
      const names = new Set(page.map(({ entity }) => entity));
      const absent = await absentOf(this.#entities, names);
      const marked = new Set((await inOrder(this.#gone, [...absent])).map(({ _id }) => _id));
      const isOfNobody = ({ entity }: PartDocument) => absent.has(entity) && !marked.has(entity);
      found.push(...page.filter(isOfNobody).map(partOf));
      if (found.length >= MOST_OF_NOBODY) break;
    }
    return found.slice(0, MOST_OF_NOBODY);
  }

  async parts(entity: EntityRef): Promise<readonly Part[]> {
    const cursor = this.#parts.find({ entity: entityId(entity) }).sort({ _id: 1 });
    return (await cursor.toArray()).map(partOf);
  }

  async samples(): Promise<readonly Part[]> {
    const about = { kind: '$kind', source: '$source', stream: '$stream' };
    const groups = this.#parts.aggregate<{ least: string }>([
      { $group: { _id: about, least: { $min: '$_id' } } },
      { $sort: { _id: 1 } },
    ]);
    const ids = (await groups.toArray()).map(({ least }) => least);
    return (await inOrder(this.#parts, ids)).map(partOf);
  }

  async byExternalId(source: string, kind: string, externalId: string): Promise<EntityRef | null> {
    const found = await this.#parts.findOne({ source, kind, externalId });
    return found === null ? null : entityRefOf(found);
  }

  async *byLookups(kind: string, lookups: ReadonlySet<string>): AsyncGenerator<readonly Found[]> {
    if (lookups.size === 0) return;
    // All at once: who is found by two of them is one.
    const filter = { kind, lookups: { $in: [...lookups] } };
    const fields = { _id: 1, lookups: 1 } as const;
    const cursor = this.#entities.find(filter).project<LookedUp>(fields).sort({ _id: 1 });
    for await (const page of pagesOf(cursor)) {
      yield page.map((one) => {
        return { id: refOfId(one._id).id, by: one.lookups.filter((by) => lookups.has(by)) };
      });
    }
  }

  async doubles(kind: string): Promise<readonly Double[]> {
    return (await this.#doubled.findOne({ _id: kind }))?.doubles ?? [];
  }

  searchDoubles(kind: string, path: readonly string[]): Promise<readonly (readonly string[])[]> {
    return searchDoubles(this.#entities, kind, path);
  }

  async putDoubles(kind: string, doubles: readonly Double[]): Promise<void> {
    await this.#database.step(async () => {
      await this.#changes.note(changedBy(kind, await this.doubles(kind), doubles));
      await this.#doubled.replaceOne({ _id: kind }, { doubles }, { upsert: true });
    });
  }

  async rewrite(entities: readonly RewrittenEntity[]): Promise<void> {
    const changes = entities.map(({ kind, entity: { id } }) => {
      return { kind, id, what: 'content' } as const;
    });
    await this.#changes.note(changes);
    const operations = entities.map(({ kind, entity, hash, isProtected }) => {
      const update = { $set: { hash, content: JSON.stringify(entity), isProtected } };
      return { updateOne: { filter: { _id: idOf(kind, entity.id) }, update } };
    });
    await bulk(this.#entities, operations);
  }
}
