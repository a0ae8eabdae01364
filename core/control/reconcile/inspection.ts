import { Failure, TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { inBatches } from '../../message/batches.ts';
import type { Problem } from '../../message/message.ts';
import type { OnProgress, Progress } from '../../message/progress.ts';
import type { Engine } from '../../run/engine.ts';
import { holderOf, type Leasing } from '../../run/leases/holder.ts';
import { holding } from '../../run/leases/lease.ts';
import { type KeptValue, keptValue } from '../../store/store.ts';
import type { AdoptionReport } from './adoption.ts';
import type { DriftReport } from './drift.ts';

/** What was found in a target, by whom and when. */
export interface Found<R> {
  readonly report: R;
  /** It was not only looked at: the differences were noted, or what was there was taken. */
  readonly isDone: boolean;
  readonly who: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** How the last look into a target goes or went, in whatever process that is or was. */
export interface Inspection<R> {
  readonly state: 'running' | 'ended' | 'broken';
  /** What it is doing now; null before its first step, and when it is over. */
  readonly step: Progress | null;
  /** Why it broke off; null where it did not, or where its process is gone. */
  readonly problem: Problem | null;
  /** What was found last: by the one before, as long as this one has not ended. */
  readonly found: Found<R> | null;
}

/** `differ` is how many were found; the first of them are kept. */
export type KeptDrift = DriftReport & { readonly differ: number };
/** What waits for a person is counted here, and kept with the target. */
export type KeptAdoption = Omit<AdoptionReport, 'ambiguities'> & { readonly ambiguous: number };

/** A database takes 16 MB as one value; of more than so many, few are looked at one by one. */
const MOST_KEPT = 10_000;
const BATCH = 500;

interface Kind<T, R> {
  readonly name: 'drift' | 'adoption';
  /** By flow. */
  readonly value: KeptValue<Inspection<R>>;
  kept(report: T): R;
}

export const DRIFT: Kind<DriftReport, KeptDrift> = {
  name: 'drift',
  value: keptValue('drift'),
  kept: (report) => {
    const { drifts } = report;
    return { ...report, drifts: drifts.slice(0, MOST_KEPT), differ: drifts.length };
  },
};

export const ADOPTION: Kind<AdoptionReport, KeptAdoption> = {
  name: 'adoption',
  value: keptValue('adoption'),
  kept: ({ ambiguities, ...report }) => ({ ...report, ambiguous: ambiguities.length }),
};

interface Look {
  readonly flow: string;
  readonly who: string;
  readonly onProgress?: OnProgress;
  readonly signal: AbortSignal;
}

/**
 * How the last look for drift goes or went; null if nobody has looked. What the ledger has let go
 * since is not shown: its key may be a person's.
 */
export async function driftOf(
  engine: Leasing,
  flow: string,
): Promise<Inspection<KeptDrift> | null> {
  const last = await inspectionOf(DRIFT, engine, flow);
  if (last?.found == null) return last;
  const { report, isDone } = last.found;
  const drifts = await stillHeld(engine, report, isDone);
  return { ...last, found: { ...last.found, report: { ...report, drifts } } };
}

/** How the last look for what can be adopted goes or went; null if nobody has looked. */
export function adoptionOf(
  engine: Leasing,
  flow: string,
): Promise<Inspection<KeptAdoption> | null> {
  return inspectionOf(ADOPTION, engine, flow);
}

/** Forgets what was found before an instant. */
export async function purgeInspections(
  { store, workspace }: Pick<Engine, 'store' | 'workspace'>,
  before: number,
): Promise<void> {
  for (const { name } of workspace.flows) {
    for (const { value } of [DRIFT, ADOPTION]) {
      const at = (await value.read(store, name))?.found?.at ?? before;
      if (at < before) await value.write(store, name, null);
    }
  }
}

/** Looks into a target, and keeps how it goes and what is found. BUSY where somebody is at it. */
export async function keeping<Q extends Look, T, R>(
  kind: Kind<T, R>,
  engine: Leasing,
  request: Q,
  isDone: boolean,
  work: (request: Q) => Promise<T | null>,
): Promise<T | null> {
  const { store, now } = engine;
  const { flow, who } = request;
  const done = await holding(leaseOf(kind, flow), engine, request, async (held) => {
    const found = (await kind.value.read(store, flow))?.found ?? null;
    const write = (one: Partial<Inspection<R>>) =>
      kind.value.write(store, flow, { state: 'ended', step: null, problem: null, found, ...one });
    await write({ state: 'running' });
    const steps = keptSteps(held.onProgress, (step) => write({ state: 'running', step }));
    try {
      const report = await work({ ...held, onProgress: steps.onProgress });
      await steps.written();
      const own = report === null ? found : { report: kind.kept(report), isDone, who, at: now() };
      await write({ found: own });
      return report;
    } catch (failure) {
      await steps.written();
      const problem = failure instanceof Failure ? failure.toProblem() : null;
      // Where the store is out, it stays kept as running, and is nobody's.
      await write({ state: 'broken', problem }).catch(() => undefined);
      throw failure;
    }
  });
  if (done === null) throw new TransientFailure('BUSY', saying('anotherLooks', { flow }));
  return done.result;
}

/** One step at a time is written; those that come meanwhile are passed over. */
function keptSteps(onProgress: OnProgress | undefined, write: (step: Progress) => Promise<void>) {
  let last: Promise<void> | null = null;
  return {
    onProgress: (step: Progress) => {
      onProgress?.(step);
      // What a store that is out does not take shows at the work.
      last ??= write(step)
        .catch(() => undefined)
        .then(() => {
          last = null;
        });
    },
    written: async () => {
      await last;
    },
  };
}

async function inspectionOf<T, R>(
  kind: Kind<T, R>,
  engine: Leasing,
  flow: string,
): Promise<Inspection<R> | null> {
  const kept = await kind.value.read(engine.store, flow);
  if (kept?.state !== 'running') return kept;
  const isAlive = (await holderOf(leaseOf(kind, flow), engine)) !== null;
  return isAlive ? kept : { ...kept, state: 'broken', step: null };
}

function leaseOf<T, R>({ name }: Kind<T, R>, flow: string): string {
  return `${name} ${flow}`;
}

async function stillHeld(
  { store: { ledger } }: Leasing,
  { target, drifts }: DriftReport,
  isDone: boolean,
): Promise<DriftReport['drifts']> {
  const held: DriftReport['drifts'][number][] = [];
  for (const kind of new Set(drifts.map(({ objectKind }) => objectKind))) {
    const own = drifts.filter(({ objectKind }) => objectKind === kind);
    for (const some of inBatches(own, BATCH)) {
      const rows = await ledger.byKeys(
        target,
        kind,
        some.map(({ key }) => key),
      );
      const keys = new Set(rows.map(({ ref }) => ref.key));
      // What has returned is in the ledger only once it is to go.
      held.push(
        ...some.filter(({ key, kind: how }) => keys.has(key) || (how === 'returned' && !isDone)),
      );
    }
  }
  return held;
}
