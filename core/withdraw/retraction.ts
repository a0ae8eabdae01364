import type { Target, TargetKind } from '../flow/target.ts';
import { inBatches } from '../message/batches.ts';
import { digestOf } from '../message/digest.ts';
import type { EntityRef, JsonObject } from '../message/message.ts';
import { withoutReferences } from '../message/reference-walk.ts';
import type { Entry } from '../plan/compare.ts';
import type { PlanBatch } from '../plan/plan-batch.ts';
import type { FlowContext } from '../run/flow-task.ts';
import { type LedgerRow, plainRow, rowsOf } from '../store/ledger-store.ts';
import type { Store } from '../store/store.ts';
import { readConcealment } from '../view/preloaded.ts';
import { type Retracted, readRetracted } from './kept-retracted.ts';

/** What a target holds and must not hold: by it a protected person could be found. */
export interface Retraction {
  /** Of each kind: objects that go. */
  readonly removals: ReadonlyMap<TargetKind, readonly LedgerRow[]>;
  /** Of each kind: objects that stay, without their references to what goes. */
  readonly updates: ReadonlyMap<TargetKind, readonly Update[]>;
  /** All that goes, and what went before and is not yet known to be gone. */
  readonly retracted: readonly Retracted[];
}

/** An object that stays, and what is to be left of it. */
export interface Update {
  readonly row: LedgerRow;
  readonly object: JsonObject;
}

/** Whom protection is about. */
export interface ProtectedOnes {
  /** By kind. */
  readonly ids: Ids;
  /** Those who live with them. */
  readonly households: ReadonlySet<string>;
}

type Ids = ReadonlyMap<string, ReadonlySet<string>>;
/** Kind -> key -> what goes under it. */
type Gone = Map<string, Map<string, Retracted>>;

const BATCH = 500;

/**
 * Who is protected, also if no source names them any more, what is nothing without them, and who
 * lives with them.
 */
export async function protectedOnes(
  store: Store,
  { canonical, needs }: Pick<FlowContext, 'canonical' | 'needs'>,
): Promise<ProtectedOnes> {
  if (needs.protectedPersons === 'include') return { ids: new Map(), households: new Set() };
  const { hidden, households } = await readConcealment(store.entities, canonical);
  const ids = new Map([...hidden].map(([kind, some]) => [kind, new Set(some)]));
  for (const { entity } of await store.protections.all()) {
    ids.set(entity.kind, (ids.get(entity.kind) ?? new Set()).add(entity.id));
  }
  return { ids, households };
}

/** Reads from the ledger alone what shows these entities: no mapping, plan or guard has a say. */
export async function retractionOf(target: Target, ids: Ids, store: Store): Promise<Retraction> {
  const removals = new Map<TargetKind, LedgerRow[]>();
  const gone: Gone = new Map();
  for (const one of await readRetracted(store, target.name)) {
    const isStill = ids.get(one.origin.kind)?.has(one.origin.id) === true;
    if (isStill && !(await isOthers(one, target, ids, store))) note(gone, one);
  }
  for (const kind of target.kinds) {
    const rows = await rowsFrom(target, kind, ids, store);
    removals.set(kind, [...rows]);
    for (const row of rows) note(gone, retractedOf(row, row.ref.origin));
  }
  const updates = new Map<TargetKind, Update[]>();
  // What goes with what it refers to may be referred to itself.
  while (gone.size > 0 && (await follow(target, gone, removals, updates, store)));
  const retracted = [...gone.values()].flatMap((keys) => [...keys.values()]);
  return { removals, updates, retracted };
}

export function isNothing(retraction: Retraction): boolean {
  const { update, delete: deletions } = countsOf(retraction);
  return update + deletions === 0;
}

/** How many objects lose something, and how many go. */
export function countsOf({ removals, updates }: Retraction) {
  return {
    update: [...updates.values()].flat().length,
    delete: [...removals.values()].flat().length,
  };
}

