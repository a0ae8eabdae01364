import type { Json } from '../../message/message.ts';
import type { Store } from '../store.ts';
import { backUp } from './backup.ts';
import { Database, jsonOf } from './database.ts';
import { SqliteEntityStore } from './entities/entity-store.ts';
import { SqliteFormerStore } from './former-store.ts';
import { SqliteInboxStore } from './intake/inbox-store.ts';
import { SqliteIntakeStore } from './intake/intake-store.ts';
import { SqliteQuarantineStore } from './intake/quarantine-store.ts';
import { SqliteLedgerStore } from './ledger/ledger-store.ts';
import { SqliteServedStore } from './ledger/served-store.ts';
import { SqliteMessageStore } from './messages/message-store.ts';
import { Names } from './names.ts';
import { SqliteOverrideStore } from './override-store.ts';
import { SqliteProtectionStore } from './protection-store.ts';
import { SqliteRecheckStore } from './recheck-store.ts';
import { SqliteRunStore } from './run-store.ts';
import { SqliteSmallRows } from './small-rows.ts';
import { Staging } from './staging.ts';

/** One statement, so that no other process writes between the look and the insertion. */
const OFFER_VALUE = `INSERT INTO value VALUES (?, ?) ON CONFLICT (name) DO UPDATE
  SET json = CASE value.json WHEN 'null' THEN excluded.json ELSE value.json END RETURNING json`;
/** Where nothing is kept yet. */
const FIRST_VALUE = `INSERT INTO value VALUES (?, ?) ON CONFLICT (name) DO UPDATE
  SET json = excluded.json WHERE value.json = 'null'`;

export interface SqliteOptions {
  /** The database file; made if it is missing, readable by its owner alone. */
  readonly file: string;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** Opens the embedded store. Throws STORE_UNUSABLE if the file cannot be used. */
export async function openSqliteStore({ file, now = Date.now }: SqliteOptions): Promise<Store> {
  const database = new Database(file);
  const names = new Names(database);
  const staging = new Staging(database);
  const quarantine = new SqliteQuarantineStore(database);
  const ledger = new SqliteLedgerStore(database, staging, names);
  return {
    inbox: new SqliteInboxStore(database),
    intake: new SqliteIntakeStore(database, staging, quarantine),
    quarantine,
    protections: new SqliteProtectionStore(database),
    formers: new SqliteFormerStore(database),
    entities: new SqliteEntityStore(database),
    ledger,
    served: new SqliteServedStore(database, names),
    rechecks: new SqliteRecheckStore(database, names),
    messages: new SqliteMessageStore(database, ledger, now),
    overrides: new SqliteOverrideStore(database),
    runs: new SqliteRunStore(database),
    smallRows: new SqliteSmallRows(database, names),
    getValue: async (name) => {
      const row = database.get('SELECT json FROM value WHERE name = ?', name);
      return row === undefined ? null : jsonOf(row, 'json');
    },
    putValue: async (name: string, value: Json) => {
      database.run('INSERT OR REPLACE INTO value VALUES (?, ?)', name, JSON.stringify(value));
    },
    offerValue: async (name: string, value: Json) => {
      const row = database.get(OFFER_VALUE, name, JSON.stringify(value));
      return row === undefined ? null : jsonOf(row, 'json');
    },
    replaceValue: async (name: string, read: Json, value: Json) => {
      const [from, to] = [JSON.stringify(read), JSON.stringify(value)];
      if (read === null) return database.run(FIRST_VALUE, name, to) > 0;
      const replace = 'UPDATE value SET json = ? WHERE name = ? AND json = ?';
      return database.run(replace, to, name, from) > 0;
    },
    fenced: (lease, work) => database.fenced(lease, work),
    backup: (file) => backUp(database, file),
    close: async () => database.close(),
  };
}
