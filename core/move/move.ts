import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore, type Place } from '../backend.ts';
import { resolveService } from '../config/cluster.ts';
import type { Config } from '../config/config.ts';
import { newOwner } from '../config/owner.ts';
import { SILENT_MS } from '../control/overview/presence.ts';
import { InvalidFailure, TransientFailure } from '../failure/failure.ts';
import { loadOrRefuse, type Workspace } from '../flow/workspace.ts';
import type { OnProgress } from '../message/progress.ts';
import { underLease } from '../run/leases/lease.ts';
import { MOVED } from '../run/prepare-stored.ts';
import { removeDatabase } from '../store/sqlite/backup.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { MOVING } from './about-state.ts';
import { copyState } from './copy-state.ts';
import { differencesOf, digestOfState, type StateDigest } from './state-digest.ts';

export { backUpCluster } from './back-up.ts';

export type Backend = 'embedded' | 'cluster';

export interface MoveRequest {
  readonly to: Backend;
  readonly place: Place;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

const DATABASE = 'skolnav.db';

/**
 * Copies all that a workspace keeps into the other backend, compares the two, and switches the line
 * in `config/hub.yaml`. Interrupted, it changes nothing for anybody, and is begun anew. Throws BUSY
 * while somebody works on it, MOVE_REFUSED where it is there, or something else is.
 */
export async function moveWorkspace(request: MoveRequest): Promise<StateDigest> {
  const { to: backend, place, signal } = request;
  const workspace = await loadOrRefuse(place.folder);
  const { config } = workspace;
  const present: Backend = config.cluster === null ? 'embedded' : 'cluster';
  if (present === backend) throw refused(`what is kept is on the ${backend} backend already`);
  const from = await openStore(config, place);
  const now = place.now ?? Date.now;
  const owner = newOwner(present === 'cluster');
  const engine = { store: from, owner, now, sleep: (ms: number) => sleep(ms) };
  try {
    await refuseServed(from, now());
    return await underLease(engine, { signal }, async (held) => {
      const committed = await from.intake.committed();
      if (committed.length > 0) throw refused('what was read is not applied: `skolnav sync` first');
      const target = await openTarget(config, request, present);
      const digests = await fill(workspace, { ...request, signal: held.signal }, from, target);
      await switchLine(join(place.folder, config.file), backend);
      await from.putValue(MOVED, backend);
      return digests;
    });
  } finally {
    await from.close();
  }
}

async function refuseServed({ runs }: Store, now: number): Promise<void> {
  const alive = (await runs.workers()).find(({ seenAt }) => now - seenAt <= SILENT_MS);
  if (alive === undefined) return;
  throw new TransientFailure('BUSY', 'a process serves this workspace: stop all of them first');
}

/** Copies, and compares; the target is in place when this returns. */
async function fill(
  { canonical, config }: Workspace,
  { signal, onProgress }: MoveRequest,
  from: Store,
  { store: to, keep, giveUp }: Target,
): Promise<StateDigest> {
  const about = { canonical, sources: [...config.modules.keys()] };
  try {
    await copyState({ ...about, from, to, signal, onProgress });
    const [before, after] = [await digestOfState(from, about), await digestOfState(to, about)];
    const differences = differencesOf(before, after);
    if (differences.length > 0) {
      throw refused(`the copy is not the same in: ${differences.join(', ')}`);
    }
    await to.putValue(MOVING, null);
    await keep();
    return after;
  } catch (failure) {
    await giveUp();
    throw failure;
  }
}

interface Target {
  readonly store: Store;
  /** Closes it, and puts it where it belongs. */
  keep(): Promise<void>;
  giveUp(): Promise<void>;
}

async function openTarget(
  config: Config,
  { to, place }: MoveRequest,
  from: Backend,
): Promise<Target> {
  const target = to === 'cluster' ? await onCluster(config, place) : await onMachine(config, place);
  await target.store.putValue(MOVING, from);
  return target;
}

/** What a move has left half done there, or another one took away from there, gives way. */
async function onCluster(config: Config, place: Place): Promise<Target> {
  const { services } = config;
  if (services === null) {
    throw refused('`store` and `broker` in config/hub.yaml do not say where the cluster is');
  }
  const moved = { ...config, cluster: services };
  const before = await openStore(moved, place);
  try {
    await refuseKept(before, 'the database of `store`');
  } finally {
    await before.close();
  }
  const service = await resolveService(services.store, place.folder, place.environment);
  const { dropMongoStore } = await import('../store/mongodb/copy.ts');
  await dropMongoStore(service);
  const store = await openStore(moved, place);
  return { store, keep: () => store.close(), giveUp: () => store.close() };
}

async function onMachine(config: Config, place: Place): Promise<Target> {
  const file = join(config.dataFolder, DATABASE);
  if (existsSync(file)) {
    const before = await openSqliteStore({ file });
    try {
      await refuseKept(before, file);
    } finally {
      await before.close();
    }
  }
  const unready = join(config.dataFolder, `${DATABASE}.moving`);
  await removeDatabase(unready);
  // Makes the folder, and the usual file only where there is none.
  await (await openStore({ ...config, cluster: null }, place)).close();
  const store = await openSqliteStore({ file: unready });
  return {
    store,
    keep: async () => {
      await store.close();
      await removeDatabase(file);
      await rename(unready, file);
      await removeDatabase(unready);
    },
    giveUp: async () => {
      await store.close();
      await removeDatabase(unready);
    },
  };
}

async function refuseKept(store: Store, where: string): Promise<void> {
  const isUsed = (await store.getValue('identityKey')) !== null;
  const isLeft = (await store.getValue(MOVED)) ?? (await store.getValue(MOVING));
  if (isUsed && isLeft === null) throw refused(`${where} holds another workspace's state`);
}

async function switchLine(file: string, backend: Backend): Promise<void> {
  const text = await readFile(file, 'utf8');
  const line = `backend: ${backend}`;
  const isSaid = /^backend:.*$/m.test(text);
  const next = isSaid ? text.replace(/^backend:.*$/m, line) : `${line}\n${text}`;
  const unready = `${file}.new`;
  await writeFile(unready, next);
  await rename(unready, file);
}

function refused(text: string): InvalidFailure {
  return new InvalidFailure('MOVE_REFUSED', text);
}
