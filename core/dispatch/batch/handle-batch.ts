import type { Target, TargetKind } from '../../flow/target.ts';
import type { Message, Ticket } from '../../message/message.ts';
import { decide } from './decide.ts';
import type { HandleContext } from './handling.ts';
import { tellInBatches } from './operate.ts';
import { settlementUntold } from './settle.ts';

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
