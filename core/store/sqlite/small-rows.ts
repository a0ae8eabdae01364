import {
  fieldsOf,
  SMALL_TABLES,
  type SmallRow,
  type SmallRowStore,
  type SmallTable,
} from '../shared/small-rows.ts';
import { type Database, jsonOf, nullableTextOf, numberOf, type Row, textOf } from './database.ts';
import type { Names } from './names.ts';

const PAGE = 1000;

/** The newest number is never given anew, though its event may be forgotten: it goes along. */
const INBOX = `SELECT number, source, delivery, place, digest, key, at, content, kept_at FROM inbox
  UNION ALL SELECT seq, '', 'moved', 0, '', '', 0, NULL, 0 FROM sqlite_sequence
  WHERE name = 'inbox' AND seq > (SELECT coalesce(max(number), 0) FROM inbox) ORDER BY number`;

/** By names, as in any store: numbers of names are this one's own. */
const SERVED = `SELECT target.text AS target, kind.text AS object_kind, key, created_at, changed_at,
  is_gone FROM served JOIN name AS target ON target.number = served.target
  JOIN name AS kind ON kind.number = served.object_kind ORDER BY served.target,
  served.object_kind, key`;

interface Table {
  readonly select: string;
  readonly rowOf: (row: Row) => Pick<SmallRow, 'key' | 'value'>;
  readonly insert: string;
  readonly valuesOf: (row: SmallRow, names: Names) => readonly (string | number | null)[];
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
  served: {
    select: SERVED,
    rowOf: (row) => {
      const key = [textOf(row, 'target'), textOf(row, 'object_kind'), textOf(row, 'key')];
      const [createdAt, changedAt] = [numberOf(row, 'created_at'), numberOf(row, 'changed_at')];
      return { key, value: { createdAt, changedAt, isGone: numberOf(row, 'is_gone') === 1 } };
    },
    insert: 'served VALUES (?, ?, ?, ?, ?, ?)',
    valuesOf: ({ key: [target = '', kind = '', key = ''], value }, names) => {
      const { createdAt, changedAt, isGone } = fieldsOf(value);
      const times = [Number(createdAt), Number(changedAt), Number(isGone)];
      return [names.number(target), names.number(kind), key, ...times];
    },
  },
};

/** Small rows on SQLite. */
export class SqliteSmallRows implements SmallRowStore {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
  }

  async *all(): AsyncGenerator<readonly SmallRow[]> {
    for (const table of SMALL_TABLES) {
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
        this.#database.run(`INSERT OR REPLACE INTO ${insert}`, ...valuesOf(row, this.#names));
      }
    });
  }
}
