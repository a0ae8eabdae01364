import { comparableId } from '../connector/objects/held-ids.ts';
import { namesIn } from '../dispatch/batch/references.ts';
import { Failure } from '../failure/failure.ts';
import type { Flow } from '../flow/compiled.ts';
import type { Target, TargetKind } from '../flow/target.ts';
import { forgetScope } from '../plan/scope/plan-scope.ts';
import { type Engine, targetOfFlow } from '../run/engine.ts';
import { type LedgerRow, plainRow } from '../store/ledger-store.ts';
import { type Retracted, readRetracted, writeRetracted } from './kept-retracted.ts';
import {
  asDelivered,
  idsReferredTo,
  keysByRemoteId,
  mayHold,
  type ReadKind,
  sentReferences,
  unreadKind,
  withOurKeys,
  withReadBack,
} from './read-back.ts';
import { retractionOf } from './retraction.ts';

/** Kinds of objects in which a target still shows what it was told to forget. */
type Shown = Map<Retracted, Set<string>>;

/**
 * After a run that took a protected person from a target: asks the target whether it has forgotten
 * the person. What it still shows is noted in the ledger as held, so that the next run takes it out
 * again. A target that cannot be asked now is asked after the next run; one that never can is
 * believed.
 */
export async function checkRetracted(
  engine: Engine,
  flow: Flow,
  signal: AbortSignal,
): Promise<void> {
  const { store } = engine;
  const target = targetOfFlow(engine, flow);
  const kept = await readRetracted(store, target.name);
  if (kept.length === 0) return;
  const shown: Shown = new Map();
  try {
    await withReadBack(engine, flow, signal, async (read) => {
      for (const kind of target.kinds) {
        if (!(await concerns(engine, target, kind, kept))) continue;
        try {
          await lookIn(engine, target, kind, kept, read, shown);
        } catch (error) {
          // A kind that the service does not tell is believed, as a target that cannot be asked.
          unreadKind(kind, error);
        }
      }
    });
  } catch (error) {
    if (error instanceof Failure) return;
    throw error;
  }
  if (shown.size > 0) await forgetScope(store, target.name);
  const open = await openIn(engine, target, kept);
  const left = kept.filter((one) => shown.has(one) || open.has(nameOf(one)));
  const noted = left.map((one) => ({ ...one, shownIn: [...(shown.get(one) ?? [])] }));
  await writeRetracted(store, target.name, noted);
}

async function concerns(
  engine: Engine,
  target: Target,
  kind: TargetKind,
  kept: readonly Retracted[],
): Promise<boolean> {
  const kinds = new Set(kept.map(({ objectKind }) => objectKind));
  const isMeant = kinds.has(kind.kind) || kind.references.some((one) => kinds.has(one.kind));
  return isMeant && (await mayHold(engine, target, kind));
}

async function lookIn(
  engine: Engine,
  target: Target,
  kind: TargetKind,
  kept: readonly Retracted[],
  read: ReadKind,
  shown: Shown,
): Promise<void> {
  const { ledger } = engine.store;
  const keys = new Map(await keysByRemoteId(engine, target, kind));
  for (const { objectKind, remoteId, key } of kept) {
    const isReferredTo = kind.references.some((one) => one.kind === objectKind);
    if (isReferredTo && remoteId !== null) keys.set(comparableId(remoteId), key);
  }
  const note = (one: Retracted) => shown.set(one, (shown.get(one) ?? new Set()).add(kind.kind));
  for await (const { key, remoteId, object } of read(kind.kind)) {
    const [row] = key === null ? [] : await ledger.byKeys(target.name, kind.kind, [key]);
    const own = kept.find(
      (one) =>
        one.objectKind === kind.kind &&
        (one.remoteId === null
          ? one.key === key && row === undefined
          : isSameId(one.remoteId, remoteId)) &&
        // What others have made is there without us: only our mark on it shows anybody.
        (!kind.borrowed || one.key === key),
    );
    const named = kept.filter((one) => refersTo(object, kind, one));
    for (const one of named) note(one);
    if (own !== undefined) {
      note(own);
      if (row === undefined) await ledger.write([heldRow(target, own, engine.now())], []);
    } else if (row !== undefined && named.length > 0) {
      const actual = asDelivered(withOurKeys(object, kind, keys), row.object);
      const held = { object: { ...row.object, ...actual }, hash: '' };
      const references = sentReferences(object, kind, keys);
      await ledger.write([{ ...plainRow(row), ...held, references }], []);
    }
  }
}

function refersTo(object: LedgerRow['object'], kind: TargetKind, one: Retracted): boolean {
  const id = one.remoteId ?? one.key;
  const ids = idsReferredTo(object, kind).filter((to) => to.kind === one.objectKind);
  return ids.some((to) => isSameId(to.id, id));
}

function isSameId(a: string, b: string | null): boolean {
  return b !== null && comparableId(a) === comparableId(b);
}

/** That the target holds it after all: nothing but its ids, since it is only to go. */
function heldRow({ name }: Target, one: Retracted, now: number): LedgerRow {
  const { objectKind, key, origin, remoteId } = one;
  return {
    ref: { target: name, objectKind, origin, key },
    ...{ unit: '', hash: '', object: {}, remoteId, references: {}, run: '' },
    ...{ confirmedAt: now, suspendedSince: null },
  };
}

/** What the ledger itself still shows: it was refused, or the run came to nothing. */
async function openIn(
  { store }: Engine,
  target: Target,
  kept: readonly Retracted[],
): Promise<ReadonlySet<string>> {
  const ids = new Map<string, Set<string>>();
  for (const { origin } of kept) {
    ids.set(origin.kind, (ids.get(origin.kind) ?? new Set()).add(origin.id));
  }
  const { removals, updates } = await retractionOf(target, ids, store);
  const names = new Set<string>();
  for (const [kind, rows] of removals) {
    for (const { ref, object } of rows) {
      names.add(`${kind.kind}/${ref.key}`);
      for (const name of namesIn(object, kind)) names.add(name);
    }
  }
  for (const [kind, losses] of updates) {
    for (const { row } of losses) for (const name of namesIn(row.object, kind)) names.add(name);
  }
  return names;
}

function nameOf({ objectKind, key }: Retracted): string {
  return `${objectKind}/${key}`;
}
