import type { MissingRule } from '../config/config.ts';
import type { Store } from '../store/store.ts';
import type { IntakeTask } from './intake-task.ts';
import type { Receiver } from './receive.ts';

/**
 * What a full stream no longer holds goes, stays, or goes after some more runs. Where a bad record
 * could not even be identified, nothing goes: it might be the one that seems to be missing.
 */
export async function removeMissing(
  task: Pick<IntakeTask, 'module' | 'run' | 'rules'>,
  store: Store,
  receiver: Receiver,
): Promise<void> {
  for (const [stream, { unidentified }] of receiver.fullStreams()) {
    if (unidentified > 0) continue;
    const rule: MissingRule = task.rules.missing.get(stream) ?? { kind: 'delete' };
    if (rule.kind === 'keep') continue;
    const runsBefore = rule.kind === 'after' ? rule.runs - 1 : 0;
    for await (const batch of store.intake.unseen(task.run, task.module, stream)) {
      const gone = batch.filter((part) => part.missedRuns >= runsBefore);
      const missed = batch.filter((part) => part.missedRuns < runsBefore);
      await store.intake.stageRemovals(task.run, gone);
      await store.intake.markMissed(task.run, missed);
      receiver.countRemoved(gone.length);
    }
  }
}
