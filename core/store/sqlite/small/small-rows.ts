import type { Json } from '../../../message/message.ts';
import type { SmallRow, SmallRowStore, SmallTable } from '../../edges/small-rows.ts';
import { type Database, jsonOf, nullableTextOf, numberOf, type Row, textOf } from '../database.ts';

const PAGE = 1000;

/** The newest number is never given anew, though its event may be forgotten: it goes along. */
const INBOX = `SELECT number, source, delivery, place, digest, key, at, content, kept_at FROM inbox
  UNION ALL SELECT seq, '', 'moved', 0, '', '', 0, NULL, 0 FROM sqlite_sequence
  WHERE name = 'inbox' AND seq > (SELECT coalesce(max(number), 0) FROM inbox) ORDER BY number`;

interface Table {
  readonly select: string;
  readonly rowOf: (row: Row) => Pick<SmallRow, 'key' | 'value'>;
  readonly insert: string;
  readonly valuesOf: (row: SmallRow) => readonly (string | number | null)[];
}

const TABLES: Readonly<Record<SmallTable, Table>> = {
  value: {
    select: 'SELECT name, json FROM value ORDER BY name',
    rowOf: (row) => ({ key: [textOf(row, 'name')], value: jsonOf(row, 'json') }),
    insert: 'value VALUES (?, ?)',
    valuesOf: ({ key, value }) => [...key, JSON.stringify(value)],
  },
  former: {
    select: 'SELECT kind, id, traits, gone_at FROM former ORDER BY kind, id',
    rowOf: (row) => ({
      key: [textOf(row, 'kind'), textOf(row, 'id')],
      value: { traits: jsonOf(row, 'traits'), goneAt: numberOf(row, 'gone_at') },
    }),
    insert: 'former VALUES (?, ?, ?, ?)',
    valuesOf: ({ key, value }) => {
      const { traits, goneAt } = fieldsOf(value);
      return [...key, JSON.stringify(traits), Number(goneAt)];
    },
  },
  atOnce: {
    select: 'SELECT kind, id FROM gone_at_once ORDER BY kind, id',
    rowOf: (row) => ({ key: [textOf(row, 'kind'), textOf(row, 'id')], value: null }),
    insert: 'gone_at_once VALUES (?, ?)',
    valuesOf: ({ key }) => key,
  },
  ending: {
    select: 'SELECT id, json FROM ending ORDER BY id',
    rowOf: (row) => ({ key: [textOf(row, 'id')], value: jsonOf(row, 'json') }),
    insert: 'ending VALUES (?, ?, ?)',
    valuesOf: ({ key, value }) => [...key, Number(fieldsOf(value)['at']), JSON.stringify(value)],
  },
  audit: {
    select: 'SELECT number, json, previous, digest FROM audit ORDER BY number',
    rowOf: (row) => {
      const [previous, digest] = [textOf(row, 'previous'), textOf(row, 'digest')];
      const entry = fieldsOf(jsonOf(row, 'json'));
      return { key: [textOf(row, 'number')], value: { ...entry, previous, digest } };
    },
    insert: 'audit (number, json, previous, digest) VALUES (?, ?, ?, ?)',
    valuesOf: ({ key, value }) => {
      const { previous, digest, ...entry } = fieldsOf(value);
      return [Number(key[0]), JSON.stringify(entry), String(previous), String(digest)];
    },
  },
  inbox: {
    select: INBOX,
    rowOf: (row) => {
      const [source, delivery] = [textOf(row, 'source'), textOf(row, 'delivery')];
      const [digest, key] = [textOf(row, 'digest'), textOf(row, 'key')];
      const numbers = { place: numberOf(row, 'place'), at: numberOf(row, 'at') };
      const content = nullableTextOf(row, 'content');
      const kept = { keptAt: numberOf(row, 'kept_at'), content };
      const value = { source, delivery, digest, key, ...numbers, ...kept };
      return { key: [textOf(row, 'number')], value };
    },
    insert: `inbox (number, source, delivery, place, digest, key, at, content, kept_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    valuesOf: ({ key: [number], value }) => {
      const { source, delivery, place, digest, key, at, content, keptAt } = fieldsOf(value);
      const about = [String(source), String(delivery), Number(place), String(digest)];
      const said = content === null || content === undefined ? null : String(content);
      return [Number(number), ...about, String(key), Number(at), said, Number(keptAt)];
    },
  },
};

/** Small rows on SQLite. */
export class SqliteSmallRows implements SmallRowStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async *all(): AsyncGenerator<readonly SmallRow[]> {
    for (const table of TABLE_NAMES) {
      const { select, rowOf } = TABLES[table];
      for (let from = 0; ; from += PAGE) {
        const rows = this.#database.all(`${select} LIMIT ${PAGE} OFFSET ?`, from);
        if (rows.length === 0) break;
        yield rows.map((row) => ({ table, ...rowOf(row) }));
      }
    }
  }

  async put(rows: readonly SmallRow[]): Promise<void> {
    this.#database.transaction(() => {
      for (const row of rows) {
        const { insert, valuesOf } = TABLES[row.table];
        this.#database.run(`INSERT OR REPLACE INTO ${insert}`, ...valuesOf(row));
      }
    });
  }
}

const TABLE_NAMES = ['value', 'former', 'atOnce', 'ending', 'audit', 'inbox'] as const;

function fieldsOf(value: Json): Readonly<Record<string, Json>> {
  // SAFETY: every value but those of `value` and `atOnce` is an object.
  return value as Readonly<Record<string, Json>>;
}
