import { Failure } from '../../failure/failure.ts';
import { flowsNamed } from '../../night/sync.ts';
import type { Engine } from '../../run/engine.ts';
import { holderOf, LEASE } from '../../run/leases/holder.ts';

/** What the next sync may change beside a plan, which is about what has been taken in. */
export interface Ahead {
  readonly module: string;
  /** Something lies at the source that has not been read; null: that cannot be told. */
  readonly isUnread: boolean | null;
  /** By stream: what is missing, and goes if more whole sets lack it too. */
  readonly leavers: Readonly<Record<string, number>>;
}

/** Of each source of the flows (or of the one named) of which there is something to say. */
export async function ahead(
  engine: Engine,
  flow: string | null,
  signal: AbortSignal,
): Promise<readonly Ahead[]> {
  const found: Ahead[] = [];
  for (const module of new Set(flowsNamed(engine, flow).flatMap(({ from }) => from))) {
    const isUnread = await hasUnread(engine, module, signal);
    const leavers = await engine.store.intake.leavers(module);
    if (isUnread !== false || Object.keys(leavers).length > 0) {
      found.push({ module, isUnread, leavers });
    }
  }
  return found;
}

/** A sync that is under way reads it already; a source that is away is told by its runs. */
async function hasUnread(
  engine: Engine,
  module: string,
  signal: AbortSignal,
): Promise<boolean | null> {
  const { store, openSource } = engine;
  if ((await holderOf(LEASE, engine)) !== null) return false;
  try {
    const source = await openSource(module);
    try {
      const since = await store.intake.checkpoint(module, '');
      if (source.fingerprint === undefined) return null;
      const news = await source.fingerprint(since);
      return news !== null && (await source.isUnchanged?.(since, signal)) !== true;
    } finally {
      await source.close();
    }
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return null;
  }
}
