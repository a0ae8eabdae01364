import { Failure } from '../../failure/failure.ts';
import type { Problem } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';

/** A part of the hub that does not answer. */
export interface Unreached {
  readonly part: 'store' | 'broker';
  readonly problem: Problem;
}

/** Asks the store and the broker whether they would take anything. */
export async function findUnreached({ store, broker }: Engine): Promise<readonly Unreached[]> {
  const asked = await Promise.all([
    problemOf('store', async () => void (await store.getValue('prepared for'))),
    problemOf('broker', () => broker.reach()),
  ]);
  return asked.filter((one) => one !== null);
}

async function problemOf(
  part: Unreached['part'],
  ask: () => Promise<void>,
): Promise<Unreached | null> {
  try {
    await ask();
    return null;
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return { part, problem: failure.toProblem() };
  }
}
