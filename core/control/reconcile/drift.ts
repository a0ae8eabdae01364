import { comparableId } from '../../connector/objects/held-ids.ts';
import type { RemoteObject } from '../../connector/sink.ts';
import { type Deleted, deletionsOf } from '../../dispatch/batch/deleted.ts';
import { Failure } from '../../failure/failure.ts';
import type { Target, TargetKind } from '../../flow/target.ts';
import { inBatches } from '../../message/batches.ts';
import { flowsNamed } from '../../night/sync.ts';
import { forgetScope } from '../../plan/scope/plan-scope.ts';
import { type Engine, targetOfFlow } from '../../run/engine.ts';
import { type LedgerRow, plainRow, rowsOf } from '../../store/ledger-store.ts';
import {
  asDelivered,
  differing,
  keysByRemoteId,
  mayHold,
  type ReadKind,
  sentReferences,
  type UnreadKind,
  unreadKind,
  withOurKeys,
  withReadBack,
} from '../../withdraw/read-back.ts';
import type { DriftName, DriftRequest } from '../requests.ts';

/** How what a target holds differs from what it has confirmed: somebody else has changed it. */
export interface Drift {
  readonly objectKind: string;
  /** `returned`: the hub has deleted it, and it is there again, from a backup of the target. */
  readonly kind: 'changed' | 'missing' | 'returned';
  readonly key: string;
  /** Of a changed object: the fields that differ, and only those that the hub delivers. */
  readonly fields: readonly string[];
  /** Of what has returned: which run deleted it, and when (epoch milliseconds). */
  readonly deleted?: Pick<Deleted, 'run' | 'at'>;
}

export interface DriftReport {
  readonly flow: string;
  readonly target: string;
  /** False where the target cannot be asked what it holds. */
  readonly canBeAsked: boolean;
  readonly looked: number;
  readonly drifts: readonly Drift[];
  /** Of these, so many were noted, for the next plan to put right. */
  readonly repaired: number;
  /** Objects of the target that the hub has not delivered, or another flow has: left alone. */
  readonly foreign: number;
  /** Kinds that the target did not tell: nothing is said of them. */
  readonly unread: readonly UnreadKind[];
}

const BATCH = 500;

/**
 * Asks a target what it holds, and compares that with the ledger; null if there is no such flow.
 * With `repair` the ledger takes note of what is really there, so that the next plan puts it right:
 * what was changed is updated, what is missing is made again, what has returned goes as it went
 * before; only of those that are named, where some are.
 */
export async function findDrift(
  engine: Engine,
  request: DriftRequest,
): Promise<DriftReport | null> {
  const { repair, signal } = request;
  const [flow] = flowsNamed(engine, request.flow);
  if (flow === undefined) return null;
  const target = targetOfFlow(engine, flow);
  const report = { flow: flow.name, target: target.name, looked: 0, foreign: 0, repaired: 0 };
  const unread: UnreadKind[] = [];
  if (repair) await forgetScope(engine.store, target.name);
  const drifts = await withReadBack(engine, flow, signal, async (read) => {
    const all: Drift[] = [];
    for (const kind of target.kinds) {
      if (!(await mayHold(engine, target, kind))) continue;
      try {
        const found = await driftOfKind(engine, target, kind, read, request);
        all.push(...found.drifts);
        report.looked += found.looked;
        report.foreign += found.foreign;
        report.repaired += found.repaired;
      } catch (error) {
        unread.push(unreadKind(kind, error));
      }
    }
    return all;
  });
  return { ...report, canBeAsked: drifts !== null, drifts: drifts ?? [], unread };
}

