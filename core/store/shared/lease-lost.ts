import { TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Lease } from '../run-store.ts';

/** A write under a lease of which a newer term has begun. */
export function leaseLost({ name, term }: Lease): TransientFailure {
  return new TransientFailure('LEASE_LOST', saying('termRefused', { name, term: String(term) }));
}
