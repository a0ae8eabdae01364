import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Place } from './backend.ts';
import { type ClusterRules, resolveService, withDatabase } from './config/cluster.ts';
import type { Config } from './config/config.ts';
import { isRunning, newOwner } from './config/owner.ts';
import type { Source } from './connector/connector.ts';
import { TransientFailure } from './failure/failure.ts';
import { LEASE, takeLease } from './run/leases/holder.ts';
import { copyDatabase } from './store/sqlite/backup.ts';

const NAME = /^rehearsal-(\d+)-/;
/** Longer than a copy of a large city takes, and than its rehearsal does. */
const COPY_MS = 600_000;
const REHEARSAL_MS = 3_600_000;

/** A copy of what is kept, on which a sync can be tried without changing anything. */
export interface Rehearsal {
  /** Of a hub on the copy. */
  readonly config: Config;
  /** Removes it with all that was tried in it. */
  end(): Promise<void>;
}

/**
 * Copies what is kept: the database into a folder, or, on a cluster, into a second database beside
 * the workspace's. BUSY where that is in use, or a sync changes what is to be copied.
 */
export async function beginRehearsal(config: Config, place: Place): Promise<Rehearsal> {
  const folder = await makeFolder(config.dataFolder);
  const removeFolder = () => rm(folder, ALL);
  const copy = { ...config, dataFolder: folder };
  try {
    if (config.cluster !== null) return await onCluster(copy, config.cluster, place, removeFolder);
    const database = join(config.dataFolder, 'skolnav.db');
    if (existsSync(database)) await copyDatabase(database, join(folder, 'skolnav.db'));
    return { config: copy, end: removeFolder };
  } catch (failure) {
    await removeFolder();
    throw failure;
  }
}

/**
 * A private folder: in the data folder where there is one. What a process that was killed has left
 * is removed.
 */
async function makeFolder(dataFolder: string): Promise<string> {
  const names = await readdir(dataFolder).catch(() => null);
  for (const name of names ?? []) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(dataFolder, name), ALL);
  }
  const parent = names === null ? tmpdir() : dataFolder;
  return mkdtemp(join(parent, `rehearsal-${process.pid}-`));
}

/** The name of the second database is always the same, so that rights can be given for it. */
async function onCluster(
  config: Config,
  cluster: ClusterRules,
  place: Place,
  removeFolder: () => Promise<void>,
): Promise<Rehearsal> {
  const kept = await resolveService(cluster.store, place.folder, place.environment);
  const { url, database } = withDatabase(kept.url, '-rehearsal');
  const copy = { ...kept, url };
  const { copyMongoStore, dropMongoStore } = await import('./store/mongodb/copy.ts');
  const store = await openStore(config, place);
  const holder = { store, owner: newOwner(true), now: place.now ?? Date.now };
  const giveUp = async () => {
    for (const name of [LEASE, REHEARSAL]) await store.runs.release(name, holder.owner);
    await store.close();
  };
  try {
    await takeOrRefuse(REHEARSAL, holder, REHEARSAL_MS, 'another rehearsal');
    await takeOrRefuse(LEASE, holder, COPY_MS, 'a sync');
    await copyMongoStore(kept, database);
    await store.runs.release(LEASE, holder.owner);
  } catch (failure) {
    await giveUp();
    throw failure;
  }
  const end = async () => {
    await dropMongoStore(copy);
    await giveUp();
    await removeFolder();
  };
  return { config: { ...config, cluster: { ...cluster, store: copy } }, end };
}

const REHEARSAL = 'rehearsal';

async function takeOrRefuse(
  name: string,
  holder: Parameters<typeof takeLease>[1],
  ttlMs: number,
  what: string,
): Promise<void> {
  if ((await takeLease(name, holder, ttlMs)) !== null) return;
  throw new TransientFailure('BUSY', `${what} is under way in this workspace`);
}

/** The source, read as it lies there, and never told that anything was taken in. */
export function untold(source: Source): Source {
  const { fingerprint, unread, waiting, isUnchanged } = source;
  return {
    read: (since, signal) => source.read(since, signal),
    ...(fingerprint === undefined
      ? {}
      : { fingerprint: (since) => fingerprint.call(source, since) }),
    ...(unread === undefined ? {} : { unread: (since) => unread.call(source, since) }),
    ...(waiting === undefined
      ? {}
      : { waiting: (since, signal) => waiting.call(source, since, signal) }),
    ...(isUnchanged === undefined
      ? {}
      : { isUnchanged: (since, signal) => isUnchanged.call(source, since, signal) }),
    close: () => source.close(),
  };
}

const ALL = { recursive: true, force: true } as const;
