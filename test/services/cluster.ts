import { randomUUID } from 'node:crypto';
import type { ServiceMissing } from '../services.ts';
import type { Certificates } from './certificates.ts';
import { type MongoService, startMongod } from './mongod.ts';
import { type RabbitService, startRabbit } from './rabbitmq.ts';

/** A replica set of one and a message broker, real ones. */
export interface ClusterServices {
  readonly store: MongoService;
  readonly broker: RabbitService;
  stop(): Promise<void>;
}

/** The environment by whose names `ON_CLUSTER` says where the services are. */
export type ClusterEnvironment = Record<'STORE_URL' | 'BROKER_URL', string>;

const EMBEDDED = 'backend: embedded\n';
const ON_CLUSTER = `backend: cluster
store: { url: "\${env:STORE_URL}" }
broker: { url: "\${env:BROKER_URL}" }
`;

/** The services that all worlds of this process share. */
let shared: Promise<ClusterServices> | null = null;

/** Starts both, with TLS and logins if certificates are given, or says which is missing. */
export async function startCluster(
  secure?: Certificates,
): Promise<ClusterServices | ServiceMissing> {
  const [store, broker] = await Promise.all([startMongod(secure), startRabbit(secure)]);
  if ('missing' in store) {
    if (!('missing' in broker)) await broker.stop();
    return store;
  }
  if ('missing' in broker) {
    await store.stop();
    return broker;
  }
  const stop = async () => void (await Promise.all([store.stop(), broker.stop()]));
  return { store, broker, stop };
}

/** A workspace's configuration, on the cluster in place of one machine. */
export function onCluster(config: string): string {
  return config.replace(EMBEDDED, ON_CLUSTER);
}

/** A database of its own. */
export function placeOn({ store, broker }: ClusterServices): ClusterEnvironment {
  return { STORE_URL: store.url(`skolnav-${randomUUID()}`), BROKER_URL: broker.url };
}

/** Where `SKOLNAV_BACKEND` is `cluster`: a place on the one cluster of this process. */
export async function backendOfTests(): Promise<ClusterEnvironment | null> {
  if (process.env['SKOLNAV_BACKEND'] !== 'cluster') return null;
  shared ??= startOrFail();
  return placeOn(await shared);
}

async function startOrFail(): Promise<ClusterServices> {
  const services = await startCluster();
  if ('missing' in services) throw new Error(services.missing);
  return services;
}
