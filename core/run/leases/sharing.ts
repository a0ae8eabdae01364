import type { Flow } from '../../flow/compiled.ts';
import { type Engine, targetOfFlow } from '../engine.ts';
import type { SyncRequest } from '../sync-request.ts';
import { underLease, underTarget } from './lease.ts';

type Guarded = <T>(request: SyncRequest, work: (held: SyncRequest) => Promise<T>) => Promise<T>;

/** What of a sync others may do meanwhile. */
export interface Sharing {
  /** A sync from its beginning to its end. */
  readonly whole: Guarded;
  /** Its reading: entities change. */
  readonly reading: Guarded;
  /** Planning and delivering one flow. */
  readonly conducting: (flow: Flow) => Guarded;
}

/** What the clock begins waits so long for deliveries to end, and then lets others go first. */
const PATIENCE_MS = 20_000;

const asItIs: Guarded = (request, work) => work(request);

/**
 * On one machine a sync is alone from its beginning to its end. On a cluster only its reading is:
 * after that each target has one conductor, wherever that is.
 */
export function sharingOf(engine: Engine): Sharing {
  if (engine.workspace.config.cluster === null) {
    const whole: Guarded = (request, work) => underLease(engine, request, work);
    return { whole, reading: asItIs, conducting: () => asItIs };
  }
  return {
    whole: asItIs,
    reading: (request, work) => {
      const patienceMs = request.who === undefined ? PATIENCE_MS : 0;
      return underLease(engine, request, work, patienceMs);
    },
    conducting: (flow) => (request, work) => {
      const target = targetOfFlow(engine, flow).name;
      return underTarget(engine, target, flow.name, request, work);
    },
  };
}
