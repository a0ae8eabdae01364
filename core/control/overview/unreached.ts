import { askBroker } from '../../broker/outage.ts';
import { Failure } from '../../failure/failure.ts';
import type { Problem } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import type { Store } from '../../store/store.ts';

/** A part of the hub that does not answer. */
export interface Unreached {
  readonly part: 'store' | 'broker';
  readonly problem: Problem;
  /** When it was noticed first, by whoever did; epoch milliseconds. */
  readonly since: number;
}

/** Since when a store has been out, as this process has noticed: where else could it be noted? */
const storeOutSince = new WeakMap<Store, number>();

/** Asks the store and the broker whether they would take anything. */
export async function findUnreached(engine: Engine): Promise<readonly Unreached[]> {
  const asked = [await storeOut(engine), await brokerOut(engine)];
  return asked.filter((one) => one !== null);
}

async function storeOut({ store, now }: Engine): Promise<Unreached | null> {
  try {
    await store.getValue('prepared for');
    storeOutSince.delete(store);
    return null;
  } catch (failure) {
    const since = storeOutSince.get(store) ?? now();
    storeOutSince.set(store, since);
    return { part: 'store', problem: problemOf(failure), since };
  }
}

/** Without the store nothing can be noted of the broker: it is asked all the same. */
async function brokerOut({ store, broker, now }: Engine): Promise<Unreached | null> {
  const isNoting = !storeOutSince.has(store);
  try {
    const outage = isNoting ? await askBroker(broker, { store, now }) : await broker.reach();
    return outage == null ? null : { part: 'broker', ...outage };
  } catch (failure) {
    return { part: 'broker', problem: problemOf(failure), since: now() };
  }
}

function problemOf(failure: unknown): Problem {
  if (failure instanceof Failure) return failure.toProblem();
  throw failure;
}
