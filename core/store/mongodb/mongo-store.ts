import { InvalidFailure } from '../../failure/failure.ts';
import type { Store } from '../store.ts';
import { Database, type MongoOptions } from './database.ts';
import { MongoEntityStore } from './entities/entity-store.ts';
import { MongoFormerStore } from './former-store.ts';
import { MongoInboxStore } from './intake/inbox-store.ts';
import { MongoIntakeStore } from './intake/intake-store.ts';
import { MongoQuarantineStore } from './intake/quarantine-store.ts';
import { MongoLedgerStore } from './ledger/ledger-store.ts';
import { MongoServedStore } from './ledger/served-store.ts';
import { MongoMessageStore } from './messages/message-store.ts';
import { MongoOverrideStore } from './override-store.ts';
import { MongoProtectionStore } from './protection-store.ts';
import { MongoRecheckStore } from './recheck-store.ts';
import { MongoRunStore } from './run-store.ts';
import { MongoSmallRows } from './small-rows.ts';
import { out, tellingFailures } from './store-out.ts';
import { MongoValues } from './values.ts';

/**
 * Opens the cluster's store: a workspace's database on a MongoDB replica set. Its calls throw
 * STORE_OUT while no member takes them; whoever calls again changes nothing twice.
 */
export async function openMongoStore(options: MongoOptions): Promise<Store> {
  const database = await Database.open(options);
  const inbox = new MongoInboxStore(database);
  const quarantine = new MongoQuarantineStore(database);
  const intake = new MongoIntakeStore(database, quarantine);
  const entities = new MongoEntityStore(database);
  const ledger = new MongoLedgerStore(database);
  const messages = new MongoMessageStore(database, ledger, options.now ?? Date.now);
  const served = new MongoServedStore(database);
  const rechecks = new MongoRecheckStore(database);
  const overrides = new MongoOverrideStore(database);
  const runs = new MongoRunStore(database);
  const stores = [
    inbox,
    quarantine,
    intake,
    entities,
    ledger,
    served,
    messages,
    rechecks,
    overrides,
    runs,
  ];
  try {
    for (const one of stores) await one.makeIndexes();
  } catch (cause) {
    await database.close();
    throw out(cause);
  }
  const values = new MongoValues(database);
  return tellingFailures({
    ...{ inbox, intake, quarantine, entities, ledger, served, rechecks, messages, overrides, runs },
    smallRows: new MongoSmallRows(database),
    protections: new MongoProtectionStore(database),
    formers: new MongoFormerStore(database),
    getValue: (name) => values.get(name),
    putValue: (name, value) => values.put(name, value),
    offerValue: (name, value) => values.offer(name, value),
    replaceValue: (name, read, value) => values.replace(name, read, value),
    fenced: (lease, work) => database.fenced(lease, work),
    backup: async () => {
      throw new InvalidFailure('BACKUP_REFUSED', NOT_A_FILE, { hint: USE_MONGODUMP });
    },
    close: () => database.close(),
  });
}

const NOT_A_FILE = 'the store is a replica set, and no file of ours';
const USE_MONGODUMP =
  'Say `skolnav backup <file>` on a command line, or back it up with `mongodump`, as docs/operating.md says.';
