import { Failure } from '../../failure/failure.ts';
import type { Problem } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import { dateIn } from '../../schedule/calendar.ts';
import type { PurgeCounts } from '../../store/run-store.ts';
import { purgeInspections } from '../reconcile/inspection.ts';

export interface PurgeReport extends PurgeCounts {
  /** Archived source files. */
  readonly files: number;
  /** Sources whose archive could not be reached, and why. */
  readonly unreached: readonly { readonly module: string; readonly problem: Problem }[];
}

/**
 * Forgets what is older than config's `retention`: runs, decided holds, audit entries, and source
 * files that have been taken in. Persons need no purge: who is in no source any more is removed
 * with the intake, and from each target's ledger when that target has confirmed it.
 */
export async function purge(engine: Engine): Promise<PurgeReport> {
  const { store, workspace, now } = engine;
  const { runsMs, auditMs, archiveMs } = workspace.config.retention;
  const counts = await store.runs.purge({ runs: now() - runsMs, audit: now() - auditMs });
  // An id that comes back is compared with whoever had it as long as runs are remembered.
  await store.formers.purge(now() - runsMs);
  await store.messages.purgeEnded(now() - runsMs);
  // As long a sender may send the same again, and as long what is older counts as overtaken.
  await store.inbox.purge(now() - runsMs);
  await store.overrides.purge(now() - runsMs);
  await store.served.purge(now() - runsMs);
  await purgeInspections(engine, now() - runsMs);
  const before = dateIn(workspace.config.timeZone, now() - archiveMs);
  const unreached: PurgeReport['unreached'][number][] = [];
  let files = 0;
  for (const module of new Set(workspace.flows.flatMap(({ from }) => from))) {
    try {
      const source = await engine.openSource(module);
      files += (await source.purge?.(before)) ?? 0;
      await source.close();
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      unreached.push({ module, problem: failure.toProblem() });
    }
  }
  engine.log.info({ ...counts, files }, 'purged');
  return { ...counts, files, unreached };
}
