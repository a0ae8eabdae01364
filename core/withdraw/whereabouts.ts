import type { Target, TargetKind } from '../flow/target.ts';
import type { OutboundMapping } from '../mapping/compiled.ts';
import { inBatches } from '../message/batches.ts';
import { isObject, sameJson } from '../message/digest.ts';
import type { Json, JsonObject } from '../message/message.ts';
import { projectNow } from '../plan/project.ts';
import type { FlowContext } from '../run/flow-task.ts';
import type { LedgerRow } from '../store/ledger-store.ts';
import { WHEREABOUTS } from '../view/conceal.ts';
import { protectedOnes, type Retraction, retractionOf, type Update } from './retraction.ts';

type Told = Pick<FlowContext, 'store' | 'canonical' | 'views' | 'today'>;

const BATCH = 500;

/** All that protection takes from a target now. */
export async function retractionNow(
  target: Target,
  context: Told & Pick<FlowContext, 'needs'>,
): Promise<Retraction> {
  const { ids, households } = await protectedOnes(context.store, context);
  const known = await retractionOf(target, ids, context.store);
  return withoutWhereabouts(target, known, households, context);
}

/**
 * The retraction with what those gave who live with a protected person: only the fields whose rules
 * read where somebody can be found are as they are to be by now, all else is as it was confirmed
 * last, so that no guard need look at it.
 */
async function withoutWhereabouts(
  target: Target,
  retraction: Retraction,
  households: ReadonlySet<string>,
  context: Told,
): Promise<Retraction> {
  // Without anybody, no mapping is asked what it reads, which would compile it.
  if (households.size === 0) return retraction;
  const updates = new Map<TargetKind, readonly Update[]>();
  for (const kind of target.kinds) {
    const gone = new Set(retraction.removals.get(kind)?.map(({ ref }) => ref.key));
    const told = new Map(retraction.updates.get(kind)?.map((one) => [one.row.ref.key, one]));
    for (const mapping of kind.mappings) {
      const fields = exposing(mapping, kind);
      if (fields.length === 0) continue;
      for await (const { row, wanted } of givenBy(households, target, kind, mapping, context)) {
        const before = told.get(row.ref.key)?.object ?? row.object;
        const object = replaced(before, wanted, fields);
        if (gone.has(row.ref.key) || sameJson(object, before)) continue;
        told.set(row.ref.key, { row, object });
      }
    }
    updates.set(kind, [...told.values()]);
  }
  return { ...retraction, updates };
}

/** Fields, dotted, whose rules read where a person can be found; references are not told here. */
function exposing({ from, rules }: OutboundMapping, { references }: TargetKind): readonly string[] {
  if (from.kind !== 'person') return [];
  const isWhereabouts = (field: string) => WHEREABOUTS.some((one) => one === field);
  const exposed = rules.filter(({ reads, lookups }) => {
    const isLookedUp = lookups.some(({ kind, field }) => {
      return kind === 'person' && (field === null || isWhereabouts(field));
    });
    return isLookedUp || reads.some(isWhereabouts);
  });
  const isReference = (field: string) => references.some(({ path }) => path[0] === field);
  return exposed.map(({ field }) => field).filter((field) => !isReference(field));
}

/** What the target holds from these persons, and what it is to be by now: empty for nothing. */
async function* givenBy(
  persons: ReadonlySet<string>,
  target: Target,
  { kind }: TargetKind,
  mapping: OutboundMapping,
  context: Told,
): AsyncGenerator<{ readonly row: LedgerRow; readonly wanted: JsonObject }> {
  const ids = [...persons];
  for (const batch of inBatches(ids, BATCH)) {
    const origins = batch.map((id) => ({ kind: mapping.from.kind, id }));
    const rows = await context.store.ledger.byOrigins(target.name, kind, origins);
    const wanted = await wantedOf(target, mapping, rows, context);
    for (const row of rows) yield { row, wanted: wanted.get(row.ref.key) ?? {} };
  }
}

/** By key: the objects as the target is to hold them by now. */
async function wantedOf(
  target: Target,
  mapping: OutboundMapping,
  rows: readonly LedgerRow[],
  { store, canonical, views, today }: Told,
): Promise<ReadonlyMap<string, JsonObject>> {
  const ids = [...new Set(rows.map(({ ref }) => ref.origin.id))];
  const projected = await projectNow(target, mapping, ids, {
    ...{ store, canonical, views },
    today: today(),
  });
  const wanted = projected.flatMap((one) => one.wanted);
  return new Map(wanted.map(({ key, object }) => [key, object]));
}

/** The object with these fields, dotted, as another has them; what that has not goes. */
function replaced(object: JsonObject, by: JsonObject, fields: readonly string[]): JsonObject {
  const result: Record<string, Json> = { ...object };
  for (const name of new Set([...Object.keys(object), ...Object.keys(by)])) {
    const [old, wanted] = [object[name], by[name]];
    const begin = `${name}.`;
    const inner = fields.flatMap((one) => (one.startsWith(begin) ? [one.slice(begin.length)] : []));
    const isWhole = fields.includes(name) || (inner.length > 0 && !isObject(old));
    if (isWhole && wanted === undefined) delete result[name];
    else if (isWhole && wanted !== undefined) result[name] = wanted;
    else if (inner.length > 0 && isObject(old)) {
      result[name] = replaced(old, isObject(wanted) ? wanted : {}, inner);
    }
  }
  return result;
}
