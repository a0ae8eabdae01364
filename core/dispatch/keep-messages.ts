import type { Context } from '../flow/context.ts';
import type { Target, TargetKind } from '../flow/target.ts';
import { digestOf } from '../message/digest.ts';
import { type EntityRef, isOnItsWayOut, type Message } from '../message/message.ts';
import { type Entry, isChange } from '../plan/compare.ts';
import type { PlanBatch } from '../plan/plan-batch.ts';
import type { LedgerRow } from '../store/ledger-store.ts';
import { deliveryId, parkedId } from './delivery-id.ts';

/** An object, and what its target is to be told of it. */
interface Told {
  readonly origin: EntityRef;
  readonly key: string;
  readonly action: Message['action'];
}

/** Keeps a message for each object that cannot be made now. */
export async function keepParked(
  target: Target,
  run: string,
  { kind, parked }: PlanBatch,
  { store, now }: Pick<Context, 'store' | 'now'>,
): Promise<void> {
  if (parked.length === 0) return;
  const at = now();
  await store.messages.put(
    parked.map(({ origin, unit, key, problem }) => ({
      ...blank(target, run, at),
      ...belongsTo(unit),
      id: parkedId(target.name, kind.kind, origin, key),
      type: 'parked',
      objectKind: kind.kind,
      origin,
      key: key ?? '',
      action: null,
      rank: kind.rank,
      state: 'failed',
      problem,
    })),
  );
}

/**
 * Keeps a message for each change of the plan. Deletions are kept last and never take the place of
 * a creation under the same key: the object has only moved to another entity.
 */
export async function keepDeliveries(
  target: Target,
  run: string,
  plan: AsyncIterable<PlanBatch>,
  { store, now }: Pick<Context, 'store' | 'now'>,
): Promise<void> {
  const deletions: Message[] = [];
  for await (const { kind, entries } of plan) {
    const at = now();
    const messages = entries.flatMap((entry) => messageOf(target, run, kind, entry, at));
    await store.messages.put(messages.filter((message) => !isOnItsWayOut(message)));
    deletions.push(...messages.filter(isOnItsWayOut));
  }
  for (let from = 0; from < deletions.length; from += 1000) {
    const batch = deletions.slice(from, from + 1000);
    const open = await store.messages.get(batch.map((message) => message.id));
    const wanted = new Set(
      open.filter((one) => one.run === run && !isOnItsWayOut(one)).map((one) => one.id),
    );
    await store.messages.put(batch.filter((message) => !wanted.has(message.id)));
  }
}

/**
 * What a target did not take stays to be seen to, though the plan does not name it: as long as the
 * ledger's row is of that, and not of all that is wanted.
 */
export async function keepNotTaken(
  target: Target,
  run: string,
  { store }: Pick<Context, 'store'>,
): Promise<void> {
  const notTaken = { target: target.name, type: ['deliver'], code: 'NOT_TAKEN' } as const;
  const state = ['failed', 'retrying'] as const;
  for await (const messages of store.messages.scan({ ...notTaken, state })) {
    for (const { kind } of target.kinds) {
      const own = messages.filter((one) => one.objectKind === kind && one.run !== run);
      const keys = own.map(({ key }) => key);
      const rows = keys.length === 0 ? [] : await store.ledger.byKeys(target.name, kind, keys);
      const lacking = new Set(rows.filter(isOfLess).map(({ ref }) => ref.key));
      const stay = own.filter(({ key }) => lacking.has(key));
      await store.messages.put(stay.map((message) => ({ ...message, run })));
    }
  }
}

function isOfLess({ hash, object }: LedgerRow): boolean {
  return hash !== '' && hash !== digestOf(object);
}

/**
 * What the plan does not name any more, and the target was told without an answer, is told once
 * more: as it should be by now, or that it should go where no ledger row would have it deleted.
 */
export async function keepDoubtful(
  target: Target,
  run: string,
  { store, now }: Pick<Context, 'store' | 'now'>,
): Promise<void> {
  const inDoubt = { target: target.name, type: ['deliver'], inDoubt: true } as const;
  const fresh = { run, state: 'waiting', attempts: 0, updatedAt: now() } as const;
  for await (const messages of store.messages.scan(inDoubt)) {
    for (const kind of target.kinds) {
      const stale = messages.filter((one) => one.objectKind === kind.kind && one.run !== run);
      if (stale.length === 0) continue;
      const keys = stale.map((message) => message.key);
      const rows = await store.ledger.byKeys(target.name, kind.kind, keys);
      const held = new Set(rows.map(({ ref }) => ref.key));
      const update = { ...fresh, action: 'update', rank: kind.rank } as const;
      const removal = { ...fresh, action: 'delete', rank: rankOfDeletion(target, kind) } as const;
      await store.messages.put(
        stale.map((message) => ({ ...message, ...(held.has(message.key) ? update : removal) })),
      );
    }
  }
}

function messageOf(
  target: Target,
  run: string,
  kind: TargetKind,
  entry: Entry,
  at: number,
): readonly Message[] {
  if (!isChange(entry)) return [];
  const { action, origin, key, unitNow } = entry;
  const sent = action === 'rekey' ? 'update' : action;
  return [
    { ...delivery(target, run, kind, { origin, key, action: sent }, at), ...belongsTo(unitNow) },
  ];
}

function belongsTo(unit: string): Pick<Message, 'unit'> {
  return unit === '' ? {} : { unit };
}

/** A message by which an object is yet to be delivered. */
export function delivery(
  target: Target,
  run: string,
  kind: TargetKind,
  { origin, key, action }: Told,
  at: number,
): Message {
  return {
    ...blank(target, run, at),
    id: deliveryId(target.name, kind.kind, key),
    type: 'deliver',
    objectKind: kind.kind,
    origin,
    key,
    action,
    rank: action === 'delete' ? rankOfDeletion(target, kind) : kind.rank,
    state: 'waiting',
    problem: null,
  };
}

/** What is referred to goes after what refers to it. */
function rankOfDeletion({ kinds }: Target, { rank }: TargetKind): number {
  return 2 * kinds.length - rank;
}

function blank(target: Target, run: string, at: number) {
  const times = { createdAt: at, updatedAt: at };
  return { target: target.name, run, attempts: 0, inDoubt: false, notBefore: 0, ...times } as const;
}
