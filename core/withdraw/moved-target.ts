import { writeAmbiguous } from '../dispatch/ambiguous.ts';
import { REWRITE } from '../dispatch/deliver-snapshot.ts';
import type { Flow } from '../flow/compiled.ts';
import { changesAsWhole, type Target, type TargetKind } from '../flow/target.ts';
import { inBatches } from '../message/batches.ts';
import type { ObjectRef } from '../message/message.ts';
import { forgetScope } from '../plan/scope/plan-scope.ts';
import { type Engine, targetOfFlow } from '../run/engine.ts';
import { type LedgerRow, plainRow, rowsOf } from '../store/ledger-store.ts';
import { keptValue, type Store } from '../store/store.ts';
import { type ReadKind, unreadKind, withReadBack } from './read-back.ts';

/** By target: where the system was that the ledger is of, as `Engine.whereIs` says it. */
const ADDRESS = keptValue<string>('address');

const BATCH = 500;

/** True where the ledger is of a system at another address than this one. */
export async function hasMoved(store: Store, target: string, address: string): Promise<boolean> {
  const before = await ADDRESS.read(store, target);
  return before !== null && before !== address;
}

/**
 * Looks at a target whose binding has another address than before: it may be the same system, or
 * another in which our ids are those of strangers. What it shows by our key is known by the id that
 * it shows; what it does not show is made there. A set is written anew. Throws what keeps a target
 * from being asked: nothing may be told to it before.
 */
export async function lookWhereMoved(
  engine: Engine,
  flow: Flow,
  signal: AbortSignal,
): Promise<void> {
  const { store } = engine;
  const target = targetOfFlow(engine, flow);
  const { address } = await engine.whereIs(flow.to);
  const before = await ADDRESS.read(store, target.name);
  if (before === address) return;
  if (before !== null) {
    if (changesAsWhole(target)) await REWRITE.write(store, target.name, true);
    else await lookAgain(engine, flow, target, signal);
  }
  await ADDRESS.write(store, target.name, address);
}

async function lookAgain(
  engine: Engine,
  flow: Flow,
  target: Target,
  signal: AbortSignal,
): Promise<void> {
  const { store } = engine;
  await forgetScope(store, target.name);
  await withReadBack(engine, flow, signal, async (read) => {
    for (const kind of target.kinds) {
      if ((await store.ledger.originKinds(target.name, kind.kind)).length > 0)
        await lookAtKind(engine, target, kind, read);
    }
  });
  // Whom persons were to choose was the former system's.
  await writeAmbiguous(store, target.name, new Map());
}

async function lookAtKind(
  { store: { ledger } }: Engine,
  target: Target,
  kind: TargetKind,
  read: ReadKind,
): Promise<void> {
  const idsOf = await idsThere(kind, read);
  const moved: LedgerRow[] = [];
  const gone: ObjectRef[] = [];
  for await (const rows of rowsOf(ledger, target.name, kind.kind)) {
    for (const row of rows) {
      const ids = idsOf(row.ref.key);
      const [remoteId] = ids;
      if (remoteId === undefined) gone.push(row.ref);
      else if (!ids.includes(row.remoteId)) moved.push({ ...plainRow(row), remoteId, hash: '' });
    }
  }
  for (const batch of inBatches(moved, BATCH)) await ledger.write(batch, []);
  for (const batch of inBatches(gone, BATCH)) await ledger.write([], batch);
}

/** By our key: the ids there; none where it is not there. Null of what the target does not tell. */
async function idsThere(
  kind: TargetKind,
  read: ReadKind,
): Promise<(key: string) => readonly (string | null)[]> {
  const ids = new Map<string, (string | null)[]>();
  try {
    for await (const { key, remoteId } of read(kind.kind)) {
      if (key !== null) ids.set(key, [...(ids.get(key) ?? []), remoteId]);
    }
  } catch (error) {
    unreadKind(kind, error);
    return () => [null];
  }
  return (key) => ids.get(key) ?? [];
}
