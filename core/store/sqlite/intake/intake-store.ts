import { isList } from '../../../message/digest.ts';
import { type EntityRef, entityName, type Json } from '../../../message/message.ts';
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
import { type Database, jsonOf, numberOf, objectOf, type Row, textOf } from '../database.ts';
import { noteEverything, shorten } from '../entities/change-log.ts';
import { isNothingStored, writeEntities } from '../entities/entity-writing.ts';
import { partOf, refOf } from '../entities/part-row.ts';
import type { Staging } from '../staging.ts';
import { KeptParts } from './kept-parts.ts';
import type { SqliteQuarantineStore } from './quarantine-store.ts';
import { Stage } from './stage.ts';

const PAGE = 1000;
/** From this many staged parts on, the index of references is built anew instead of kept up. */
const MANY = 50_000;

/** The next entities that parts speak of. */
const ENTITIES = `SELECT DISTINCT kind, id FROM part WHERE (kind, id) > (?, ?)
  ORDER BY kind, id LIMIT ${PAGE}`;
const RANGE = 'SELECT * FROM part WHERE (kind, id) >= (?, ?) AND (kind, id) <= (?, ?)';
const PARTS = 'SELECT * FROM part WHERE kind = ? AND id = ?';
const INDEX_REFERENCES =
  'CREATE INDEX IF NOT EXISTS reference_to ON reference (to_kind, to_id, from_kind, from_id)';

/** Intake on SQLite. What a run has seen is in memory: an uncommitted run begins anew anyway. */
export class SqliteIntakeStore implements IntakeStore {
  readonly #database: Database;
  readonly #kept: KeptParts;
  readonly #stage: Stage;
  readonly #quarantine: SqliteQuarantineStore;
  readonly #seen = new Map<string, SeenByRun>();
  /** Runs that began with nothing kept: there is nothing to compare with. */
  readonly #first = new Set<string>();
  /** Those of them that also began with no entity at all: nothing has to be looked for. */
  readonly #new = new Set<string>();
  /** Runs of which the changes are not told one by one. */
  readonly #many = new Set<string>();

  constructor(database: Database, staging: Staging, quarantine: SqliteQuarantineStore) {
    this.#database = database;
    this.#kept = new KeptParts(database);
    this.#stage = new Stage(staging);
    this.#quarantine = quarantine;
    database.exec(INDEX_REFERENCES);
  }

  async open(run: string, source: string): Promise<void> {
    this.#seen.set(run, seenNothing());
    const sql = 'SELECT run FROM intake WHERE source = ? AND sealed = 0';
    for (const row of this.#database.all(sql, source)) this.#forget(textOf(row, 'run'));
    this.#stage.clear();
    this.#stage.open(run);
    this.#database.run('INSERT OR REPLACE INTO intake VALUES (?, ?, 0, NULL, NULL)', run, source);
    if (this.#kept.isEmpty()) this.#first.add(run);
  }

  #forget(run: string): void {
    this.#database.run('DELETE FROM intake WHERE run = ?', run);
    this.#stage.forget(run);
  }

  async stage(run: string, parts: readonly Part[]): Promise<StageCounts> {
    const isFirst = this.#first.has(run);
    let changed = 0;
    this.#database.transaction(() => {
      for (const part of parts) {
        const kept = isFirst ? undefined : this.#kept.find(part);
        if (kept !== undefined && this.#isAsKept(run, part, kept)) continue;
        changed += 1;
        this.#stage.add(run, part);
      }
    });
    return { changed, unchanged: parts.length - changed };
  }

