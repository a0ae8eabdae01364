import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Broker } from './broker/broker.ts';
import { openMemoryBroker } from './broker/memory-broker.ts';
import { databaseOf, resolveService } from './config/cluster.ts';
import type { Config } from './config/config.ts';
import { makeFolder } from './config/make-folder.ts';
import { HeldFailure } from './failure/failure.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';
import type { Store } from './store/store.ts';

/** Whose state is opened, and with which secrets. */
export interface Place {
  /** The workspace's folder. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/**
 * Opens what the hub remembers, where `backend` says that it is. Throws STORE_UNUSABLE or
 * STORE_OUT where that cannot be used, SECRET_MISSING where its address is not known.
 */
export async function openStore(
  { cluster, dataFolder }: Pick<Config, 'cluster' | 'dataFolder'>,
  place: Place,
): Promise<Store> {
  const clock = place.now === undefined ? {} : { now: place.now };
  if (cluster === null) {
    await makeFolder(dataFolder, 0o700);
    return openSqliteStore({ file: join(dataFolder, 'skolnav.db'), ...clock });
  }
  const service = await resolveService(cluster.store, place.folder, place.environment);
  databaseOf(service.url);
  // Read where it is needed: one machine's hub opens in half the time without the driver.
  const { openMongoStore } = await import('./store/mongodb/mongo-store.ts');
  return openMongoStore({ ...service, ...clock });
}

/** Opens the way of the tickets, which belongs to the store: its queues bear the store's name. */
export async function openBroker({ cluster }: Config, place: Place): Promise<Broker> {
  if (cluster === null) return openMemoryBroker();
  const { folder, environment } = place;
  const store = await resolveService(cluster.store, folder, environment);
  const { url, caFile, certificateFile } = await resolveService(
    cluster.broker,
    folder,
    environment,
  );
  const [ca, cert] = [await pem(caFile), await pem(certificateFile)];
  const tls = {
    ...(ca === null ? {} : { ca }),
    ...(cert === null ? {} : { cert, key: cert }),
  };
  const { RabbitBroker } = await import('./broker/rabbitmq/rabbitmq-broker.ts');
  return new RabbitBroker(databaseOf(store.url), { url, tls });
}

async function pem(file: string | undefined): Promise<string | null> {
  if (file === undefined) return null;
  return readFile(file, 'utf8').catch((cause: unknown) => {
    const text = `the file ${file} of \`broker\` cannot be read`;
    throw new HeldFailure('CONFIG_INVALID', text, { cause });
  });
}
