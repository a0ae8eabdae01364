import type { EntityRef } from '../../../message/message.ts';
import type { Part, PartRemoval } from '../../intake-store.ts';
import type { StagedPart } from '../../shared/overlay.ts';
import { numberOf } from '../database.ts';
import { contentOf, keyOf, removalOf, STAGED, stagedOf } from '../entities/part-row.ts';
import type { Staging } from '../staging.ts';

/** What becomes of more rows at once is old before it is garbage, and costs the collector more. */
const PAGE = 250;

const COLUMNS = 'kind, id, source, stream, part, external_id, file, line, hash, content, print';
const ADD = `INSERT INTO staging.stage (run, ${COLUMNS})
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const ADD_KEPT = `INSERT INTO staging.stage (run, ${COLUMNS})
  SELECT ?, ${COLUMNS} FROM part WHERE number = ?`;
const RANGE = 'run = ? AND (kind, id) >= (?, ?) AND (kind, id) <= (?, ?)';
const AFTER = `SELECT ${STAGED} FROM staging.stage WHERE run = ? AND (kind, id) > (?, ?)
  ORDER BY kind, id, number LIMIT ?`;
const APPLY_PARTS = `INSERT INTO part (${COLUMNS})
  SELECT ${COLUMNS} FROM staging.stage
  WHERE ${RANGE} AND content IS NOT NULL ORDER BY kind, id, number
  ON CONFLICT (kind, id, source, stream, part) DO UPDATE SET external_id = excluded.external_id,
  file = excluded.file, line = excluded.line, hash = excluded.hash, content = excluded.content,
  print = excluded.print, missed = 0`;
/** Removals that nothing in the same run takes back. */
const REMOVED = `SELECT kind, id, source, stream, part FROM staging.stage AS removal
  WHERE ${RANGE} AND content IS NULL AND NOT EXISTS (
    SELECT 1 FROM staging.stage AS later WHERE later.run = removal.run
    AND later.kind = removal.kind AND later.id = removal.id AND later.source = removal.source
    AND later.stream = removal.stream AND later.part = removal.part
    AND later.number > removal.number AND later.content IS NOT NULL)`;
const REMOVE = `DELETE FROM part
  WHERE kind = ? AND id = ? AND source = ? AND stream = ? AND part = ?`;

/** What a run has staged of an entity. */
interface StagedEntity {
  readonly entity: EntityRef;
  readonly staged: readonly StagedPart[];
}

/**
 * What open runs would change, until it is applied. A kill may spoil it before a run is committed;
 * from the commit on it is on the disk.
 */
export class Stage {
  readonly #staging: Staging;
  /** Runs of which it is known that they have staged no removal, since they began here. */
  readonly #additions = new Set<string>();

  constructor(staging: Staging) {
    this.#staging = staging;
  }

  /** Has its file at hand, which cannot be done inside a transaction. */
  attach(): void {
    this.#staging.database;
  }

  /** Forgets everything, unless a committed run waits; a kill may leave that of an ended one. */
  clear(): void {
    const database = this.#staging.database;
    database.run('DELETE FROM staging.sealed WHERE run NOT IN (SELECT run FROM intake)');
    if (database.get('SELECT run FROM staging.sealed') !== undefined) return;
    this.#staging.empty('stage');
  }

  /** Inside a transaction. */
  add(run: string, part: Part): void {
    this.#staging.database.run(ADD, run, ...keyOf(part), ...contentOf(part));
  }

  /** Inside a transaction: a kept part, as if it had come anew. */
  addKept(run: string, number: number): void {
    this.#staging.database.run(ADD_KEPT, run, number);
  }

  /** A run begins, with nothing staged unless it has begun before. */
  open(run: string): void {
    const sql = 'SELECT 1 FROM staging.stage WHERE run = ? LIMIT 1';
    if (this.#staging.database.get(sql, run) === undefined) this.#additions.add(run);
  }

  /** Inside a transaction. */
  addRemoval(run: string, removal: PartRemoval): void {
    this.#additions.delete(run);
    this.#staging.database.run(ADD, run, ...keyOf(removal), '', '', 0, '', null, null);
  }

  /** After this, what is staged is on the disk, in the order in which it will be applied. */
  commit(run: string): void {
    const database = this.#staging.database;
    database.exec('PRAGMA staging.synchronous = FULL');
    database.transaction(() => {
      database.exec('CREATE INDEX IF NOT EXISTS staging.stage_order ON stage (run, kind, id)');
      database.run('INSERT OR IGNORE INTO staging.sealed VALUES (?)', run);
    });
    database.exec('PRAGMA staging.synchronous = OFF');
  }

  isCommitted(run: string): boolean {
    const sql = 'SELECT run FROM staging.sealed WHERE run = ?';
    return this.#staging.database.get(sql, run) !== undefined;
  }

  count(run: string): number {
    const sql = 'SELECT count(*) AS count FROM staging.stage WHERE run = ?';
    return numberOf(this.#staging.database.get(sql, run) ?? {}, 'count');
  }

  /**
   * What is staged of the next entities of a committed run that come after one, entity by entity,
   * each in the order of staging.
   */
  after(run: string, { kind, id }: EntityRef, rows = PAGE): readonly StagedEntity[] {
    const page = this.#staging.database.lists(AFTER, run, kind, id, rows);
    const found: { entity: EntityRef; staged: StagedPart[] }[] = [];
    for (const one of page.map(stagedOf)) {
      const last = found.at(-1);
      if (last?.entity.id === one.entity.id && last.entity.kind === one.entity.kind) {
        last.staged.push(one);
      } else {
        found.push({ entity: one.entity, staged: [one] });
      }
    }
    if (page.length < rows) return found;
    // Of the last one more may be staged than the page holds.
    return found.length > 1 ? found.slice(0, -1) : this.after(run, { kind, id }, 2 * rows);
  }

  /** Inside a transaction: takes what is staged from one entity to another into the parts. */
  apply(run: string, first: EntityRef, last: EntityRef): void {
    const database = this.#staging.database;
    const range = [run, first.kind, first.id, last.kind, last.id] as const;
    database.run(APPLY_PARTS, ...range);
    if (this.#additions.has(run)) return;
    for (const row of database.all(REMOVED, ...range)) {
      database.run(REMOVE, ...keyOf(removalOf(row)));
    }
  }

  forget(run: string): void {
    this.#additions.delete(run);
    const database = this.#staging.database;
    database.transaction(() => {
      database.run('DELETE FROM staging.sealed WHERE run = ?', run);
      const other = database.get('SELECT 1 FROM staging.stage WHERE run <> ? LIMIT 1', run);
      if (other !== undefined) database.run('DELETE FROM staging.stage WHERE run = ?', run);
    });
    this.clear();
  }
}
