import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { audit } from '../control/audit.ts';
import { InvalidFailure } from '../failure/failure.ts';
import type { OnProgress } from '../message/progress.ts';
import type { Engine } from '../run/engine.ts';
import { underLease } from '../run/leases/lease.ts';
import { removeDatabase } from '../store/sqlite/backup.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { copyState } from './copy-state.ts';
import { differencesOf, digestOfState } from './state-digest.ts';

export interface BackUpRequest {
  readonly file: string;
  readonly who: string;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/**
 * Writes all that a cluster keeps into one file of the embedded backend, and compares the two row
 * by row: `skolnav move --to cluster` brings it back from there. Audited. Throws BUSY while somebody
 * reads or delivers, BACKUP_REFUSED where the file is there or the copy is not the same.
 */
export async function backUpCluster(engine: Engine, request: BackUpRequest): Promise<void> {
  const { file, who } = request;
  if (existsSync(file)) throw refused(`${file} is there already`);
  const part = `${file}.part`;
  await underLease(engine, request, async (held) => {
    await removeDatabase(part);
    try {
      await copyInto(part, engine, held);
      await rename(part, file);
    } finally {
      await removeDatabase(part);
    }
    await audit(engine, who, 'backup', file);
  });
}

async function copyInto(
  part: string,
  { store: from, workspace: { canonical, config } }: Engine,
  { signal, onProgress }: BackUpRequest,
): Promise<void> {
  const committed = await from.intake.committed();
  if (committed.length > 0) throw refused('what was read is not applied: `skolnav sync` first');
  const to = await openSqliteStore({ file: part });
  try {
    const about = { canonical, sources: [...config.modules.keys()] };
    await copyState({ ...about, from, to, signal, onProgress });
    const [before, after] = [await digestOfState(from, about), await digestOfState(to, about)];
    const differences = differencesOf(before, after);
    if (differences.length === 0) return;
    throw refused(`the copy is not the same in: ${differences.join(', ')}`);
  } finally {
    await to.close();
  }
}

function refused(text: string): InvalidFailure {
  return new InvalidFailure('BACKUP_REFUSED', text);
}
