import type { Operation, Outcome } from '../../connector/connector.ts';
import { Failure, TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Target, TargetKind } from '../../flow/target.ts';
import { valuesAt } from '../../message/reference-walk.ts';
import { type LedgerRow, plainRow, rowsOf } from '../../store/ledger-store.ts';
import type { Settlement } from '../../store/message-store.ts';
import type { Store } from '../../store/store.ts';
import { delivery } from '../keep-messages.ts';
import type { Operate } from './decide.ts';
import type { HandleContext } from './handling.ts';
import { leavesDoubt, settlementOf } from './settle.ts';

/**
 * Batches of one action each, since a sink's call carries one. What has failed before goes in
 * smaller ones: what is wrong with one object is not to fail its neighbours for ever.
 */
export function batches(
  decisions: readonly Operate[],
  size: number,
): readonly (readonly Operate[])[] {
  const result: Operate[][] = [];
  const groups = Map.groupBy(decisions, ({ operation, message }) =>
    [operation.action, message.attempts].join(' '),
  );
  for (const own of groups.values()) {
    const most = Math.max(1, Math.floor(size / 4 ** (own[0]?.message.attempts ?? 0)));
    for (let at = 0; at < own.length; at += most) result.push(own.slice(at, at + most));
  }
  return result;
}

/** Tells a target what a batch of decisions asks for; answers what may be written of it now. */
export async function tell(
  target: Target,
  kind: TargetKind,
  batch: readonly Operate[],
  context: HandleContext,
): Promise<readonly Settlement[]> {
  const operations = batch.map((decision) => decision.operation);
  const told = batch.filter(({ operation }) => leavesDoubt(operation));
  await context.store.messages.doubt(told.map(({ message }) => message.id));
  const { outcomes, held } = await applyHalving(operations, context);
  if (held !== null) {
    context.onHold(held);
    return [];
  }
  const now = context.now();
  const settlements = batch.map((decision, index) =>
    settlementOf(decision, outcomes[index] ?? silenceOf(target), target.flow.delivery, now),
  );
  await tellReferrers(target, kind, renamedIn(settlements, outcomes, batch), context);
  await tellSharers(target, kind, sharedIn(outcomes, batch), context);
  await tellReferred(target, kind, lackingIn(outcomes, batch), context);
  const taken = context.circuit.take(settlements, outcomes);
  if (context.circuit.outage !== null) context.onOutage(context.circuit.outage);
  return taken;
}

/** What the target knew by an id, and knows by another one now, or has another one of by now. */
function renamedIn(
  settlements: readonly Settlement[],
  outcomes: readonly Outcome[],
  batch: readonly Operate[],
) {
  return settlements.flatMap(({ message, result }, index) => {
    const before = batch[index]?.operation.remoteId ?? null;
    const outcome = outcomes[index];
    const isAnother = outcome?.kind !== 'failed' && outcome?.isAnother === true;
    if (result.kind !== 'delivered' || (before === null && !isAnother)) return [];
    const isSame = result.row.remoteId === before && !isAnother;
    return isSame ? [] : [{ key: result.row.ref.key, run: message.run }];
  });
}

/** Those that had an id which another has as well. */
function sharedIn(outcomes: readonly Outcome[], batch: readonly Operate[]): readonly Operate[] {
  return batch.filter((_one, index) => {
    const outcome = outcomes[index];
    return outcome?.kind !== 'failed' && outcome?.hadOthersId === true;
  });
}

/** Those that the target refuses for want of what they refer to. */
function lackingIn(outcomes: readonly Outcome[], batch: readonly Operate[]): readonly Operate[] {
  return batch.filter((_one, index) => {
    const outcome = outcomes[index];
    return outcome?.kind === 'failed' && outcome.prerequisite === true;
  });
}

function silenceOf(target: Target): Outcome {
  const said = saying('saidNothing', { target: target.name });
  return { kind: 'failed', failure: new TransientFailure('TARGET_ANSWER_UNREADABLE', said) };
}

/**
 * A failure of the whole call is the outcome of each of its operations, unless it holds the target.
 * A refusal is about an object: each half is tried by itself, until it is known about which.
 */
export async function applyHalving(
  operations: readonly Operation[],
  context: Pick<HandleContext, 'sink' | 'signal'>,
): Promise<{ outcomes: readonly Outcome[]; held: Failure | null }> {
  try {
    return { outcomes: await context.sink.apply(operations, context.signal), held: null };
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    if (failure.recovery === 'hold') return { outcomes: [], held: failure };
    if (failure.recovery !== 'retry' && operations.length > 1) {
      const middle = Math.ceil(operations.length / 2);
      const first = await applyHalving(operations.slice(0, middle), context);
      if (first.held !== null) return first;
      const second = await applyHalving(operations.slice(middle), context);
      return { outcomes: [...first.outcomes, ...second.outcomes], held: second.held };
    }
    return { outcomes: operations.map(() => ({ kind: 'failed', failure })), held: null };
  }
}

