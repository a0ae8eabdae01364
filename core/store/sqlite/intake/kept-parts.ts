import type { PartRemoval, PrintedParts } from '../../intake-store.ts';
import type { SeenParts } from '../../shared/seen-parts.ts';
import { bytesOf, type Database, numberOf, type Row, textOf } from '../database.ts';
import { keyOf, removalOf } from '../entities/part-row.ts';

const PAGE = 10_000;

const FIND = `SELECT number, hash, missed, print FROM part
  WHERE kind = ? AND id = ? AND source = ? AND stream = ? AND part = ?`;
/** SQLite takes the index by which parts are grouped for as good, and reads every part. */
const LEAVERS = `SELECT stream, count(*) AS count FROM part INDEXED BY part_missed
  WHERE source = ? AND missed > 0 GROUP BY stream ORDER BY stream`;
const COUNTS = `SELECT stream, count(*) AS count FROM part INDEXED BY part_stream
  WHERE source = ? GROUP BY stream ORDER BY stream`;
/** As one text: a row for each part costs more than to read it. */
const AFTER = `SELECT group_concat(number) AS numbers, max(number) AS last FROM (SELECT number FROM part
  WHERE source = ? AND stream = ? AND number > ? ORDER BY number LIMIT ${PAGE})`;
const NAMED = `SELECT kind, id, source, stream, part, external_id, missed FROM part
  WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number`;
const PRINTS = `SELECT group_concat(number) AS numbers, max(number) AS last,
  group_concat(hex(print), '') AS prints
  FROM (SELECT number, print FROM part WHERE source = ? AND stream = ? AND number > ?
    AND length(print) = ? AND missed = 0 ORDER BY number LIMIT ${PAGE})`;
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
      const missing = numbersIn(page).filter((number) => !seen.has(number));
      if (missing.length === 0) continue;
      const rows = this.#database.all(NAMED, JSON.stringify(missing));
      yield rows.map((row) => {
        const externalId = textOf(row, 'external_id');
        return { ...removalOf(row), externalId, missedRuns: numberOf(row, 'missed') };
      });
    }
  }

  *prints(source: string, stream: string, bytes: number): Generator<PrintedParts> {
    for (const page of this.#pages(PRINTS, source, stream, bytes)) {
      yield { numbers: numbersIn(page), prints: Buffer.from(textOf(page, 'prints'), 'hex') };
    }
  }

  /** Pages of parts in the order of their numbers, each page as one row. */
  *#pages(sql: string, source: string, stream: string, ...about: readonly number[]) {
    let after = 0;
    for (;;) {
      const page = this.#database.get(sql, source, stream, after, ...about) ?? {};
      if (page['last'] === null) return;
      after = numberOf(page, 'last');
      yield page;
    }
  }

  leavers(source: string): Readonly<Record<string, number>> {
    return this.#byStream(LEAVERS, source);
  }

  counts(source: string): Readonly<Record<string, number>> {
    return this.#byStream(COUNTS, source);
  }

  #byStream(sql: string, source: string): Readonly<Record<string, number>> {
    const rows = this.#database.all(sql, source);
    return Object.fromEntries(rows.map((row) => [textOf(row, 'stream'), numberOf(row, 'count')]));
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

function numbersIn(page: Row): readonly number[] {
  return textOf(page, 'numbers').split(',').map(Number);
}
