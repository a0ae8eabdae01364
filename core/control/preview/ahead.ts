import { flowsNamed } from '../../night/sync.ts';
import type { Engine } from '../../run/engine.ts';
import { holderOf, LEASE } from '../../run/leases/holder.ts';
import { type Stop, stopOf, waitingOf } from './stops.ts';

/** What the next sync may change beside a plan, which is about what has been taken in. */
export interface Ahead {
  readonly module: string;
  /** Something lies at the source that has not been read; null: that cannot be told. */
  readonly isUnread: boolean | null;
  /** Why nothing would be read there; empty if that is not known. */
  readonly stops: readonly Stop[];
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
    const { isUnread, stop } = await hasUnread(engine, module, signal);
    const leavers = await engine.store.intake.leavers(module);
    const waiting = await waitingOf(engine, `intake ${module}`);
    const stops = stop === null ? waiting : [stop, ...waiting];
    if (isUnread !== false || stops.length > 0 || Object.keys(leavers).length > 0) {
      found.push({ module, isUnread, stops, leavers });
    }
  }
  return found;
}

/** A sync that is under way reads it already. */
async function hasUnread(
  engine: Engine,
  module: string,
  signal: AbortSignal,
): Promise<Pick<Ahead, 'isUnread'> & { readonly stop: Stop | null }> {
  const { store, openSource } = engine;
  if ((await holderOf(LEASE, engine)) !== null) return { isUnread: false, stop: null };
  try {
    const source = await openSource(module);
    try {
      const since = await store.intake.checkpoint(module, '');
      if (source.fingerprint === undefined) return { isUnread: null, stop: null };
      const news = await source.fingerprint(since);
      const isUnread = news !== null && (await source.isUnchanged?.(since, signal)) !== true;
      return { isUnread, stop: null };
    } finally {
      await source.close();
    }
  } catch (failure) {
    return { isUnread: null, stop: stopOf(failure, 'source') };
  }
}
