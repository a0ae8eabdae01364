import { InvalidFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import {
  closeHolds,
  HEALED,
  openHold,
  refusalOf,
  refusedHint,
  useApproval,
} from '../../guard/holds.ts';
import type { Problem } from '../../message/message.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';
import type { Receiver } from '../read/receive.ts';
import { missingIn, type Shortfall, shortfall } from './completeness.ts';
import { cutAmong } from './cuts.ts';
import { doubtLeavers } from './leavers.ts';
import { findMissing, type Missing, removeMissing } from './missing.ts';
import { subjectOf, UnitGate, type Waiting } from './unit-gate.ts';

/**
 * Stages what is to go: what full streams no longer hold, without the school units that must wait.
 * Answers what waits, or null.
 */
export async function removeWhatMay(
  task: IntakeTask,
  context: IntakeContext,
  receiver: Receiver,
): Promise<Waiting | null> {
  const { store } = context;
  const gate = new UnitGate(task, context);
  if (receiver.fullStreams().size === 0) {
    const gone = await gate.approvedSince();
    if (gone === null) return null;
    await store.intake.stageRemovals(task.run, gone);
    receiver.countRemoved(gone.length);
    return gate.hold();
  }
  const missing = await findMissing(task, store, receiver);
  const isApproved = await guard(task, context, receiver, missing, gate);
  if (!isApproved) {
    await gate.judge(missing);
    await refuseCuts(task, context, missing, gate);
  }
  const doubt = await doubtLeavers(task, context, receiver, missing);
  await removeMissing(task, store, receiver, missing, doubt.isDoubted, gate.withoutHeld);
  const waiting = await gate.hold();
  if (waiting === null) await closeHolds(store, subjectOf(task.module), HEALED);
  return bothOf(waiting, doubt.waiting);
}

function bothOf(one: Waiting | null, other: Waiting | null): Waiting | null {
  if (one === null || other === null) return one ?? other;
  return { ...one, parts: one.parts + other.parts };
}

/**
 * Holds a run whose source delivered too little; true if it did, and a person has approved exactly
 * that.
 */
async function guard(
  task: IntakeTask,
  context: IntakeContext,
  receiver: Receiver,
  missing: ReadonlyMap<string, Missing>,
  gate: UnitGate,
): Promise<boolean> {
  const { store, today } = context;
  const found = await shortfall(task, today(), store, receiver, missing);
  if (found === null) return false;
  if (await useApproval(store, subjectOf(task.module), found.digest)) return true;
  return holdAll(task, context, found, await gate.shortfalls(missing));
}

/** Holds a run whose source looks cut, unless a person has approved exactly that. */
async function refuseCuts(
  task: IntakeTask,
  context: IntakeContext,
  missing: ReadonlyMap<string, Missing>,
  gate: UnitGate,
): Promise<void> {
  const { store, today } = context;
  const found = await cutAmong(task, today(), store, missing, gate.undecided);
  if (found === null || (await useApproval(store, subjectOf(task.module), found.digest))) return;
  await gate.giveBack();
  await holdAll(task, context, found, []);
}

/** What a person has refused before exactly as it is now is no hold again. */
async function holdAll(
  { module, run, rules }: IntakeTask,
  { store, now }: IntakeContext,
  { failure, digest, kinds }: Shortfall,
  more: readonly Problem[],
): Promise<never> {
  const subject = subjectOf(module);
  const refusal = await refusalOf(store, subject, digest);
  if (refusal !== null) {
    const what = failure.toProblem().said ?? failure.message;
    const said = saying('refusedBefore', { what, who: refusal.decidedBy ?? '' });
    throw new InvalidFailure(failure.code, said, { hint: refusedHint(refusal) });
  }
  const reasons = [failure.toProblem(), ...more];
  const held = { subject, run, reasons, digest, counts: missingIn(kinds), kinds };
  await openHold(store, { ...held, needs: rules.guards.approvals }, now());
  throw failure;
}
