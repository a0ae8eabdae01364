import { FORM, indexStored } from '../intake/merge/lookup-index.ts';
import { digestOf } from '../message/digest.ts';
import { keepProtectedMarks } from '../schema/annotation/protected-marks.ts';
import { migrateStored } from '../schema/migration.ts';
import type { Engine } from './engine.ts';
import { underLease } from './leases/lease.ts';

const PREPARED = 'prepared for';

/**
 * Brings what is stored to what the present schemas say of it. Where several processes share it,
 * only one does, and nobody reads or delivers meanwhile: BUSY, if there is something to be done.
 */
export async function prepareStored(engine: Engine): Promise<void> {
  const { store, workspace, identity } = engine;
  const { canonical, config } = workspace;
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