/** Looks once for what refers to what goes; true if more has to go. */
async function follow(
  target: Target,
  gone: Gone,
  removals: Map<TargetKind, LedgerRow[]>,
  updates: Map<TargetKind, Update[]>,
  { ledger }: Store,
): Promise<boolean> {
  let isMore = false;
  for (const kind of target.kinds) {
    const own: Update[] = [];
    updates.set(kind, own);
    if (!kind.references.some((one) => gone.has(one.kind))) continue;
    for await (const rows of rowsOf(ledger, target.name, kind.kind)) {
      for (const row of rows) {
        if (gone.get(kind.kind)?.has(row.ref.key) === true) continue;
        const { object, because } = withoutGone(row.object, kind, gone);
        if (because === null) continue;
        if (object !== null) own.push({ row, object });
        else {
          removals.get(kind)?.push(row);
          note(gone, retractedOf(row, because));
          isMore = true;
        }
      }
    }
  }
  return isMore;
}

/** The object without what goes, and whom it showed; null for what is nothing without that. */
function withoutGone(
  whole: JsonObject,
  { references }: TargetKind,
  gone: Gone,
): { readonly object: JsonObject | null; readonly because: EntityRef | null } {
  let object: JsonObject | null = whole;
  let because: EntityRef | null = null;
  for (const { path, kind, required } of references) {
    const keys = gone.get(kind);
    if (object === null || keys === undefined) continue;
    object = withoutReferences(object, path, required, (key) => {
      const found = keys.get(String(key));
      if (found !== undefined) because ??= found.origin;
      return found === undefined;
    });
  }
  return { object, because };
}

/** What the ledger holds of a kind that these entities gave. */
export async function rowsFrom(
  { name }: Pick<Target, 'name'>,
  { kind }: Pick<TargetKind, 'kind'>,
  ids: Ids,
  { ledger }: Store,
): Promise<readonly LedgerRow[]> {
  const found: LedgerRow[] = [];
  for (const originKind of await ledger.originKinds(name, kind)) {
    const origins = [...(ids.get(originKind) ?? [])].map((id) => ({ kind: originKind, id }));
    for (const batch of inBatches(origins, BATCH)) {
      found.push(...(await ledger.byOrigins(name, kind, batch)));
    }
  }
  return found;
}

/** Whether the key is by now that of an object which somebody else gave. */
async function isOthers(
  { objectKind, key }: Retracted,
  { name }: Target,
  ids: Ids,
  { ledger }: Store,
): Promise<boolean> {
  const rows = await ledger.byKeys(name, objectKind, [key]);
  return rows.some(({ ref: { origin } }) => ids.get(origin.kind)?.has(origin.id) !== true);
}

function retractedOf({ ref, remoteId }: LedgerRow, origin: EntityRef): Retracted {
  return { objectKind: ref.objectKind, key: ref.key, remoteId, origin, shownIn: [] };
}

function note(gone: Gone, one: Retracted): void {
  const keys = gone.get(one.objectKind) ?? new Map<string, Retracted>();
  gone.set(one.objectKind, keys.set(one.key, one));
}

/** What is left of a plan, batch by batch, once what protection takes has gone first. */
export function afterRetraction({
  removals,
  updates,
}: Pick<Retraction, 'removals' | 'updates'>): (batch: PlanBatch) => PlanBatch {
  const gone = byKind(removals, ({ ref }) => ref.key);
  const told = byKind(updates, ({ row }) => row.ref.key);
  return (batch) => {
    const { kind } = batch.kind;
    const [removed, updated] = [gone.get(kind), told.get(kind)];
    const entries = batch.entries.flatMap((entry) => {
      const key = entry.row?.ref.key ?? '';
      if (removed?.has(key) === true) return withoutRow(entry);
      const update = updated?.get(key);
      return update === undefined ? [entry] : [withRow(entry, update)];
    });
    return { ...batch, entries };
  };
}

function byKind<T>(
  lists: ReadonlyMap<TargetKind, readonly T[]>,
  keyOf: (one: T) => string,
): ReadonlyMap<string, ReadonlyMap<string, T>> {
  return new Map(
    [...lists].map(([{ kind }, list]) => [kind, new Map(list.map((one) => [keyOf(one), one]))]),
  );
}

/** Somebody else's object under the key of one that has gone is a new one. */
function withoutRow(entry: Entry): readonly Entry[] {
  return entry.object === null ? [] : [{ ...entry, action: 'create', formerKey: null, row: null }];
}

function withRow(entry: Entry, { row, object }: Update): Entry {
  const hash = digestOf(object);
  const isDone = entry.action === 'update' && entry.hash === hash;
  const action = isDone ? 'same' : entry.action;
  return { ...entry, action, row: { ...plainRow(row), object, hash } };
}
