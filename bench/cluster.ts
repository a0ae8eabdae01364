import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { MongoClient } from 'mongodb';
import { startItslearning } from '../connectors/itslearning/simulator.ts';
import { startScim } from '../connectors/scim/simulator.ts';
import { RabbitBroker } from '../core/broker/rabbitmq/rabbitmq-broker.ts';
import type { LedgerRow } from '../core/store/ledger-store.ts';
import { openMongoStore } from '../core/store/mongodb/mongo-store.ts';
import type { Store } from '../core/store/store.ts';
import { generateCity } from '../scripts/generate/generate-city.ts';
import {
  type ClusterServices,
  onCluster,
  placeOn,
  startCluster,
} from '../test/services/cluster.ts';
import type { Figure } from './figures.ts';
import { inWorkspace, runOf, sync } from './night.ts';
import { benchShard } from './shard.ts';
import { benchWorkers } from './workers.ts';

const TICKETS = 20_000;
const TOGETHER = 1000;
const ROWS = 20_000;
const TARGET = 'identity:scim';

/** What a cluster costs beside bare drivers and one machine; null where there is no server. */
export async function benchCluster(pupils: number): Promise<readonly Figure[] | null> {
  const services = await startCluster();
  if ('missing' in services) return null;
  // The servers keep no process up that waits for their end.
  const awake = setInterval(() => undefined, 60_000);
  try {
    return [
      ...(await benchTickets(services)),
      ...(await benchRows(services)),
      ...(await benchFirstNight(services, pupils)),
      ...(await benchShard(services)),
      ...(await benchWorkers(services)),
    ];
  } finally {
    await services.stop();
    clearInterval(awake);
  }
}

/** In and out of a quorum queue, confirmed and acknowledged. */
async function benchTickets({ broker: { url } }: ClusterServices): Promise<readonly Figure[]> {
  const bare = await ticketsPerSecond(() => passBare(url));
  const ours = await ticketsPerSecond(() => passOurs(url));
  return [
    { what: 'tickets, bare quorum queue', value: bare, unit: 'records/s', against: null },
    { what: 'tickets, published and handled', value: ours, unit: 'records/s', against: bare },
  ];
}

async function ticketsPerSecond(pass: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await pass();
  return TICKETS / ((performance.now() - startedAt) / 1000);
}

async function passBare(url: string): Promise<void> {
  const model = await connect(url);
  const channel = await model.createConfirmChannel();
  const queue = `bare-${randomUUID()}`;
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  const text = Buffer.from(JSON.stringify({ m: `bare-${'0'.repeat(40)}` }));
  for (let sent = 0; sent < TICKETS; sent += TOGETHER) {
    for (let at = 0; at < TOGETHER; at++) channel.sendToQueue(queue, text, { persistent: true });
    await channel.waitForConfirms();
  }
  await channel.prefetch(200);
  const { promise, resolve } = Promise.withResolvers<void>();
  let got = 0;
  await channel.consume(queue, (message) => {
    if (message !== null) channel.ack(message);
    got += 1;
    if (got === TICKETS) resolve();
  });
  await promise;
  await model.close();
}

async function passOurs(url: string): Promise<void> {
  const broker = new RabbitBroker(randomUUID(), { url });
  const tickets = Array.from({ length: TICKETS }, (_, at) => ({
    messageId: `ours-${at}`.padEnd(45),
  }));
  await broker.publish(TARGET, tickets);
  const options = { batchSize: 50, concurrency: 4 };
  const subscription = await broker.consume(TARGET, async () => undefined, options);
  await subscription.untilLeft(0, AbortSignal.timeout(60_000));
  await subscription.stop();
  await broker.close();
}

/** Rows of the ledger as they are confirmed, against a bulk write of the same documents. */
async function benchRows(services: ClusterServices): Promise<readonly Figure[]> {
  const { STORE_URL } = placeOn(services);
  const rows = Array.from({ length: ROWS }, (_, at) => rowOf(at));
  const bare = await rowsPerSecond(() => writeBare(STORE_URL, rows));
  const store = await openMongoStore({ url: STORE_URL });
  const ours = await rowsPerSecond(() => store.ledger.write(rows, []));
  const fenced = await rowsPerSecond(() => writeFenced(store, rows));
  await store.close();
  const about = 'rows of the ledger';
  return [
    { what: `${about}, bare bulk writes`, value: bare, unit: 'records/s', against: null },
    { what: `${about}, written`, value: ours, unit: 'records/s', against: bare },
    {
      what: `${about}, written again under a lease`,
      value: fenced,
      unit: 'records/s',
      against: bare,
    },
  ];
}