async function driftOfKind(
  engine: Engine,
  target: Target,
  kind: TargetKind,
  read: ReadKind,
  request: DriftRequest,
): Promise<Pick<DriftReport, 'drifts' | 'looked' | 'foreign' | 'repaired'>> {
  const { ledger } = engine.store;
  const { flow, repair, onProgress, signal } = request;
  const isMeant = namedIn(request);
  const total = await ledger.count(target.name, kind.kind);
  const keys = await keysByRemoteId(engine, target, kind);
  const returned = await returnedIn(engine, target, kind, keys);
  const drifts: Drift[] = [];
  const repaired: LedgerRow[] = [];
  const seen = new Set<string>();
  let [looked, foreign] = [0, 0];
  for await (const { key, remoteId, object } of read(kind.kind)) {
    looked += 1;
    if (looked % BATCH === 0) {
      signal.throwIfAborted();
      onProgress?.({ step: `compare ${flow} ${kind.kind}`, done: looked, total, ended: false });
    }
    const [row] = key === null ? [] : await ledger.byKeys(target.name, kind.kind, [key]);
    // By another id it is not what we made, though it carries our key: a copy, or made anew.
    if (row === undefined || isOther(row.remoteId, remoteId)) {
      const back = row === undefined ? await returned({ key, remoteId, object }) : null;
      if (back === null) foreign += 1;
      else drifts.push(back.drift);
      if (back !== null && repair && isMeant(back.drift)) repaired.push(back.row);
      continue;
    }
    seen.add(row.ref.key);
    const actual = asDelivered(withOurKeys(object, kind, keys), row.object);
    const fields = differing(row.object, actual);
    if (fields.length === 0) continue;
    drifts.push({ objectKind: kind.kind, kind: 'changed', key: row.ref.key, fields });
    if (!repair || !isMeant({ objectKind: kind.kind, key: row.ref.key })) continue;
    const references = sentReferences(object, kind, keys);
    repaired.push({ ...plainRow(row), object: actual, references, hash: '' });
  }
  const missing = await missingRows(engine, target, kind, seen);
  drifts.push(...missing.map(asMissing));
  const removals = repair ? missing.map(({ ref }) => ref).filter(isMeant) : [];
  for (const batch of inBatches(removals, BATCH)) await ledger.write([], batch);
  for (const batch of inBatches(repaired, BATCH)) await ledger.write(batch, []);
  onProgress?.({ step: `compare ${flow} ${kind.kind}`, done: looked, total, ended: true });
  return { drifts, looked, foreign, repaired: removals.length + repaired.length };
}

/** What the target shows that the hub has deleted, with the row by which it goes once more. */
async function returnedIn(
  engine: Engine,
  target: Target,
  kind: TargetKind,
  keys: ReadonlyMap<string, string>,
): Promise<(shown: RemoteObject) => Promise<{ drift: Drift; row: LedgerRow } | null>> {
  const { store, now } = engine;
  let others: readonly string[] | null = null;
  const deletionOf = await deletionsOf(target.name, kind.kind, store);
  return async ({ key, remoteId, object }) => {
    if (key === null || remoteId === null) return null;
    const found = await deletionOf(key, remoteId);
    if (found === null) return null;
    others ??= await targetsOfSameSystem(engine, target);
    for (const other of others) {
      if ((await store.ledger.byKeys(other, kind.kind, [key])).length > 0) return null;
    }
    const { origin, run, at } = found;
    const ref = { target: target.name, objectKind: kind.kind, key };
    const drift = { objectKind: kind.kind, kind: 'returned', key, fields: [] } as const;
    const row: LedgerRow = {
      ...{ ref: { ...ref, origin }, unit: '', hash: '', object: withOurKeys(object, kind, keys) },
      ...{ remoteId, references: sentReferences(object, kind, keys), run },
      ...{ confirmedAt: now(), suspendedSince: null },
    };
    return { drift: { ...drift, deleted: { run, at } }, row };
  };
}

/**
 * Other targets of the hub that are one system with this: what they hold is wanted there. One that
 * cannot be opened now may be, too.
 */
async function targetsOfSameSystem(engine: Engine, target: Target): Promise<readonly string[]> {
  const { address } = await engine.whereIs(target.flow.to);
  const names = new Set<string>();
  for (const flow of engine.workspace.flows) {
    const { name } = targetOfFlow(engine, flow);
    if (name === target.name) continue;
    const isSame = await engine.whereIs(flow.to).then((one) => one.address === address, orMaybe);
    if (isSame) names.add(name);
  }
  return [...names];
}

function orMaybe(failure: unknown): true {
  if (!(failure instanceof Failure)) throw failure;
  return true;
}

function isOther(known: string | null, shown: string | null): boolean {
  return known !== null && shown !== null && comparableId(known) !== comparableId(shown);
}

/** Which objects a repair is about: what a person has been shown, or all. */
function namedIn({ only }: DriftRequest): (one: DriftName) => boolean {
  if (only === undefined) return () => true;
  const nameOf = ({ objectKind, key }: DriftName) => JSON.stringify([objectKind, key]);
  const names = new Set(only.map(nameOf));
  return (one) => names.has(nameOf(one));
}

function asMissing({ ref: { objectKind, key } }: LedgerRow): Drift {
  return { objectKind, kind: 'missing', key, fields: [] };
}

async function missingRows(
  { store: { ledger } }: Engine,
  target: Target,
  kind: TargetKind,
  seen: ReadonlySet<string>,
): Promise<readonly LedgerRow[]> {
  const missing: LedgerRow[] = [];
  for await (const rows of rowsOf(ledger, target.name, kind.kind)) {
    missing.push(...rows.filter(({ ref }) => !seen.has(ref.key)));
  }
  return missing;
}
