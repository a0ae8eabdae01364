import { TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';

/** Of what was made a moment ago and is said not to be there: it shows everywhere after a while. */
export function notYetThere(kind: string): TransientFailure {
  const hint = saying('notYetThereHint', {});
  return new TransientFailure('PREREQUISITE_MISSING', saying('notYetThere', { kind }), { hint });
}

/**
 * Of what is said not to be there and is shown: it may go in a while, or the target answers so to
 * what it does not do.
 */
export function stillThere(kind: string): TransientFailure {
  const hint = saying('stillThereHint', {});
  return new TransientFailure('TARGET_REFUSED', saying('stillThere', { kind }), { hint });
}
