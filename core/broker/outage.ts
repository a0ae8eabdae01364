import { Failure } from '../failure/failure.ts';
import type { Outage } from '../message/message.ts';
import { keptValue, type Store } from '../store/store.ts';
import type { Broker } from './broker.ts';

/** As whoever noticed it first has noted it. */
const OUTAGE = keptValue<Outage | null>('out');
const BROKER = 'broker';

interface Noting {
  readonly store: Pick<Store, 'getValue' | 'putValue'>;
  readonly now: () => number;
}

/** Notes that the broker is out, unless somebody has; answers since when. */
export async function noteOut({ store, now }: Noting, failure: Failure): Promise<Outage> {
  const known = await OUTAGE.read(store, BROKER);
  if (known !== null) return known;
  const outage = { since: now(), problem: failure.toProblem() };
  await OUTAGE.write(store, BROKER, outage);
  return outage;
}

/** Notes that it is there again. */
export async function noteBack({ store }: Pick<Noting, 'store'>): Promise<void> {
  if ((await OUTAGE.read(store, BROKER)) !== null) await OUTAGE.write(store, BROKER, null);
}

/** Asks the broker whether it takes tickets, and notes what it says; null where it does. */
export async function askBroker(
  broker: Pick<Broker, 'reach'>,
  noting: Noting,
): Promise<Outage | null> {
  try {
    await broker.reach();
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return noteOut(noting, failure);
  }
  await noteBack(noting);
  return null;
}

/** What is noted of it, for those who have no way to the broker; null where it is not out. */
export function knownOutage(store: Noting['store']): Promise<Outage | null> {
  return OUTAGE.read(store, BROKER);
}
