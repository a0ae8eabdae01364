import type { Operation, Outcome } from '../../connector/sink.ts';
import { CATALOGUE } from '../../failure/catalogue.ts';
import { type Failure, RefusedFailure, TransientFailure } from '../../failure/failure.ts';
import { inEnglish, saying } from '../../failure/saying.ts';
import type { Delivery } from '../../flow/compiled.ts';
import type { Message, Problem } from '../../message/message.ts';
import type { LedgerRow } from '../../store/ledger-store.ts';
import type { Settlement } from '../../store/message-store.ts';
import { backoffMs } from '../backoff.ts';
import { deliveryId } from '../delivery-id.ts';
import type { Decision, Operate } from './decide.ts';
import type { Prerequisite } from './references.ts';

/** What becomes of a message without an operation; null if the target must be told first. */
export function settlementUntold(target: string, decision: Decision): Settlement | null {
  const { message } = decision;
  switch (decision.kind) {
    case 'operate':
      return null;
    case 'superseded':
      return { message, result: { kind: 'superseded' } };
    case 'moved':
      return { message, result: { kind: 'delivered', row: decision.row } };
    case 'blocked':
      return {
        message,
        result: { kind: 'blocked', problem: waitingFor(target, decision.waitsFor) },
      };
    case 'ambiguous': {
      const said = saying('mayBeThere', { target, kind: message.objectKind });
      const problem = new RefusedFailure('ADOPTION_AMBIGUOUS', said).toProblem();
      return { message, result: { kind: 'failed', problem } };
    }
    case 'open': {
      const said = saying('endedBeforeAnswer', { target });
      const problem = message.problem ?? new TransientFailure('CONNECTION_LOST', said).toProblem();
      return { message, result: { kind: 'failed', problem } };
    }
  }
}

/** What becomes of a message after its operation: the ledger and the message in one settlement. */
export function settlementOf(
  { message, entry, operation, without }: Operate,
  outcome: Outcome,
  delivery: Delivery,
  now: number,
): Settlement {
  if (outcome.kind === 'failed') {
    const { failure, prerequisite } = outcome;
    // A refusal says that nothing was done, this time.
    const isInDoubt = leavesDoubt(operation) && failure.recovery === 'retry';
    const told = isInDoubt ? { ...message, inDoubt: true } : message;
    return afterFailure(told, failure, prerequisite === true, delivery, now);
  }
  if (operation.object === null) return { message, result: { kind: 'removed' } };
  const row = {
    ref: {
      target: message.target,
      objectKind: message.objectKind,
      origin: message.origin,
      key: entry.key,
    },
    unit: entry.unit,
    hash: entry.hash,
    object: operation.object,
    remoteId: outcome.remoteId ?? operation.remoteId,
    references: operation.references,
    run: message.run,
    confirmedAt: now,
    suspendedSince: entry.suspendedSince,
    ...remarkOf(outcome),
  };
  const { formerKey } = operation;
  const replaced = formerKey === null ? {} : { replacedKey: formerKey };
  const blocked = without === null ? {} : { blocked: waitingFor(message.target, without) };
  return { message, result: { kind: 'delivered', row, ...replaced, ...blocked } };
}

/**
 * Whether nobody knows what a target holds that does not answer to it. A changed key is never in
 * doubt: told again or taken back, it could cost the object that has the former key.
 */
export function leavesDoubt({ action }: Operation): boolean {
  return action !== 'rekey';
}

const LONGEST_REMARK = 200;

function remarkOf({ remark }: { readonly remark?: string }): Pick<LedgerRow, 'remark'> {
  return remark === undefined ? {} : { remark: remark.slice(0, LONGEST_REMARK) };
}

/** Transient failures are tried again until the flow's attempts are used up. */
function afterFailure(
  message: Message,
  failure: Failure,
  isPrerequisite: boolean,
  delivery: Delivery,
  now: number,
): Settlement {
  const problem = failure.toProblem('target');
  if (isPrerequisite) return { message, result: { kind: 'blocked', problem } };
  const attempts = message.attempts + 1;
  const isLast = attempts >= delivery.attempts;
  if (failure.recovery !== 'retry' || isLast) {
    return { message, result: { kind: 'failed', problem } };
  }
  const notBefore = now + backoffMs(attempts, delivery, failure.retryAfterMs);
  return { message, result: { kind: 'retrying', notBefore, problem } };
}

/** Why a message waits for another object. */
function waitingFor(target: string, { objectKind, key }: Prerequisite): Problem {
  const said = saying('waitsForOther', { target, kind: objectKind });
  return {
    code: 'PREREQUISITE_MISSING',
    text: inEnglish(said),
    said,
    hint: CATALOGUE.PREREQUISITE_MISSING.hint,
    place: null,
    waitsFor: deliveryId(target, objectKind, key),
  };
}
