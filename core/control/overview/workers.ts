import { placeOfOwner } from '../../config/owner.ts';
import { Failure } from '../../failure/failure.ts';
import type { Progress } from '../../message/progress.ts';
import { type Engine, targetOfFlow } from '../../run/engine.ts';
import type { Worker } from '../../store/run-store.ts';
import type { Store } from '../../store/store.ts';
import { SILENT_MS, type UnderWay } from './presence.ts';

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
  return [...own.steps(), ...(await othersAlive(engine)).flatMap(({ steps }) => steps)];
}

async function othersAlive({ store, now, owner }: Engine): Promise<readonly Worker[]> {
  const isAlive = (one: Worker) => one.owner !== owner && now() - one.seenAt <= SILENT_MS;
  return (await store.runs.workers()).filter(isAlive);
}

/** What is on its way to one target. */
export interface QueueState {
  readonly target: string;
  /** Tickets in its queue that nobody has taken; null where the broker does not say. */
  readonly ready: number | null;
  /** Tickets that a process has taken and not handled yet. */
  readonly unacknowledged: number;
  /** How long the oldest message has waited for its turn or its next attempt; 0 where none does. */
  readonly lagMs: number;
}

/** The queues of all targets that take single objects. */
export async function queuesOf(engine: Engine): Promise<readonly QueueState[]> {
  const { store, broker, workspace, now } = engine;
  const at = now();
  const since = new Map(
    (await store.messages.waitingSince()).map((one) => [one.target, one.since]),
  );
  const others = await othersAlive(engine);
  const inHand = [broker.inHand(), ...others.map((worker) => worker.inHand ?? {})];
  const targets = workspace.flows.map((flow) => targetOfFlow(engine, flow));
  const states: QueueState[] = [];
  for (const { name: target, mode } of targets) {
    if (mode !== 'operations') continue;
    states.push({
      target,
      ready: await broker.ready(target).catch(unknown),
      unacknowledged: inHand.reduce((sum, own) => sum + (own[target] ?? 0), 0),
      lagMs: Math.max(0, at - (since.get(target) ?? at)),
    });
  }
  return states;
}

function unknown(failure: unknown): null {
  if (failure instanceof Failure) return null;
  throw failure;
}
