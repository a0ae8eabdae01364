import type { Outcome } from '../../connector/sink.ts';
import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Target, TargetKind } from '../../flow/target.ts';
import type { ObjectRef } from '../../message/message.ts';
import { valuesAt } from '../../message/reference-walk.ts';
import { type LedgerRow, plainRow, rowsOf } from '../../store/ledger-store.ts';
import type { Settlement } from '../../store/message-store.ts';
import type { Store } from '../../store/store.ts';
import { delivery } from '../keep-messages.ts';
import type { Operate } from './decide.ts';
import { goneIn } from './gone-there.ts';
import { nameOf, referredIn } from './presence.ts';

/** What a target was told, and what became of each. */
interface Told {
  readonly batch: readonly Operate[];
  readonly outcomes: readonly Outcome[];
  readonly settlements: readonly Settlement[];
  /** Rows of what they refer to and the target was seen to hold no more. */
  readonly lacking: ReadonlyMap<Operate, readonly LedgerRow[]>;
}

interface TellingContext {
  readonly store: Store;
  readonly now: () => number;
  /** `<kind>/<key>` of what has met that the target lost what it had confirmed. */
  readonly onGone: (names: readonly string[]) => void;
}

/**
 * Lets other objects go again whom it concerns what became of these. To be called before their own
 * delivery is settled, so that a crash in between tells twice rather than never.
 */
export async function tellConcerned(
  target: Target,
  kind: TargetKind,
  told: Told,
  context: TellingContext,
): Promise<void> {
  context.onGone(goneIn(told.batch, told.outcomes));
  await tellReferrers(target, kind, renamedIn(told), context);
  await tellSharers(target, kind, sharedIn(told), context);
  await tellReferred(target, kind, told, context);
}

/** An object that the target knows by another id than before. */
interface Renamed {
  readonly key: string;
  readonly run: string;
}

/** What the target knew by an id, and knows by another one now, or has another one of by now. */
function renamedIn({ batch, outcomes, settlements }: Told): readonly Renamed[] {
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
function sharedIn({ batch, outcomes }: Told): readonly Operate[] {
  return batch.filter((_one, index) => {
    const outcome = outcomes[index];
    return outcome?.kind !== 'failed' && outcome?.hadOthersId === true;
  });
}

/**
 * What those refer to that the target refuses for want of it, where the target confirmed it in an
 * earlier run; of what was looked at, only what is not there. And `<kind>/<key>` of those.
 */
async function lackingIn(
  target: Target,
  kind: TargetKind,
  { batch, outcomes, lacking }: Told,
  { store }: TellingContext,
): Promise<{ readonly rows: readonly LedgerRow[]; readonly referrers: readonly string[] }> {
  const rows = new Map<string, LedgerRow>();
  const referrers: string[] = [];
  for (const [index, decision] of batch.entries()) {
    const outcome = outcomes[index];
    if (outcome?.kind !== 'failed' || outcome.prerequisite !== true) continue;
    const { operation, message } = decision;
    const referred = () => referredIn(target, kind, operation, message.run, store.ledger);
    const lacks = lacking.get(decision) ?? (await referred());
    for (const row of lacks) rows.set(nameOf(row), row);
    if (lacks.length > 0) referrers.push(`${operation.objectKind}/${operation.key}`);
  }
  return { rows: [...rows.values()], referrers };
}

/** Lets all that refers to these objects go again: the target holds it with the former ids. */
async function tellReferrers(
  target: Target,
  { kind: renamedKind }: TargetKind,
  renamed: readonly Renamed[],
  context: TellingContext,
): Promise<void> {
  const [first] = renamed;
  if (first === undefined) return;
  const keys = new Set(renamed.map(({ key }) => key));
  for (const kind of target.kinds) {
    const paths = kind.references.flatMap((one) => (one.kind === renamedKind ? [one.path] : []));
    if (paths.length === 0) continue;
    const refers = ({ object }: LedgerRow) =>
      paths.some((path) => valuesAt(object, path).some((key) => keys.has(String(key))));
    for await (const rows of rowsOf(context.store.ledger, target.name, kind.kind)) {
      await tellAgain(target, kind, rows.filter(refers), first.run, context);
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
  context: TellingContext,
): Promise<void> {
  const [first] = left;
  if (first === undefined) return;
  const formerIds = new Set(left.map(({ operation }) => operation.remoteId));
  const keys = new Set(left.map(({ entry }) => entry.key));
  for await (const rows of rowsOf(context.store.ledger, target.name, kind.kind)) {
    const shared = rows.filter(({ ref, remoteId }) => {
      return remoteId !== null && formerIds.has(remoteId) && !keys.has(ref.key);
    });
    await tellAgain(target, kind, shared, first.message.run, context);
  }
}

/**
 * Lets what these refer to go again, as a whole: others may have deleted it there. What has gone in
 * this run is believed, so that what the target lacks for another reason is told again once.
 */
async function tellReferred(
  target: Target,
  kind: TargetKind,
  told: Told,
  context: TellingContext,
): Promise<void> {
  const { rows, referrers } = await lackingIn(target, kind, told, context);
  context.onGone(referrers);
  const run = told.batch[0]?.message.run ?? '';
  for (const to of target.kinds) {
    const own = rows.filter(({ ref }) => ref.objectKind === to.kind);
    await tellAgain(target, to, own, run, context, goneThere);
  }
}

/** What the target has confirmed, and was seen or said not to hold any more. */
export function goneThere({ objectKind: kind }: Pick<ObjectRef, 'objectKind'>): RefusedFailure {
  return new RefusedFailure('PREREQUISITE_MISSING', saying('goneThere', { kind }));
}

/**
 * Keeps updates of what the ledger holds, as of something that is otherwise. What is under way for
 * one of them already is decided anew at its turn, and sees the new id. `doubtOf`: why it is not
 * known what the target holds of them.
 */
async function tellAgain(
  target: Target,
  kind: TargetKind,
  rows: readonly LedgerRow[],
  run: string,
  { store, now }: TellingContext,
  doubtOf?: (ref: ObjectRef) => RefusedFailure,
): Promise<void> {
  if (rows.length === 0) return;
  await store.ledger.write(
    rows.map((row) => ({ ...plainRow(row), hash: '' })),
    [],
  );
  const at = now();
  const messages = rows.map(({ ref }) => {
    const message = delivery(target, run, kind, { ...ref, action: 'update' }, at);
    if (doubtOf === undefined) return message;
    return { ...message, inDoubt: true, problem: doubtOf(ref).toProblem('target') };
  });
  const open = new Set(
    (await store.messages.get(messages.map(({ id }) => id))).map(({ id }) => id),
  );
  await store.messages.put(messages.filter(({ id }) => !open.has(id)));
}
