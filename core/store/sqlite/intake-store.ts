import type { EntityRef, Json } from '../../message/message.ts';
import type {
  IntakeStore,
  MergedEntity,
  Part,
  PartRemoval,
  StageCounts,
  TouchedEntity,
} from '../store.ts';
import { noteEverything, shorten } from './change-log.ts';
import { type Database, jsonOf, numberOf, type Row, textOf } from './database.ts';
import { writeEntity } from './entity-writing.ts';
import { contentOf, keyOf, partOf, removalOf } from './part-row.ts';
import { SeenParts } from './seen-parts.ts';

const PAGE = 1000;
/** From this many staged parts on, the index of references is built anew instead of kept up. */
const MANY = 50_000;

const FIND = `SELECT number, hash, missed FROM part
  WHERE kind = ? AND id = ? AND source = ? AND stream = ? AND part = ?`;
const STAGE = `INSERT INTO stage
  (run, kind, id, source, stream, part, external_id, file, line, hash, content)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const APPLY_PARTS = `INSERT INTO part
  (kind, id, source, stream, part, external_id, file, line, hash, content)
  SELECT kind, id, source, stream, part, external_id, file, line, hash, content FROM stage
  WHERE run = ? AND kind = ? AND id = ? AND content IS NOT NULL ORDER BY number
  ON CONFLICT (kind, id, source, stream, part) DO UPDATE SET external_id = excluded.external_id,
  file = excluded.file, line = excluded.line, hash = excluded.hash, content = excluded.content,
  missed = 0`;
/** Removals that nothing in the same run takes back. */
const REMOVED = `SELECT kind, id, source, stream, part FROM stage AS removal
  WHERE run = ? AND kind = ? AND id = ? AND content IS NULL AND NOT EXISTS (
    SELECT 1 FROM stage AS later WHERE later.run = removal.run AND later.kind = removal.kind
    AND later.id = removal.id AND later.source = removal.source AND later.stream = removal.stream
    AND later.part = removal.part AND later.number > removal.number
    AND later.content IS NOT NULL)`;
const INDEX_REFERENCES =
  'CREATE INDEX IF NOT EXISTS reference_to ON reference (to_kind, to_id, from_kind, from_id)';

/** Intake on SQLite. What a run has seen is kept in memory: an unsealed run begins anew anyway. */
export class SqliteIntakeStore implements IntakeStore {
  readonly #database: Database;
  readonly #seen = new Map<string, SeenParts>();
  /** Runs of which the changes are not told one by one. */
  readonly #many = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
    database.exec(INDEX_REFERENCES);
  }

  async open(run: string, source: string): Promise<void> {
    this.#seen.set(run, new SeenParts());
    this.#database.transaction(() => {
      const left = this.#database.all(
        'SELECT run FROM intake WHERE source = ? AND sealed = 0',
        source,
      );
      for (const row of left) this.#forget(textOf(row, 'run'));
      this.#database.run('INSERT OR REPLACE INTO intake VALUES (?, ?, 0)', run, source);
    });
  }

  #forget(run: string): void {
    this.#database.run('DELETE FROM stage WHERE run = ?', run);
    this.#database.run('DELETE FROM intake WHERE run = ?', run);
  }

  async stage(run: string, parts: readonly Part[]): Promise<StageCounts> {
    const seen = this.#seenBy(run);
    let changed = 0;
    this.#database.transaction(() => {
      for (const part of parts) {
        const kept = this.#find(part);
        if (kept !== undefined) seen.add(numberOf(kept, 'number'));
        if (kept !== undefined && kept['hash'] === part.hash) {
          if (numberOf(kept, 'missed') > 0) this.#setMissed(numberOf(kept, 'number'), 0);
          continue;
        }
        changed += 1;
        this.#database.run(STAGE, run, ...keyOf(part), ...contentOf(part));
      }
    });
    return { changed, unchanged: parts.length - changed };
  }

  async stageRemovals(run: string, removals: readonly PartRemoval[]): Promise<void> {
    this.#database.transaction(() => {
      for (const removal of removals) {
        if (this.#find(removal) === undefined) continue;
        this.#database.run(STAGE, run, ...keyOf(removal), '', '', 0, '', null);
      }
    });
  }

  async keep(run: string, source: string, stream: string, externalId: string): Promise<void> {
    const seen = this.#seenBy(run);
    const rows = this.#database.all(
      'SELECT number FROM part WHERE source = ? AND stream = ? AND external_id = ?',
      source,
      stream,
      externalId,
    );
    for (const row of rows) seen.add(numberOf(row, 'number'));
  }

  async *unseen(run: string, source: string, stream: string) {
    const seen = this.#seenBy(run);
    let after = 0;
    for (;;) {
      const rows = this.#database.all(
        `SELECT number, kind, id, source, stream, part, missed FROM part
         WHERE source = ? AND stream = ? AND number > ? ORDER BY number LIMIT ${PAGE}`,
        source,
        stream,
        after,
      );
      if (rows.length === 0) return;
      after = numberOf(rows.at(-1) ?? {}, 'number');
      const missing = rows.filter((row) => !seen.has(numberOf(row, 'number')));
      if (missing.length === 0) continue;
      yield missing.map((row) => ({ ...removalOf(row), missedRuns: numberOf(row, 'missed') }));
    }
  }

  async markMissed(_run: string, removals: readonly PartRemoval[]): Promise<void> {
    this.#database.transaction(() => {
      for (const removal of removals) {
        const kept = this.#find(removal);
        if (kept === undefined) continue;
        this.#setMissed(numberOf(kept, 'number'), numberOf(kept, 'missed') + 1);
      }
    });
  }

  async countParts(source: string, stream: string): Promise<number> {
    const sql = 'SELECT count(*) AS count FROM part WHERE source = ? AND stream = ?';
    return numberOf(this.#database.get(sql, source, stream) ?? {}, 'count');
  }

  async seal(
    run: string,
    source: string,
    checkpoints: Readonly<Record<string, Json>>,
  ): Promise<void> {
    this.#seen.delete(run);
    this.#database.exec('CREATE INDEX IF NOT EXISTS stage_order ON stage (run, kind, id)');
    this.#database.transaction(() => {
      for (const [stream, checkpoint] of Object.entries(checkpoints)) {
        const json = JSON.stringify(checkpoint);
        this.#database.run(
          'INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)',
          source,
          stream,
          json,
        );
      }
      this.#database.run('UPDATE intake SET sealed = 1 WHERE run = ?', run);
    });
  }

  async sealed(): Promise<readonly { readonly run: string; readonly source: string }[]> {
    const rows = this.#database.all('SELECT run, source FROM intake WHERE sealed = 1 ORDER BY run');
    return rows.map((row) => ({ run: textOf(row, 'run'), source: textOf(row, 'source') }));
  }

  async *touched(run: string): AsyncGenerator<readonly TouchedEntity[]> {
    if (this.#countStaged(run) > MANY) {
      this.#many.add(run);
      noteEverything(this.#database);
      this.#database.exec('DROP INDEX IF EXISTS reference_to');
    }
    let after: EntityRef = { kind: '', id: '' };
    for (;;) {
      const rows = this.#database.all(
        `SELECT DISTINCT kind, id FROM stage WHERE run = ? AND (kind, id) > (?, ?)
         ORDER BY kind, id LIMIT ${PAGE}`,
        run,
        after.kind,
        after.id,
      );
      if (rows.length === 0) return;
      const entities = rows.map((row) => ({ kind: textOf(row, 'kind'), id: textOf(row, 'id') }));
      const last = entities.at(-1) ?? after;
      const staged = this.#staged(run, after, last);
      after = last;
      yield entities.map((entity) => ({ entity, parts: this.#partsAfter(entity, staged) }));
    }
  }

  async apply(run: string, merged: readonly MergedEntity[]): Promise<void> {
    this.#database.transaction(() => {
      for (const one of merged) {
        this.#applyParts(run, one.entity);
        if (one.content === 'keep') continue;
        writeEntity(this.#database, one, this.#many.has(run));
      }
    });
  }

  async finish(run: string): Promise<void> {
    this.#seen.delete(run);
    this.#many.delete(run);
    this.#database.exec(INDEX_REFERENCES);
    this.#database.transaction(() => this.#forget(run));
    shorten(this.#database);
  }

  async checkpoint(source: string, stream: string): Promise<Json> {
    const sql = 'SELECT json FROM checkpoint WHERE source = ? AND stream = ?';
    const row = this.#database.get(sql, source, stream);
    return row === undefined ? null : jsonOf(row, 'json');
  }

  #seenBy(run: string): SeenParts {
    const seen = this.#seen.get(run) ?? new SeenParts();
    this.#seen.set(run, seen);
    return seen;
  }

  #find(part: PartRemoval): Row | undefined {
    return this.#database.get(FIND, ...keyOf(part));
  }

  #setMissed(number: number, missed: number): void {
    this.#database.run('UPDATE part SET missed = ? WHERE number = ?', missed, number);
  }

  #countStaged(run: string): number {
    const row = this.#database.get('SELECT count(*) AS count FROM stage WHERE run = ?', run);
    return numberOf(row ?? {}, 'count');
  }

  /** The entity's parts as they will be: the present ones, with the staged ones laid over them. */
  #partsAfter({ kind, id }: EntityRef, staged: ReadonlyMap<string, readonly Row[]>): Part[] {
    const parts = new Map<string, Part>();
    const present = this.#database.all('SELECT * FROM part WHERE kind = ? AND id = ?', kind, id);
    for (const row of present) parts.set(sortKeyOf(row), partOf(row));
    for (const row of staged.get(`${kind}/${id}`) ?? []) {
      if (row['content'] === null) parts.delete(sortKeyOf(row));
      else parts.set(sortKeyOf(row), partOf(row));
    }
    return [...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
  }

  /** What is staged of the entities after one and up to another, each in the order of staging. */
  #staged(run: string, after: EntityRef, last: EntityRef): ReadonlyMap<string, readonly Row[]> {
    const sql = `SELECT * FROM stage WHERE run = ? AND (kind, id) > (?, ?) AND (kind, id) <= (?, ?)
      ORDER BY kind, id, number`;
    const staged = new Map<string, Row[]>();
    for (const row of this.#database.all(sql, run, after.kind, after.id, last.kind, last.id)) {
      const key = `${textOf(row, 'kind')}/${textOf(row, 'id')}`;
      const rows = staged.get(key);
      if (rows === undefined) staged.set(key, [row]);
      else rows.push(row);
    }
    return staged;
  }

  /** What is staged stays until the run is finished: applying twice gives the same. */
  #applyParts(run: string, { kind, id }: EntityRef): void {
    this.#database.run(APPLY_PARTS, run, kind, id);
    const sql = `DELETE FROM part
      WHERE kind = ? AND id = ? AND source = ? AND stream = ? AND part = ?`;
    for (const row of this.#database.all(REMOVED, run, kind, id)) {
      this.#database.run(sql, ...keyOf(removalOf(row)));
    }
  }
}

function sortKeyOf(row: Row): string {
  return `${row['source']}\u0000${row['stream']}\u0000${row['part']}`;
}
