import type { IntakeContext, IntakeTask } from './intake-task.ts';
import { openKeepers } from './keepers.ts';
import { applyCommitted } from './merge/apply.ts';
import { joinOnes } from './merge/same-person.ts';
import { Receiver } from './read/receive.ts';

/**
 * Tries what earlier runs have set aside although the source gives nothing now: what a record
 * lacked may be there by now (a row of a table, a rule), and it need not wait for a file. Answers
 * how many parts have changed.
 */
export async function tryAlone(task: IntakeTask, context: IntakeContext): Promise<number> {
  const { store, identity } = context;
  const { run, module } = task;
  if (await isEmpty(store.quarantine.scan(module))) return 0;
  await identity.reload();
  // What the run that came to nothing has heard is not known here.
  const keepers = await openKeepers(context);
  const receiver = new Receiver(task, context, keepers.protections);
  await store.intake.open(run, module);
  await receiver.tryAgain();
  await keepers.protections.keep();
  await receiver.keep();
  await identity.keep();
  const checkpoint = await store.intake.checkpoint(module, '');
  await store.intake.commit(run, module, { '': checkpoint }, receiver.settled());
  await applyCommitted(keepers, context);
  await joinOnes(run, receiver.parts.merged, false, keepers, context);
  await keepers.protections.enact();
  return receiver.counts()['changed'] ?? 0;
}

async function isEmpty<T>(batches: AsyncIterable<readonly T[]>): Promise<boolean> {
  for await (const batch of batches) if (batch.length > 0) return false;
  return true;
}
