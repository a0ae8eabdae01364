import type { Target, TargetKind } from '../../flow/target.ts';
import type { Message, Ticket } from '../../message/message.ts';
import type { Settlement } from '../../store/message-store.ts';
import { decide, type Operate } from './decide.ts';
import type { HandleContext } from './handling.ts';
import { batches, lackingOf, tell } from './operate.ts';
import { leavesDoubt, settlementUntold } from './settle.ts';

/**
 * Delivers what a batch of tickets stands for. The store keeps the story: of a ticket whose message
 * is gone or not due there is nothing to do. Of a message that a worker has in hand another ticket
 * is dropped, or a target would be told of one object by two at once.
 */
export async function handleBatch(
  target: Target,
  tickets: readonly Ticket[],
  context: HandleContext,
): Promise<void> {
  const { inHand } = context;
  const all = new Set(tickets.map((ticket) => ticket.messageId));
  const ids = [...all.difference(inHand)];
  for (const id of ids) inHand.add(id);
  try {
    await deliver(target, ids, context);
  } finally {
    for (const id of ids) inHand.delete(id);
  }
}

async function deliver(
  target: Target,
  ids: readonly string[],
  context: HandleContext,
): Promise<void> {
  const messages = await context.store.messages.get(ids);
  const due = messages.filter((message) => isDue(message, context.now()));
  for (const kind of target.kinds) {
    const own = due.filter((message) => message.objectKind === kind.kind);
    if (own.length > 0) await deliverKind(target, kind, own, context);
  }
}

function isDue(message: Message, now: number): boolean {
  return message.state === 'waiting' || (message.state === 'retrying' && message.notBefore <= now);
}

async function deliverKind(
  target: Target,
  kind: TargetKind,
  messages: readonly Message[],
  context: HandleContext,
): Promise<void> {
  const decisions = await decide(target, kind, messages, context);
  const settled = decisions.flatMap((decision) => settlementUntold(target.name, decision) ?? []);
  const operations = decisions.filter((decision) => decision.kind === 'operate');
  await tellInBatches(target, kind, operations, settled, context);
}

/**
 * Tells a target of operations, batch by batch, until the signal fires; `settled` are settlements
 * from before. What became of one batch is written in one step with the note that the next is in
 * doubt: a store on a network takes as long for each step as for its work.
 */
export async function tellInBatches(
  target: Target,
  kind: TargetKind,
  operations: readonly Operate[],
  settled: readonly Settlement[],
  context: HandleContext,
): Promise<void> {
  let known = settled;
  const write = (next: readonly Operate[]) => {
    const settlements = known;
    known = [];
    return settle(settlements, context, next);
  };
  try {
    for (const batch of batches(operations, context.batchSize)) {
      if (context.signal.aborted) break;
      const lacking = await lackingOf(target, kind, batch, context);
      await write(batch.filter((decision) => !lacking.has(decision)));
      known = await tell(target, kind, batch, lacking, context);
    }
  } finally {
    await write([]);
  }
}

/** Writes what is settled, and counts it; notes which operations the target is told of next. */
export async function settle(
  settlements: readonly Settlement[],
  context: HandleContext,
  next: readonly Operate[] = [],
): Promise<void> {
  const told = next.filter(({ operation }) => leavesDoubt(operation));
  if (settlements.length + told.length === 0) return;
  const ids = told.map(({ message }) => message.id);
  await context.store.messages.settle(settlements, ids);
  if (settlements.length > 0) context.onSettled(settlements);
}
