import type { QueueMessage, QueueOptions } from './rabbitmq/queue-reader.ts';

/**
 * Reads a queue until the signal fires, one message after another: each is acknowledged once `take`
 * has ended well, and comes again otherwise. Throws CONNECTION_LOST where the broker or the queue
 * is not reached any more, and what `take` has thrown.
 */
export async function readQueue(
  options: QueueOptions,
  take: (message: QueueMessage) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  // Read where it is needed: most bindings have no queue, and the driver takes its time to load.
  const { consumeQueue } = await import('./rabbitmq/queue-reader.ts');
  return consumeQueue(options, take, signal);
}
