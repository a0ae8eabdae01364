import { InvalidFailure } from '../failure/failure.ts';
import { FORM, indexStored } from '../intake/merge/lookup-index.ts';
import { digestOf } from '../message/digest.ts';
import { keepProtectedMarks } from '../schema/annotation/protected-marks.ts';
import { migrateStored } from '../schema/migration.ts';
import type { Engine } from './engine.ts';
import { underLease } from './leases/lease.ts';

const PREPARED = 'prepared for';
/** In a store from which all was moved: where to. */
export const MOVED = 'moved to';
const GONE = 'what was kept here has been moved to the other backend';
const HINT = 'Say so in config/hub.yaml (`backend`), on each machine that has the workspace.';

/**
 * Brings what is stored to what the present schemas say of it. Where several processes share it,
 * only one does, and nobody reads or delivers meanwhile: BUSY, if there is something to be done.
 */
export async function prepareStored(engine: Engine): Promise<void> {
  const { store, workspace, identity } = engine;
  const { canonical, config } = workspace;
  const movedTo = await store.getValue(MOVED);
  if (movedTo !== null)
    throw new InvalidFailure('STORE_UNUSABLE', `${GONE} (${movedTo})`, { hint: HINT });
  const about = canonical.kinds.map((kind) => [
    canonical.get(kind)?.version ?? 1,
    canonical.get(kind)?.schema ?? null,
  ]);
  const present = digestOf([FORM, canonical.kinds, about]);
  const prepare = async () => {
    await migrateStored(store, canonical);
    await keepProtectedMarks(store, canonical);
    await indexStored(store, canonical, identity);
    await store.putValue(PREPARED, present);
  };
  if (config.cluster === null) return prepare();
  if ((await store.getValue(PREPARED)) === present) return;
  await underLease(engine, { signal: new AbortController().signal }, prepare);
}