/** An object that the target knows by another id than before. */
interface Renamed {
  readonly key: string;
  readonly run: string;
}

/**
 * Lets everything that refers to these objects go again: the target holds it with the former ids.
 * To be called before their own delivery is settled, so that a crash in between tells twice rather
 * than never.
 */
async function tellReferrers(
  target: Target,
  { kind: renamedKind }: TargetKind,
  renamed: readonly Renamed[],
  { store, now }: { readonly store: Store; readonly now: () => number },
): Promise<void> {
  const [first] = renamed;
  if (first === undefined) return;
  const keys = new Set(renamed.map(({ key }) => key));
  for (const kind of target.kinds) {
    const paths = kind.references.flatMap((one) => (one.kind === renamedKind ? [one.path] : []));
    if (paths.length === 0) continue;
    const refers = ({ object }: LedgerRow) =>
      paths.some((path) => valuesAt(object, path).some((key) => keys.has(String(key))));
    for await (const rows of rowsOf(store.ledger, target.name, kind.kind)) {
      const told = rows.filter(refers);
      if (told.length === 0) continue;
      await store.ledger.write(
        told.map((row) => ({ ...plainRow(row), hash: '' })),
        [],
      );
      await keepUpdates(target, kind, told, first.run, { store, now });
    }
  }
}

/**
 * Lets other objects of a kind go again that the target knows by the ids which these had: what was
 * taken back of these may be theirs (an account that passed from one person of a class to another).
 */
async function tellSharers(
  target: Target,
  kind: TargetKind,
  left: readonly Operate[],
  { store, now }: { readonly store: Store; readonly now: () => number },
): Promise<void> {
  const [first] = left;
  if (first === undefined) return;
  const formerIds = new Set(left.map(({ operation }) => operation.remoteId));
  const keys = new Set(left.map(({ entry }) => entry.key));
  for await (const rows of rowsOf(store.ledger, target.name, kind.kind)) {
    const shared = rows.filter(({ ref, remoteId }) => {
      return remoteId !== null && formerIds.has(remoteId) && !keys.has(ref.key);
    });
    if (shared.length === 0) continue;
    await store.ledger.write(
      shared.map((row) => ({ ...plainRow(row), hash: '' })),
      [],
    );
    await keepUpdates(target, kind, shared, first.message.run, { store, now });
  }
}

/**
 * Lets what these refer to go again, as a whole, where the target confirmed it in an earlier run:
 * others may have deleted it there since. What has gone in this run is believed, so that what the
 * target lacks for another reason is told again once.
 */
async function tellReferred(
  target: Target,
  { references }: TargetKind,
  lacking: readonly Operate[],
  { store, now }: { readonly store: Store; readonly now: () => number },
): Promise<void> {
  const [first] = lacking;
  if (first === undefined) return;
  const { run } = first.message;
  for (const kind of target.kinds) {
    const paths = references.flatMap((one) => (one.kind === kind.kind ? [one.path] : []));
    const keys = lacking.flatMap(({ operation: { object } }) =>
      object === null ? [] : paths.flatMap((path) => [...valuesAt(object, path)].map(String)),
    );
    if (keys.length === 0) continue;
    const rows = await store.ledger.byKeys(target.name, kind.kind, [...new Set(keys)]);
    const doubtful = rows.filter((row) => row.run !== run && row.suspendedSince === null);
    if (doubtful.length === 0) continue;
    await store.ledger.write(
      doubtful.map((row) => ({ ...plainRow(row), hash: '' })),
      [],
    );
    await keepUpdates(target, kind, doubtful, run, { store, now });
  }
}

/** What is under way for one of them already is decided anew at its turn, and sees the new id. */
async function keepUpdates(
  target: Target,
  kind: TargetKind,
  rows: readonly LedgerRow[],
  run: string,
  { store, now }: { readonly store: Store; readonly now: () => number },
): Promise<void> {
  const at = now();
  const messages = rows.map(({ ref }) =>
    delivery(target, run, kind, { ...ref, action: 'update' }, at),
  );
  const open = new Set(
    (await store.messages.get(messages.map(({ id }) => id))).map(({ id }) => id),
  );
  await store.messages.put(messages.filter(({ id }) => !open.has(id)));
}
