import type { Collection } from 'mongodb';
import type { Json } from '../../../message/message.ts';
import type {
  IntakeStore,
  MergedEntity,
  Part,
  PartRemoval,
  PrintedParts,
  StageCounts,
  TouchedEntity,
} from '../../intake-store.ts';
import { byEntity, overlay } from '../../shared/overlay.ts';
import { passOver, type SeenByRun, seenNothing } from '../../shared/seen-parts.ts';
import { bulk, type Database, idOf, type Named, pagesOf, put } from '../database.ts';
import { entityId } from '../entities/entity-document.ts';
import { EntityWriting } from '../entities/entity-writing.ts';
import {
  type PartDocument,
  partId,
  partOf,
  stagedOf,
  unseenOf,
} from '../entities/part-document.ts';
import { KeptParts } from './kept-parts.ts';
import type { MongoQuarantineStore } from './quarantine-store.ts';
import { draftOf, keptDraft, lastWords, removalDraft, Stage } from './stage.ts';

/** From this many staged parts on, the changes are not told one by one. */
const MANY = 50_000;

interface IntakeDocument extends Named {
  source: string;
  isCommitted: boolean;
  /** JSON text. */
  checkpoints: string;
  settled: readonly string[];
}

/** Intake on MongoDB. What a run has seen is in memory: an uncommitted run begins anew anyway. */
export class MongoIntakeStore implements IntakeStore {
  readonly #database: Database;
  readonly #parts: Collection<PartDocument>;
  readonly #intakes: Collection<IntakeDocument>;
  readonly #checkpoints: Collection<Named & { json: string }>;
  readonly #kept: KeptParts;
  readonly #stage: Stage;
  readonly #entities: EntityWriting;
  readonly #quarantine: MongoQuarantineStore;
  readonly #seen = new Map<string, SeenByRun>();
  /** Runs of which the changes are not told one by one. */
  readonly #many = new Set<string>();

  constructor(database: Database, quarantine: MongoQuarantineStore) {
    this.#database = database;
    this.#parts = database.collection('part');
    this.#intakes = database.collection('intake');
    this.#checkpoints = database.collection('checkpoint');
    this.#kept = new KeptParts(database);
    this.#stage = new Stage(database);
    this.#entities = new EntityWriting(database);
    this.#quarantine = quarantine;
  }

  async makeIndexes(): Promise<void> {
    await this.#parts.createIndex({ entity: 1 });
    await this.#parts.createIndex({ source: 1, stream: 1, number: 1 });
    await this.#parts.createIndex({ source: 1, kind: 1, externalId: 1 });
    const missed = { partialFilterExpression: { missed: { $gt: 0 } } };
    await this.#parts.createIndex({ source: 1, missed: 1 }, missed);
    await this.#stage.makeIndexes();
  }

