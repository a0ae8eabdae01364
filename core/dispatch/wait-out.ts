import { noteBack, noteOut } from '../broker/outage.ts';
import { Failure } from '../failure/failure.ts';
import type { Target } from '../flow/target.ts';
import { type BackoffRules, backoffMs } from './backoff.ts';
import type { DeliveryContext } from './delivery.ts';

/** A broker that is back is seen soon, whatever a target's own pauses are. */
const BROKER_PAUSES: BackoffRules = { firstDelayMs: 1000, maxDelayMs: 30_000 };

/**
 * Tries until nothing is out, or our patience ends: while a target is out, one call after a pause
 * is enough. A broker that is out is waited for as long: what is open stands in the store, and is
 * published anew; that it is out is noted, for those who look. Throws BROKER_OUT where it is not
 * back by then.
 */
export async function waitOut(
  target: Target,
  { store, now, patienceMs, log, sleep, signal }: DeliveryContext,
  attempt: () => Promise<Failure | null>,
): Promise<void> {
  const until = now() + patienceMs;
  let wasBroker = false;
  for (let pause = 1; ; pause++) {
    const outage = await attempt().catch(ofBroker);
    const isBroker = outage?.code === 'BROKER_OUT';
    if (wasBroker && !isBroker) await noteBack({ store });
    wasBroker = isBroker;
    if (outage === null) return;
    if (isBroker) await noteOut({ store, now }, outage);
    const rules = isBroker ? BROKER_PAUSES : target.flow.delivery;
    const wait = backoffMs(pause, rules, outage.retryAfterMs);
    if (now() + wait > until) {
      if (isBroker) throw outage;
      return;
    }
    if (isBroker) log.warn({ target: target.name, code: outage.code }, 'delivery waits');
    await sleep(wait, signal);
  }
}

function ofBroker(failure: unknown): Failure {
  if (failure instanceof Failure && failure.code === 'BROKER_OUT') return failure;
  throw failure;
}
