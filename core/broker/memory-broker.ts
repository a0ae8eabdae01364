import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ticket } from '../message/message.ts';
import type { Broker, ConsumeOptions, Subscription } from './broker.ts';

/** Pause of a worker whose batch threw, before it takes another one. */
const AFTER_DEFECT_MS = 1000;

type Handle = (tickets: readonly Ticket[]) => Promise<void>;

/** The embedded broker: queues in the memory of the one process, which no ticket outlives. */
export function openMemoryBroker(): Broker {
  const queues = new Map<string, Queue>();
  const queueOf = (target: string): Queue => {
    const queue = queues.get(target) ?? new Queue();
    queues.set(target, queue);
    return queue;
  };
  const stops = new Set<() => Promise<void>>();
  return {
    publish: async (target, tickets) => queueOf(target).add(tickets),
    consume: async (target, handle, options) => {
      const { stop, ...subscription } = subscribe(queueOf(target), handle, options);
      stops.add(stop);
      return {
        ...subscription,
        stop: async () => {
          await stop();
          stops.delete(stop);
        },
      };
    },
    ready: async (target) => queueOf(target).ready,
    inHand: () => Object.fromEntries([...queues].map(([name, { underWay }]) => [name, underWay])),
    reach: async () => undefined,
    close: async () => {
      await Promise.all([...stops].map((stop) => stop()));
    },
  };
}

function subscribe(
  queue: Queue,
  handle: Handle,
  { batchSize, concurrency }: ConsumeOptions,
): Subscription {
  const stop = new AbortController();
  const workers = Array.from({ length: concurrency }, () => work(queue, handle, batchSize, stop));
  return {
    untilLeft: (most, signal) => queue.until(() => queue.ready + queue.underWay <= most, signal),
    stop: async () => {
      stop.abort();
      await Promise.all(workers);
    },
  };
}

/** Takes batches until it is stopped; what a defect kept from being handled is queued again. */
async function work(
  queue: Queue,
  handle: Handle,
  batchSize: number,
  { signal }: AbortController,
): Promise<void> {
  while (!signal.aborted) {
    const batch = queue.take(batchSize);
    if (batch.length === 0) {
      await queue.until(() => queue.ready > 0, signal);
      continue;
    }
    try {
      await handle(batch);
      queue.settle(batch, []);
    } catch {
      queue.settle(batch, batch);
      await sleep(AFTER_DEFECT_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** The tickets of one target. */
class Queue {
  readonly #changed = new EventEmitter().setMaxListeners(0);
  #waiting: Ticket[] = [];
  #underWay = 0;

  get ready(): number {
    return this.#waiting.length;
  }

  get underWay(): number {
    return this.#underWay;
  }

  add(tickets: readonly Ticket[]): void {
    this.#waiting.push(...tickets);
    this.#changed.emit('change');
  }

  take(most: number): readonly Ticket[] {
    const batch = this.#waiting.splice(0, most);
    this.#underWay += batch.length;
    return batch;
  }

  /** A batch is no longer under way; some of it may have to come again. */
  settle(batch: readonly Ticket[], again: readonly Ticket[]): void {
    this.#underWay -= batch.length;
    this.add(again);
  }

  /** Resolves when it is so, or when the signal fires. */
  async until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    while (!isSo() && !signal.aborted) {
      await once(this.#changed, 'change', { signal }).catch(() => undefined);
    }
  }
}
