import type { Broker } from '../broker/broker.ts';
import type { Failure } from '../failure/failure.ts';
import type { Context } from '../flow/context.ts';
import type { Target } from '../flow/target.ts';
import type { OnProgress } from '../message/progress.ts';
import type { Settlement } from '../store/message-store.ts';
import type { Views } from '../view/views.ts';

/** What delivering to a target needs. */
export interface DeliveryContext extends Context {
  readonly broker: Broker;
  /** For single entities, as the store holds them at that moment. */
  readonly views: Views;
  /** Organisations of which nothing may change until a person has decided. */
  readonly withheld: ReadonlySet<string>;
  /** Retries that are due later than this are left to the next run. */
  readonly patienceMs: number;
}

export interface SinkLimits {
  readonly batchSize: number;
  readonly concurrency: number;
}

/** What one delivery did. */
export interface DeliveryCounts {
  delivered: number;
  removed: number;
  superseded: number;
  retried: number;
  failed: number;
  /** What still waits for another object when everything has had its turn. */
  blocked: number;
  /** Some objects may have gone without optional references, which a later plan adds. */
  isLenient: boolean;
  /** Ids of the messages that were refused because another object had their key. */
  readonly taken: Set<string>;
  /** `<kind>/<key>` of what has met that the target lost what it had confirmed. */
  readonly gone: Set<string>;
  /** Why the whole target waits for a person. */
  held: Failure | null;
  /** Why nothing more was sent, where the target was out to the end of our patience. */
  outage: Failure | null;
}

export function newCounts(): DeliveryCounts {
  const zero = { delivered: 0, removed: 0, superseded: 0, retried: 0, failed: 0, blocked: 0 };
  return { ...zero, isLenient: false, taken: new Set(), gone: new Set(), held: null, outage: null };
}

export function progressOf(counts: DeliveryCounts): number {
  return counts.delivered + counts.removed + counts.superseded;
}

export function count(
  settlements: readonly Settlement[],
  counts: DeliveryCounts,
  target: Target,
  total: number,
  onProgress: OnProgress,
): void {
  for (const { message, result } of settlements) {
    if (result.kind === 'failed' && result.problem.code === 'KEY_TAKEN')
      counts.taken.add(message.id);
    const { state } = result.kind === 'delivered' ? (result.stays ?? {}) : {};
    // The target has it, but not all of it: it is tried again, or a person is to see to it.
    const as = state === 'failed' || state === 'retrying' ? state : result.kind;
    if (as === 'retrying') counts.retried += 1;
    else if (as !== 'discarded' && as !== 'blocked') counts[as] += 1;
  }
  const done = Math.min(total, progressOf(counts) + counts.failed);
  onProgress({ step: `deliver ${target.flow.name}`, done, total, ended: false });
}