  async open(run: string, source: string): Promise<void> {
    this.#seen.set(run, seenNothing());
    const begun = { source, isCommitted: false, checkpoints: '{}', settled: [] };
    await this.#database.step(async () => {
      await this.#intakes.deleteMany({ source, isCommitted: false });
      await this.#intakes.replaceOne({ _id: run }, begun, { upsert: true });
    });
    await this.#stage.forget([run]);
    await this.#stage.clear(await this.#intakes.distinct('_id'));
  }

  async stage(run: string, parts: readonly Part[]): Promise<StageCounts> {
    const kept = await this.#kept.of(parts);
    const { all, staged, removed } = this.#seenBy(run);
    const drafts = [];
    const found = new Set<string>();
    const prints = new Map<string, Uint8Array>();
    let changed = 0;
    for (const part of parts) {
      const before = kept.get(partId(part));
      if (before === undefined) {
        drafts.push(draftOf(part));
        changed += 1;
        continue;
      }
      const { number } = before;
      const isRepeated = all.has(number);
      all.add(number);
      if (before.hash === part.hash && !staged.has(number)) {
        if (before.missed > 0) found.add(before._id);
        if (part.print !== undefined && !isPrinted(before, part.print)) {
          prints.set(before._id, part.print);
        }
        continue;
      }
      // What was as kept until now is staged too, so that the two are told from each other.
      if (isRepeated && !staged.has(number)) drafts.push(keptDraft(before));
      staged.add(number);
      removed.delete(number);
      drafts.push(draftOf(part));
      changed += 1;
    }
    await this.#stage.add(run, drafts);
    await this.#kept.setMissed(found, { $set: { missed: 0 } });
    await this.#kept.setPrints(prints);
    return { changed, unchanged: parts.length - changed };
  }

  async *prints(source: string, stream: string, bytes: number): AsyncGenerator<PrintedParts> {
    const printed = { source, stream, print: { $ne: null }, missed: 0 };
    const projection = { number: 1, print: 1 };
    for await (const page of pagesOf(this.#parts.find(printed, { projection }))) {
      const own = page.filter(({ print }) => print?.buffer.length === bytes);
      const prints = Buffer.concat(own.flatMap(({ print }) => print?.buffer ?? []));
      yield { numbers: own.map(({ number }) => number), prints };
    }
  }

  async passOver(run: string, numbers: readonly number[]): Promise<boolean> {
    return passOver(this.#seenBy(run), numbers);
  }

  async stageRemovals(run: string, removals: readonly PartRemoval[]): Promise<number> {
    const kept = await this.#kept.of(removals);
    const { staged, removed } = this.#seenBy(run);
    let count = 0;
    for (const { number } of removals.flatMap((one) => kept.get(partId(one)) ?? [])) {
      if (!removed.has(number)) count += 1;
      staged.add(number);
      removed.add(number);
    }
    await this.#stage.add(run, removals.map(removalDraft));
    return count;
  }

  async takeBack(run: string, removals: readonly PartRemoval[]): Promise<void> {
    const { removed } = this.#seenBy(run);
    const kept = [...(await this.#kept.of(removals)).values()];
    const back = kept.filter(({ number }) => removed.has(number));
    await this.#stage.add(run, back.map(keptDraft));
    for (const { number } of back) removed.delete(number);
  }

  async keep(
    run: string,
    source: string,
    stream: string,
    externalId: string,
    part?: string,
  ): Promise<boolean> {
    const { all } = this.#seenBy(run);
    const meant = { source, stream, externalId, ...(part === undefined ? {} : { part }) };
    const present = await this.#parts.find(meant).toArray();
    for (const { number } of present) all.add(number);
    return present.length > 0;
  }

  async *unseen(run: string, source: string, stream: string) {
    const { all } = this.#seenBy(run);
    const cursor = this.#parts.find({ source, stream }).sort({ number: 1 });
    for await (const page of pagesOf(cursor)) {
      const missing = page.filter(({ number }) => !all.has(number));
      if (missing.length === 0) continue;
      yield missing.map(unseenOf);
    }
  }

  async markMissed(_run: string, removals: readonly PartRemoval[]): Promise<void> {
    const ids = new Set(removals.map(partId));
    await this.#database.step(() => this.#kept.setMissed(ids, { $inc: { missed: 1 } }));
  }

  leavers(source: string): Promise<Readonly<Record<string, number>>> {
    return this.#kept.byStream({ source, missed: { $gt: 0 } });
  }

  countParts(source: string): Promise<Readonly<Record<string, number>>> {
    return this.#kept.byStream({ source });
  }

  async commit(
    run: string,
    source: string,
    checkpoints: Readonly<Record<string, Json>>,
    settled: readonly string[] = [],
  ): Promise<void> {
    this.#seen.delete(run);
    const committed = { isCommitted: true, checkpoints: JSON.stringify(checkpoints), settled };
    await this.#database.step(() =>
      this.#intakes.updateOne({ _id: run, source }, { $set: committed }),
    );
  }

  async committed(): Promise<readonly { readonly run: string; readonly source: string }[]> {
    const found = await this.#intakes.find({ isCommitted: true }).sort({ _id: 1 }).toArray();
    return found.map(({ _id, source }) => ({ run: _id, source }));
  }

  async *touched(run: string): AsyncGenerator<readonly TouchedEntity[]> {
    if ((await this.#stage.count(run)) > MANY) {
      this.#many.add(run);
      await this.#entities.changes.noteEverything();
    }
    let after = '';
    for (;;) {
      const rows = await this.#stage.rowsAfter(run, after);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.entity;
      const staged = byEntity(rows.map(stagedOf));
      const present = await this.#kept.ofEntities([...new Set(rows.map(({ entity }) => entity))]);
      yield [...staged].map(([name, own]) => {
        const [entity] = own.map((one) => one.entity);
        return overlay(entity ?? { kind: '', id: '' }, present.get(name) ?? [], own);
      });
    }
  }

  async *all(): AsyncGenerator<readonly TouchedEntity[]> {
    let waiting: readonly PartDocument[] = [];
    const overlaid = (documents: readonly PartDocument[]) =>
      [...byEntity(documents.map(partOf)).values()].flatMap((own) => {
        const [first] = own;
        return first === undefined ? [] : [overlay(first.entity, own, [])];
      });
    for await (const page of pagesOf(this.#parts.find().sort({ entity: 1, _id: 1 }))) {
      const documents = [...waiting, ...page];
      // The last entity may go on in the next page.
      const last = documents.at(-1)?.entity;
      waiting = documents.filter(({ entity }) => entity === last);
      const whole = documents.filter(({ entity }) => entity !== last);
      if (whole.length > 0) yield overlaid(whole);
    }
    if (waiting.length > 0) yield overlaid(waiting);
  }

  /** Entities first, then what is kept of their parts, then the stage: done again, it ends so. */
  async apply(run: string, merged: readonly MergedEntity[]): Promise<void> {
    if (merged.length === 0) return;
    const ids = merged.map(({ entity }) => entityId(entity));
    await this.#database.step(async () => {
      await this.#entities.write(merged, this.#many.has(run));
      await this.#kept.take(lastWords(await this.#stage.rowsOf(run, ids)));
      await this.#stage.remove(run, ids);
    });
  }

  async finish(run: string): Promise<void> {
    if (this.#many.has(run)) await this.#entities.changes.noteEverything();
    this.#many.delete(run);
    this.#seen.delete(run);
    await this.#database.step(async () => {
      const intake = await this.#intakes.findOne({ _id: run, isCommitted: true });
      if (intake !== null) await this.#settle(intake);
      await this.#intakes.deleteOne({ _id: run });
    });
    await this.#stage.forget([run]);
    await this.#entities.changes.shorten();
  }

  /** A run that was committed has been applied: the next one reads on from there. */
  async #settle({ source, checkpoints, settled }: IntakeDocument): Promise<void> {
    const kept: Record<string, Json> = JSON.parse(checkpoints);
    const documents = Object.entries(kept).map(([stream, checkpoint]) => {
      return { _id: idOf(source, stream), json: JSON.stringify(checkpoint) };
    });
    await bulk(this.#checkpoints, documents.map(put));
    await this.#quarantine.remove(settled);
  }

  async checkpoint(source: string, stream: string): Promise<Json> {
    const found = await this.#checkpoints.findOne({ _id: idOf(source, stream) });
    return found === null ? null : JSON.parse(found.json);
  }

  #seenBy(run: string): SeenByRun {
    const seen = this.#seen.get(run) ?? seenNothing();
    this.#seen.set(run, seen);
    return seen;
  }
}

function isPrinted({ print }: PartDocument, by: Uint8Array): boolean {
  return print !== undefined && print !== null && Buffer.compare(print.buffer, by) === 0;
}
