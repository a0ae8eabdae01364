import { InvalidFailure } from '../failure/failure.ts';
import {
  closeHolds,
  HEALED,
  openHold,
  refusalOf,
  refusedHint,
  useApproval,
} from '../guard/holds.ts';
import { shortfall } from './completeness.ts';
import type { IntakeSurroundings, IntakeTask } from './intake-task.ts';
import { doubtLeavers } from './leavers.ts';
import { findMissing, type Missing, removeMissing } from './missing.ts';
import type { Receiver } from './receive.ts';
import { subjectOf, UnitGate, type Waiting } from './unit-gate.ts';

/**
 * Stages what is to go: what full streams no longer hold, without the school units that must wait.
 * Answers what waits, or null.
 */
export async function removeWhatMay(
  task: IntakeTask,
  with_: IntakeSurroundings,
  receiver: Receiver,
): Promise<Waiting | null> {
  const { store } = with_;
  const gate = new UnitGate(task, with_);
  if (receiver.fullStreams().size === 0) {
    const gone = await gate.approvedSince();
    if (gone === null) return null;
    await store.intake.stageRemovals(task.run, gone);
    receiver.countRemoved(gone.length);
    return gate.hold();
  }
  const missing = await findMissing(task, store, receiver);
  const isApproved = await guard(task, with_, receiver, missing, gate);
  if (!isApproved) await gate.judge(missing);
  const doubt = await doubtLeavers(task, with_, receiver, missing);
  await removeMissing(task, store, receiver, missing, doubt.streams, gate.withoutHeld);
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
  with_: IntakeSurroundings,
  receiver: Receiver,
  missing: ReadonlyMap<string, Missing>,
  gate: UnitGate,
): Promise<boolean> {
  const { store, now, today } = with_;
  const found = await shortfall(task, today(), store, receiver, missing);
  if (found === null) return false;
  const subject = subjectOf(task.module);
  const { failure, digest, counts } = found;
  if (await useApproval(store, subject, digest)) return true;
  const refusal = await refusalOf(store, subject, digest);
  if (refusal !== null) {
    const text = `${failure.message}; refused by ${refusal.decidedBy}`;
    throw new InvalidFailure(failure.code, text, { hint: refusedHint(refusal) });
  }
  const reasons = [failure.toTrouble(), ...(await gate.shortfalls(missing))];
  const held = { subject, run: task.run, reasons, digest, counts };
  await openHold(store, { ...held, needs: task.rules.approvals }, now());
  throw failure;
}
