import type { PartRemoval, PrintedPart } from '../../intake-store.ts';
import type { SeenParts } from '../../shared/seen-parts.ts';
import { bytesOf, type Database, numberOf, type Row, textOf } from '../database.ts';
import { keyOf, removalOf } from './part-row.ts';

const PAGE = 10_000;

const FIND = `SELECT number, hash, missed, print FROM part
  WHERE kind = ? AND id = ? AND source = ? AND stream = ? AND part = ?`;
const LEAVERS = `SELECT stream, count(*) AS count FROM part
  WHERE source = ? AND missed > 0 GROUP BY stream ORDER BY stream`;
const AFTER = `SELECT number FROM part
  WHERE source = ? AND stream = ? AND number > ? ORDER BY number LIMIT ${PAGE}`;
const NAMED = `SELECT kind, id, source, stream, part, external_id, missed FROM part
  WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number`;
/** As text: a value of bytes costs an array of its own outside the heap. */
const PRINTS = `SELECT number, hex(print) FROM part WHERE source = ? AND stream = ? AND number > ?
  AND print IS NOT NULL AND missed = 0 ORDER BY number LIMIT ${PAGE}`;
const NUMBERS = `SELECT number, part FROM part
  WHERE source = ? AND stream = ? AND external_id = ?`;

/** What sources have said until now, and still say. */
export class KeptParts {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Number, hash, missed runs and print of a part. */
  find(part: PartRemoval): Row | undefined {
    return this.#database.get(FIND, ...keyOf(part));
  }

  isEmpty(): boolean {
    return this.#database.get('SELECT 1 FROM part LIMIT 1') === undefined;
  }

  /** The present parts of an entity, by the id that the source knows it by. */
  numbersOf(source: string, stream: string, externalId: string) {
    const rows = this.#database.all(NUMBERS, source, stream, externalId);
    return rows.map((row) => ({ number: numberOf(row, 'number'), part: textOf(row, 'part') }));
  }

  /** Those of a stream that are not among these. */
  *without(seen: SeenParts, source: string, stream: string) {
    for (const page of this.#pages(AFTER, source, stream)) {
      const missing = page.flatMap(([number]) =>
        seen.has(Number(number)) ? [] : [Number(number)],
      );
      if (missing.length === 0) continue;
      const rows = this.#database.all(NAMED, JSON.stringify(missing));
      yield rows.map((row) => {
        const externalId = textOf(row, 'external_id');
        return { ...removalOf(row), externalId, missedRuns: numberOf(row, 'missed') };
      });
    }
  }

  *prints(source: string, stream: string): Generator<readonly PrintedPart[]> {
    for (const page of this.#pages(PRINTS, source, stream)) {
      yield page.map(([number, print]) => {
        return { number: Number(number), print: Buffer.from(String(print), 'hex') };
      });
    }
  }

  /** Rows that begin with their number, in its order. */
  *#pages(sql: string, source: string, stream: string) {
    let after = 0;
    for (;;) {
      const page = this.#database.lists(sql, source, stream, after);
      if (page.length === 0) return;
      after = Number(page.at(-1)?.[0] ?? 0);
      yield page;
    }
  }

  leavers(source: string): Readonly<Record<string, number>> {
    const rows = this.#database.all(LEAVERS, source);
    return Object.fromEntries(rows.map((row) => [textOf(row, 'stream'), numberOf(row, 'count')]));
  }

  count(source: string, stream: string): number {
    const sql = 'SELECT count(*) AS count FROM part WHERE source = ? AND stream = ?';
    return numberOf(this.#database.get(sql, source, stream) ?? {}, 'count');
  }

  setMissed(number: number, missed: number): void {
    this.#database.run('UPDATE part SET missed = ? WHERE number = ?', missed, number);
  }

  setPrint(kept: Row, print: Uint8Array): void {
    if (Buffer.compare(bytesOf(kept['print']), print) === 0) return;
    this.#database.run(
      'UPDATE part SET print = ? WHERE number = ?',
      print,
      numberOf(kept, 'number'),
    );
  }
}
