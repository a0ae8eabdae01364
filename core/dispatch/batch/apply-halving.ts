import type { Operation, Outcome } from '../../connector/connector.ts';
import { Failure } from '../../failure/failure.ts';
import type { HandleContext } from './handling.ts';

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
