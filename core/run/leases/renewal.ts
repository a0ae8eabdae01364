import { TransientFailure } from '../../failure/failure.ts';
import type { Lease } from '../../store/run-store.ts';
import type { Leasing } from './holder.ts';

const TAKEN = 'another process has taken over: this one did not answer for a minute';
const UNSURE = 'the store has not answered for a minute: another process may have taken over';

/** A lease that is renewed until it is stopped; `lost` fires where it is ours no more. */
export interface Renewal {
  readonly lost: AbortSignal;
  stop(): void;
}

/**
 * Renews a lease in time. Where the store does not answer until it has run out, it is as good as
 * lost: another process can have it by then. A store that fails for a while shows at the work.
 */
export function keepRenewed(
  { name, term }: Lease,
  { store, owner, now }: Leasing,
  ttlMs: number,
): Renewal {
  const lost = new AbortController();
  let renewedAt = now();
  let isAsked = false;
  const lose = (text: string) => lost.abort(new TransientFailure('LEASE_LOST', text));
  const giveUpInTime = () => {
    if (now() - renewedAt >= ttlMs) lose(UNSURE);
  };
  const renew = async () => {
    if (isAsked) return giveUpInTime();
    isAsked = true;
    const at = now();
    const renewed = await store.runs.lease(name, owner, at, ttlMs).catch(() => undefined);
    isAsked = false;
    if (renewed === undefined) giveUpInTime();
    else if (renewed?.term !== term) lose(TAKEN);
    else renewedAt = at;
  };
  const timer = setInterval(renew, ttlMs / 3);
  return { lost: lost.signal, stop: () => clearInterval(timer) };
}