  /** Notes that it was seen. Where another came before it in this run, it is not as it was. */
  #isAsKept(run: string, part: Part, kept: Row): boolean {
    const { all, staged, removed } = this.#seenBy(run);
    const number = numberOf(kept, 'number');
    const isRepeated = all.has(number);
    all.add(number);
    if (kept['hash'] === part.hash && !staged.has(number)) {
      if (numberOf(kept, 'missed') > 0) this.#kept.setMissed(number, 0);
      if (part.print !== undefined) this.#kept.setPrint(kept, part.print);
      return true;
    }
    // What was as kept until now is staged too, so that the two are told from each other.
    if (isRepeated && !staged.has(number)) this.#stage.addKept(run, number);
    staged.add(number);
    removed.delete(number);
    return false;
  }

  async *prints(source: string, stream: string, bytes: number): AsyncGenerator<PrintedParts> {
    yield* this.#kept.prints(source, stream, bytes);
  }

  async passOver(run: string, numbers: readonly number[]): Promise<boolean> {
    return passOver(this.#seenBy(run), numbers);
  }

  async stageRemovals(run: string, removals: readonly PartRemoval[]): Promise<number> {
    let count = 0;
    this.#database.transaction(() => {
      const { staged, removed } = this.#seenBy(run);
      for (const removal of removals) {
        const kept = this.#kept.find(removal);
        if (kept !== undefined) {
          if (!removed.has(numberOf(kept, 'number'))) count += 1;
          staged.add(numberOf(kept, 'number'));
          removed.add(numberOf(kept, 'number'));
        }
        this.#stage.addRemoval(run, removal);
      }
    });
    return count;
  }

  async takeBack(run: string, removals: readonly PartRemoval[]): Promise<void> {
    const { removed } = this.#seenBy(run);
    this.#database.transaction(() => {
      for (const removal of removals) {
        const number = numberOf(this.#kept.find(removal) ?? { number: 0 }, 'number');
        if (!removed.has(number)) continue;
        this.#stage.addKept(run, number);
        removed.delete(number);
      }
    });
  }

  async keep(
    run: string,
    source: string,
    stream: string,
    externalId: string,
    part?: string,
  ): Promise<boolean> {
    const seen = this.#seenBy(run);
    const all = this.#kept.numbersOf(source, stream, externalId);
    const meant = all.filter((one) => part === undefined || one.part === part);
    for (const { number } of meant) seen.all.add(number);
    return meant.length > 0;
  }

  async *unseen(run: string, source: string, stream: string) {
    yield* this.#kept.without(this.#seenBy(run).all, source, stream);
  }

  async markMissed(_run: string, removals: readonly PartRemoval[]): Promise<void> {
    this.#database.transaction(() => {
      for (const removal of removals) {
        const kept = this.#kept.find(removal);
        if (kept === undefined) continue;
        this.#kept.setMissed(numberOf(kept, 'number'), numberOf(kept, 'missed') + 1);
      }
    });
  }

  async leavers(source: string): Promise<Readonly<Record<string, number>>> {
    return this.#kept.leavers(source);
  }

  async countParts(source: string): Promise<Readonly<Record<string, number>>> {
    return this.#kept.counts(source);
  }

  async commit(
    run: string,
    source: string,
    checkpoints: Readonly<Record<string, Json>>,
    settled: readonly string[] = [],
  ): Promise<void> {
    this.#seen.delete(run);
    this.#stage.commit(run);
    const sql = `UPDATE intake SET sealed = 1, checkpoints = ?, settled = ?
      WHERE run = ? AND source = ?`;
    const lists = [JSON.stringify(checkpoints), JSON.stringify(settled)] as const;
    this.#database.run(sql, ...lists, run, source);
  }

  /** A run whose stage is not beside the database (a backup) is forgotten, and is read again. */
  async committed(): Promise<readonly { readonly run: string; readonly source: string }[]> {
    const rows = this.#database.all('SELECT run, source FROM intake WHERE sealed = 1 ORDER BY run');
    const found: { readonly run: string; readonly source: string }[] = [];
    for (const row of rows) {
      const run = textOf(row, 'run');
      if (this.#stage.isCommitted(run)) found.push({ run, source: textOf(row, 'source') });
      else this.#forget(run);
    }
    return found;
  }

  async *touched(run: string): AsyncGenerator<readonly TouchedEntity[]> {
    if (this.#stage.count(run) > MANY) {
      this.#many.add(run);
      noteEverything(this.#database);
      this.#database.exec('DROP INDEX IF EXISTS reference_to');
    }
    if (this.#first.has(run) && isNothingStored(this.#database)) this.#new.add(run);
    const about = this.#new.has(run) ? ({ isNew: true } as const) : {};
    let after: EntityRef = { kind: '', id: '' };
    for (;;) {
      const page = this.#stage.after(run, after);
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.entity;
      yield page.map(({ entity, staged }) => {
        const present = this.#first.has(run)
          ? []
          : this.#database.all(PARTS, entity.kind, entity.id);
        return { ...overlay(entity, present.map(partOf), staged), ...about };
      });
    }
  }

  async *all(): AsyncGenerator<readonly TouchedEntity[]> {
    let after: EntityRef = { kind: '', id: '' };
    for (;;) {
      const entities = this.#database.all(ENTITIES, after.kind, after.id).map(refOf);
      const [first, last] = [entities[0], entities.at(-1)];
      if (first === undefined || last === undefined) return;
      const rows = this.#database.all(RANGE, first.kind, first.id, last.kind, last.id);
      const present = byEntity(rows.map(partOf));
      after = last;
      yield entities.map((entity) => overlay(entity, present.get(entityName(entity)) ?? [], []));
    }
  }

  async apply(run: string, merged: readonly MergedEntity[]): Promise<void> {
    const [first, last] = [merged[0]?.entity, merged.at(-1)?.entity];
    if (first === undefined || last === undefined) return;
    const how = { isEverything: this.#many.has(run), isNew: this.#new.has(run) };
    this.#stage.attach();
    this.#database.transaction(() => {
      this.#stage.apply(run, first, last);
      const written = merged.filter(({ content }) => content !== 'keep');
      writeEntities(this.#database, written, how);
    });
  }

  async finish(run: string): Promise<void> {
    if (this.#many.has(run)) noteEverything(this.#database);
    for (const runs of [this.#first, this.#new, this.#many]) runs.delete(run);
    this.#seen.delete(run);
    this.#database.exec(INDEX_REFERENCES);
    this.#database.transaction(() => {
      this.#settle(run);
      this.#database.run('DELETE FROM intake WHERE run = ?', run);
    });
    this.#stage.forget(run);
    shorten(this.#database);
  }

  /** A run that was committed has been applied: the next one reads on from there. */
  #settle(run: string): void {
    const sql = 'SELECT source, checkpoints, settled FROM intake WHERE run = ? AND sealed = 1';
    const row = this.#database.get(sql, run);
    if (row === undefined) return;
    for (const [stream, checkpoint] of Object.entries(objectOf(row, 'checkpoints'))) {
      const json = JSON.stringify(checkpoint);
      const put = 'INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)';
      this.#database.run(put, textOf(row, 'source'), stream, json);
    }
    const settled = jsonOf(row, 'settled');
    if (isList(settled)) this.#quarantine.forget(settled.map(String));
  }

  async checkpoint(source: string, stream: string): Promise<Json> {
    const sql = 'SELECT json FROM checkpoint WHERE source = ? AND stream = ?';
    const row = this.#database.get(sql, source, stream);
    return row === undefined ? null : jsonOf(row, 'json');
  }

  #seenBy(run: string): SeenByRun {
    const seen = this.#seen.get(run) ?? seenNothing();
    this.#seen.set(run, seen);
    return seen;
  }
}