async function rowsPerSecond(write: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await write();
  return ROWS / ((performance.now() - startedAt) / 1000);
}

/** As safely as we do: by a majority, and with the one index that a row needs. */
async function writeBare(url: string, rows: readonly LedgerRow[]): Promise<void> {
  const client = new MongoClient(url, { writeConcern: { w: 'majority' } });
  const bare = client.db().collection<{ _id: string }>('bare');
  await bare.createIndex({ byKey: 1 }, { unique: true });
  for (let at = 0; at < rows.length; at += TOGETHER) {
    const page = rows.slice(at, at + TOGETHER).map((row) => {
      const replacement = {
        byKey: row.ref.key,
        hash: row.hash,
        object: JSON.stringify(row.object),
      };
      return { replaceOne: { filter: { _id: row.ref.key }, replacement, upsert: true } };
    });
    await bare.bulkWrite(page, { ordered: false });
  }
  await client.close();
}

async function writeFenced(store: Store, rows: readonly LedgerRow[]): Promise<void> {
  const lease = await store.runs.lease('bench', 'bench', 0, 60_000);
  if (lease !== null) await store.fenced(lease, () => store.ledger.write(rows, []));
}

/** A row of the size that a person's has. */
function rowOf(at: number): LedgerRow {
  const key = `person-${String(at).padStart(8, '0')}`;
  const ref = { target: TARGET, objectKind: 'User', origin: { kind: 'person', id: key }, key };
  const object = { userName: `${key}@skola.example`, note: 'x'.repeat(500) };
  const confirmed = { run: 'bench', confirmedAt: 1, suspendedSince: null, remoteId: key };
  return { ref, unit: 'unit', hash: `hash of ${key}`, object, ...confirmed };
}

/** The same first night, embedded and on the cluster, and what it leaves in the database. */
async function benchFirstNight(
  services: ClusterServices,
  pupils: number,
): Promise<readonly Figure[]> {
  const one = await firstNight(pupils, null);
  const place = placeOn(services);
  const cluster = await firstNight(pupils, place);
  const what = `first night of ${pupils} pupils`;
  const seconds = (name: string, night: typeof one) =>
    name === '' ? night.seconds : runOf(night, name).seconds;
  return [
    { what: `${what}, embedded`, value: one.seconds, unit: 's', against: null },
    ...['', 'register', 'identity', 'lms', 'collaboration'].map(
      (name): Figure => ({
        what: name === '' ? `${what}, cluster` : `of that, ${name}`,
        value: seconds(name, cluster),
        unit: 's',
        against: seconds(name, one),
      }),
    ),
    ...(await sizesOf(place.STORE_URL)),
  ];
}

async function firstNight(pupils: number, place: Readonly<Record<string, string>> | null) {
  const lms = await startItslearning({ user: 'hub', password: 'secret' });
  const identity = await startScim({ token: 'secret', etag: false });
  const urls = { LMS_URL: lms.url, IDENTITY_URL: identity.url, ...place };
  try {
    return await inWorkspace(urls, async (folder, environment) => {
      const file = join(folder, 'config', 'hub.yaml');
      if (place !== null) await writeFile(file, onCluster(await readFile(file, 'utf8')));
      const out = join(folder, 'register');
      const city = { pupils, seed: 'bench', date: '2026-09-01', out, faults: false };
      await generateCity({ ...city, nights: 1, from: 1 });
      return sync(folder, environment, 0);
    });
  } finally {
    await Promise.all([lms.stop(), identity.stop()]);
  }
}

/** How many documents of each kind there are, and how much room one takes with its indexes. */
async function sizesOf(url: string): Promise<readonly Figure[]> {
  const client = new MongoClient(url);
  const figures: Figure[] = [];
  for (const name of ['part', 'entity', 'ledger']) {
    const [stats] = await client
      .db()
      .collection(name)
      .aggregate([{ $collStats: { storageStats: {} } }])
      .toArray();
    const {
      count = 0,
      size = 0,
      storageSize = 0,
      totalIndexSize = 0,
    } = stats?.['storageStats'] ?? {};
    const each = (bytes: number, what: string): Figure => ({
      ...{ what: `${name}: ${what}`, value: bytes / count, unit: 'bytes', against: null },
    });
    figures.push(
      { what: `${name}: documents`, value: count, unit: 'records', against: null },
      each(size, 'one document'),
      each(storageSize, 'on the disk'),
      each(totalIndexSize, 'its indexes'),
    );
  }
  await client.close();
  return figures;
}
