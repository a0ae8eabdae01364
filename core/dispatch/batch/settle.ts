import type { NotTaken, Operation, Outcome } from '../../connector/sink.ts';
import { CATALOGUE } from '../../failure/catalogue.ts';
import { type Failure, RefusedFailure, TransientFailure } from '../../failure/failure.ts';
import { inEnglish, saying } from '../../failure/saying.ts';
import type { Delivery } from '../../flow/compiled.ts';
import type { TargetKind } from '../../flow/target.ts';
import { sameJson } from '../../message/digest.ts';
import type { JsonObject, Message, Problem } from '../../message/message.ts';
import type { LedgerRow } from '../../store/ledger-store.ts';
import type { Settlement, Staying } from '../../store/message-store.ts';
import { backoffMs } from '../backoff.ts';
import { deliveryId } from '../delivery-id.ts';
import type { Decision, Operate } from './decide.ts';
import { namesIn, type Prerequisite } from './references.ts';

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
  decision: Operate,
  outcome: Outcome,
  { delivery, kind, now }: Settling,
): Settlement {
  const { message, operation, without } = decision;
  if (outcome.kind === 'failed') {
    const { failure, prerequisite, notTaken } = outcome;
    if (notTaken !== undefined && operation.object !== null) {
      const { object } = operation;
      return partlyTaken(decision, object, notTaken, failure, { delivery, kind, now });
    }
    // A refusal says that nothing was done, this time.
    const isInDoubt = leavesDoubt(operation) && failure.recovery === 'retry';
    const told = isInDoubt ? { ...message, inDoubt: true } : message;
    return afterFailure(told, failure, prerequisite === true, delivery, now);
  }
  if (operation.object === null) return { message, result: { kind: 'removed' } };
  const row = { ...confirmed(decision, operation.object, outcome, now), ...remarkOf(outcome) };
  const problem = without === null ? null : waitingFor(message.target, without);
  const stays = problem === null ? {} : ({ stays: { state: 'blocked', problem } } as const);
  return { message, result: { kind: 'delivered', row, ...replacedBy(operation), ...stays } };
}

/** What settling a message needs to know beside it. */
interface Settling {
  readonly delivery: Delivery;
  readonly kind: Pick<TargetKind, 'references' | 'suspend'>;
  readonly now: number;
}

/** The ledger's row of what the target has confirmed to hold. */
function confirmed(
  { message, entry, operation }: Operate,
  object: JsonObject,
  answered: { readonly remoteId?: string },
  now: number,
): LedgerRow {
  const { target, objectKind, origin, run } = message;
  const { key, unit, hash, suspendedSince } = entry;
  const { references } = operation;
  const remoteId = answered.remoteId ?? operation.remoteId;
  const ref = { target, objectKind, origin, key };
  return { ref, unit, hash, object, remoteId, references, run, confirmedAt: now, suspendedSince };
}

function replacedBy({ formerKey }: Operation): { readonly replacedKey?: string } {
  return formerKey === null ? {} : { replacedKey: formerKey };
}

/**
 * A field that the target does not take is told once: a person is to see to it. Who is in what, and
 * who is shut, is told again until it is so.
 */
function mayStay(
  { fields }: NotTaken,
  object: JsonObject,
  { suspends }: Operation,
  { references, suspend }: Settling['kind'],
): boolean {
  const isOfOthers = references.some(({ path: [first = ''] }) => fields.includes(first));
  const isShut = suspend !== null && sameJson(object[suspend.field], suspend.value);
  const isLeftOpen = suspends === true || (isShut && fields.includes(suspend.field));
  return !isOfOthers && !isLeftOpen;
}

const TIMES_TOLD = 2;

/**
 * The row has the hash of what is wanted, so that the next plan does not tell it again, or none
 * where it is to; and of what was not taken the value that stands there, so that it is told with
 * whatever is told next. The message stays: it goes once more in a while, as a target may show for
 * some seconds what it held before, and has failed then.
 */
function partlyTaken(
  decision: Operate,
  wanted: JsonObject,
  { fields, ...known }: NotTaken,
  failure: Failure,
  { delivery, kind, now }: Settling,
): Settlement {
  const { message, operation } = decision;
  const previous = operation.previous ?? {};
  const names = new Set([...Object.keys(wanted), ...fields]);
  const taken = [...names].flatMap((name) => {
    const stood = fields.includes(name) ? previous[name] : wanted[name];
    return stood === undefined ? [] : [[name, stood] as const];
  });
  const object = Object.fromEntries(taken);
  const isStaying = mayStay({ fields }, wanted, operation, kind);
  const { hash, ...told } = confirmed(decision, object, known, now);
  const ids = { ...operation.formerReferences, ...operation.references };
  const references = Object.fromEntries(
    namesIn(object, kind).flatMap((name) => (name in ids ? [[name, ids[name] ?? '']] : [])),
  );
  const row = { ...told, hash: isStaying ? hash : '', references };
  const problem = failure.toProblem('target');
  const attempts = message.attempts + 1;
  const notBefore = now + backoffMs(attempts, delivery, null);
  const stays: Staying =
    attempts < TIMES_TOLD
      ? { state: 'retrying', problem, attempts, notBefore }
      : { state: 'failed', problem, attempts };
  return { message, result: { kind: 'delivered', row, ...replacedBy(operation), stays } };
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
