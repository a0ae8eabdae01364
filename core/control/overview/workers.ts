import { placeOfOwner } from '../../config/owner.ts';
import type { Progress } from '../../message/progress.ts';
import type { Engine } from '../../run/engine.ts';
import type { Store } from '../../store/store.ts';
import { SILENT_MS } from '../serve/presence.ts';
import type { UnderWay } from './under-way.ts';

/** A process of the hub, and what it does. */
export interface WorkerState {
  /** `host/pid`. */
  readonly place: string;
  readonly role: string;
  /** Of the program: its number, and the beginning of its print. '' where it does not say. */
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly seenAt: number;
  /** False: it has said nothing for so long that it is gone, or cut off. */
  readonly isAlive: boolean;
  /** What it alone may do now: `sync`, `target lms:itslearning`. */
  readonly holds: readonly string[];
  readonly steps: readonly Progress[];
}

/** Every process that serves here, and those that ended without a word. */
export async function workersOf(
  store: Pick<Store, 'runs'>,
  now: () => number,
): Promise<readonly WorkerState[]> {
  const leases = await store.runs.leased(now());
  return (await store.runs.workers()).map(({ owner, role, version, startedAt, seenAt, steps }) => ({
    ...{ place: placeOfOwner(owner), role, version: version ?? '', startedAt, seenAt },
    isAlive: now() - seenAt <= SILENT_MS,
    holds: leases.filter((lease) => lease.owner === owner).map(({ name }) => name),
    steps,
  }));
}

/** What is under way, in this process or in another. */
export async function stepsOf(engine: Engine, own: UnderWay): Promise<readonly Progress[]> {
  const { store, now, owner } = engine;
  const others = (await store.runs.workers()).filter((worker) => {
    return worker.owner !== owner && now() - worker.seenAt <= SILENT_MS;
  });
  return [...own.steps(), ...others.flatMap(({ steps }) => steps)];
}
