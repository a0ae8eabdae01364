import type { Target, TargetKind } from '../flow/target.ts';
import type { OutboundMapping } from '../mapping/compiled.ts';
import { FOREVER } from '../message/dates.ts';
import type { EntityRef } from '../message/message.ts';
import type { LedgerRow } from '../store/ledger-store.ts';
import type { Recheck } from '../store/recheck-store.ts';
import { compare, type Entry, goesOn, withhold } from './compare.ts';
import { checkReferences, KnownKeys } from './known-keys.ts';
import type { Parked, PlanBatch, PlanContext } from './plan-batch.ts';
import { NOTHING, projectBatch } from './project.ts';
import { originsOf, preload } from './select-origins.ts';

/**
 * The plan of one target, as a stream: object kinds in their order of creation, within a kind by
 * mapping, within a mapping by entity id. A pure function of entities, flow, mappings and ledger:
 * planning twice in a row gives the same, and after delivery gives nothing.
 */
export async function* planTarget(target: Target, context: PlanContext): AsyncGenerator<PlanBatch> {
  const known = new KnownKeys(target);
  for (const kind of target.kinds) {
    known.begin(kind);
    if (refersToItself(kind)) await declare(target, kind, known, context);
    for (const mapping of kind.mappings) yield* planMapping(target, kind, mapping, known, context);
    yield* planOrphaned(target, kind, context);
  }
}

/** The kinds of entities that a plan of everything goes through, in its order. */
export function kindsRead({ kinds }: Pick<Target, 'kinds'>): readonly string[] {
  return kinds.flatMap((kind) => {
    const own = kind.mappings.map(({ from }) => from.kind);
    return refersToItself(kind) ? [...own, ...own] : own;
  });
}

function refersToItself({ kind, references }: TargetKind): boolean {
  return references.some((reference) => reference.kind === kind);
}

async function* planMapping(
  target: Target,
  kind: TargetKind,
  mapping: OutboundMapping,
  known: KnownKeys,
  context: PlanContext,
): AsyncGenerator<PlanBatch> {
  const originKind = mapping.from.kind;
  for await (const groups of originsOf(target, kind, originKind, context)) {
    const projected = await projectBatch(target, mapping, groups, context);
    if (context.only != null)
      await preload(target, kind, projected, known, context.only, context.ledger);
    const entries: Entry[] = [];
    const parked: Parked[] = [];
    const rechecks: Recheck[] = [];
    const unreferred: string[] = [];
    for (const [index, group] of groups.entries()) {
      const origin = { kind: originKind, id: group.id };
      const outcome = projected[index] ?? NOTHING;
      const checked = checkReferences(outcome.wanted, kind, known);
      unreferred.push(...checked.unreferred);
      const taken = known.reserve(kind, origin, checked.wanted);
      const problems = [...outcome.parked, ...taken.parked];
      for (const problem of problems) parked.push({ origin, unit: outcome.unit, ...problem });
      const present = { ...outcome, wanted: taken.wanted, parked: problems };
      const compared = compare(kind, origin, present, group.rows, context.today);
      const told = compared.map((entry) => known.withNewIds(entry));
      const { left, dropped } = withhold(told, context.withheld);
      known.release(kind, dropped);
      known.noteCreated(kind, left);
      known.addKept(kind, left);
      entries.push(...left);
      rechecks.push(...rechecksOf(kind, origin, outcome.until, left));
    }
    yield { kind, entries, parked, entities: groups.length, rechecks, unreferred };
  }
}

/** When the calendar changes what the entity gives, or ends the grace of what it gave. */
function rechecksOf(
  { leave }: TargetKind,
  origin: EntityRef,
  until: string,
  entries: readonly Entry[],
): readonly Recheck[] {
  const days = entries.map((entry) => goesOn(entry, leave) ?? FOREVER);
  return [until, ...days].flatMap((day) => (day < FOREVER ? [{ origin, until: day }] : []));
}

/** A parent may come after its child: where objects refer to their own kind, keys come first. */
async function declare(
  target: Target,
  kind: TargetKind,
  known: KnownKeys,
  context: PlanContext,
): Promise<void> {
  for (const mapping of kind.mappings) {
    for await (const groups of originsOf(target, kind, mapping.from.kind, context)) {
      const projected = await projectBatch(target, mapping, groups, context);
      for (const [index, { unit, wanted, parked }] of projected.entries()) {
        const isWithheld = context.withheld?.has(unit) === true;
        if (!isWithheld) for (const { key } of wanted) known.declare(key);
        const held = parked.length === 0 && !isWithheld ? [] : (groups[index]?.rows ?? []);
        for (const { ref } of held) known.declare(ref.key);
      }
    }
  }
}

/** Rows from entity kinds that no mapping projects any more: their objects must go. */
async function* planOrphaned(
  target: Target,
  kind: TargetKind,
  context: PlanContext,
): AsyncGenerator<PlanBatch> {
  const { ledger, only } = context;
  // A mapping that has gone is a changed rule: everything is planned then.
  if (only != null) return;
  const mapped = new Set(kind.mappings.map((mapping) => mapping.from.kind));
  for (const originKind of await ledger.originKinds(target.name, kind.kind)) {
    if (mapped.has(originKind)) continue;
    for await (const rows of ledger.scan(target.name, kind.kind, originKind)) {
      const entries = rows.map((row): Entry => ({ ...gone(row), action: 'delete' }));
      const { left } = withhold(entries, context.withheld);
      yield { kind, entries: left, parked: [], entities: 0, rechecks: [], unreferred: [] };
    }
  }
}

function gone(row: LedgerRow): Omit<Entry, 'action'> {
  const { origin, key } = row.ref;
  const about = { origin, unit: row.unit, unitNow: '', key };
  const none = { formerKey: null, suspendedSince: null };
  return { ...about, ...none, object: null, hash: '', row };
}
