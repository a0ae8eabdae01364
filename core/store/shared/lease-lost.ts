import { TransientFailure } from '../../failure/failure.ts';
import type { Lease } from '../run-store.ts';

/** A write under a lease of which a newer term has begun. */
export function leaseLost({ name, term }: Lease): TransientFailure {
  const text = `another process has taken over ${name}: what came of term ${term} is refused`;
  return new TransientFailure('LEASE_LOST', text);
}
