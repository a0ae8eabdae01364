import { Failure } from '../../failure/failure.ts';
import type { Flow } from '../../flow/compiled.ts';
import type { Run } from '../../store/run-store.ts';
import { type Engine, targetOfFlow } from '../engine.ts';
import { stillKnown } from '../form.ts';
import type { SyncRequest } from '../sync-request.ts';
import { underLease, underTarget } from './lease.ts';

type Guarded = <T>(request: SyncRequest, work: (held: SyncRequest) => Promise<T>) => Promise<T>;

/** What of a sync others may do meanwhile. */
export interface Sharing {
  /** A sync from its beginning to its end. */
  readonly whole: Guarded;
  /** Its reading: entities change. */
  readonly reading: Guarded;
  /** The flows by who conducts them: planning and delivering those that one process does. */
  readonly conducted: (flows: readonly Flow[]) => readonly Conducted[];
}

/** Flows that are run together. */
interface Conducted {
  readonly those: readonly Flow[];
  readonly conducting: Guarded;
}

/** What the clock begins waits so long for deliveries to end, and then lets others go first. */
const PATIENCE_MS = 20_000;

const asItIs: Guarded = (request, work) => work(request);

/**
 * On one machine a sync is alone from its beginning to its end. On a cluster only its reading is:
 * after that each target has one conductor, wherever that is. STORE_NEWER, before anything is done,
 * where a newer version has brought what is stored up to date meanwhile.
 */
export function sharingOf(engine: Engine): Sharing {
  if (engine.workspace.config.cluster === null) {
    const whole: Guarded = (request, work) => underLease(engine, request, work);
    const conducted = (those: readonly Flow[]) => [{ those, conducting: asItIs }];
    return { whole, reading: asItIs, conducted };
  }
  const knowing =
    <T>(work: (held: SyncRequest) => Promise<T>) =>
    async (held: SyncRequest) => {
      await stillKnown(engine);
      return work(held);
    };
  return {
    whole: asItIs,
    reading: (request, work) => {
      const patienceMs = request.who === undefined ? PATIENCE_MS : 0;
      return underLease(engine, request, knowing(work), patienceMs);
    },
    conducted: (flows) =>
      flows.map((flow) => ({
        those: [flow],
        conducting: (request, work) => {
          const target = targetOfFlow(engine, flow).name;
          return underTarget(engine, target, flow.name, request, knowing(work));
        },
      })),
  };
}

/** Reads sources, while nobody else reads or delivers. */
export type Reading = (modules: readonly string[], held: SyncRequest) => Promise<readonly Run[]>;

/**
 * Reads these sources, if it must, once nobody delivers. Of flows that are due at the same time
 * whoever comes first reads for all: what was read since then need not be read again.
 */
export async function readUnread(
  engine: Engine,
  modules: readonly string[],
  request: SyncRequest,
  read: Reading,
): Promise<readonly Run[]> {
  const { reading } = sharingOf(engine);
  const { dueSince } = request;
  if (dueSince === undefined) return reading(request, (held) => read(modules, held));
  for (;;) {
    const unread = await unreadSince(engine, modules, dueSince);
    if (unread.length === 0) return [];
    try {
      return await reading(request, (held) => read(unread, held));
    } catch (failure) {
      if (!(failure instanceof Failure && failure.code === 'BUSY')) throw failure;
      await engine.sleep(BUSY_MS, request.signal);
    }
  }
}

/** Pause before it is looked again whether others have ended, or have read what was to be read. */
const BUSY_MS = 1000;

async function unreadSince(
  { store }: Engine,
  modules: readonly string[],
  since: number,
): Promise<readonly string[]> {
  const unread: string[] = [];
  for (const module of new Set(modules)) {
    const about = { subject: module, type: 'intake', outcome: 'done' } as const;
    const read = await store.runs.list({ ...about, from: since, limit: 1 });
    if (read.length === 0) unread.push(module);
  }
  return unread;
}
