import type { Message } from '../../message/message.ts';
import type { MessageStore } from '../../store/message-store.ts';

/** One failure, and how many deliveries wait for it, directly or behind one another. */
export interface Blockage {
  readonly cause: Message;
  readonly waiting: number;
}

/** Longer chains than a target has kinds end somewhere all the same. */
const LONGEST_CHAIN = 20;

/** What holds up others: one line for each cause, the one with the most behind it first. */
export async function findBlockages(messages: MessageStore): Promise<readonly Blockage[]> {
  let open = new Map<string, number>();
  for await (const batch of messages.scan({ state: ['blocked'] })) {
    for (const message of batch) add(open, waitsForOf(message), 1);
  }
  const found = new Map<string, Blockage>();
  for (let link = 0; link < LONGEST_CHAIN && open.size > 0; link++) {
    const links = await messages.get([...open.keys()]);
    const further = await present(messages, links);
    const next = new Map<string, number>();
    for (const cause of links) {
      const waiting = open.get(cause.id) ?? 0;
      const waitsFor = waitsForOf(cause);
      if (waitsFor !== null && further.has(waitsFor)) add(next, waitsFor, waiting);
      else found.set(cause.id, { cause, waiting: waiting + (found.get(cause.id)?.waiting ?? 0) });
    }
    open = next;
  }
  return [...found.values()].sort((a, b) => b.waiting - a.waiting);
}

/** The failure at the end of the chain that a message waits in; null if it waits for none. */
export async function causeOf(messages: MessageStore, message: Message): Promise<Message | null> {
  let cause: Message | null = null;
  let at = message;
  for (let link = 0; link < LONGEST_CHAIN; link++) {
    const waitsFor = waitsForOf(at);
    const [next] = waitsFor === null ? [] : await messages.get([waitsFor]);
    if (next === undefined) return cause;
    cause = next;
    at = next;
  }
  return cause;
}

/** Those that wait for nothing that is on the list itself. */
export async function withoutWaiting(
  messages: MessageStore,
  batch: readonly Message[],
): Promise<readonly Message[]> {
  const causes = await present(messages, batch);
  return batch.filter((message) => !causes.has(waitsForOf(message) ?? ''));
}

async function present(
  messages: MessageStore,
  batch: readonly Message[],
): Promise<ReadonlySet<string>> {
  const ids = new Set(batch.map(waitsForOf).filter((id) => id !== null));
  return new Set((await messages.get([...ids])).map(({ id }) => id));
}

function waitsForOf({ state, problem }: Message): string | null {
  return state === 'blocked' ? (problem?.waitsFor ?? null) : null;
}

function add(counts: Map<string, number>, id: string | null, more: number): void {
  if (id !== null) counts.set(id, (counts.get(id) ?? 0) + more);
}
