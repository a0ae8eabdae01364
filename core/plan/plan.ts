import type { Target, TargetKind } from '../flow/target.ts';
import type { OutboundMapping } from '../mapping/compiled.ts';
import { FOREVER } from '../message/dates.ts';
import type { EntityRef } from '../message/message.ts';
import type { Recheck } from '../store/recheck-store.ts';
import { compare, type Entry, goesOn } from './compare.ts';
import { declare, refersToItself } from './keys/declare.ts';
import { checkReferences, KnownKeys } from './keys/known-keys.ts';
import { originsOf } from './origins.ts';
import { planOrphaned } from './orphaned.ts';
import type { Parked, PlanBatch, PlanContext } from './plan-batch.ts';
import { NOTHING, projectBatch } from './project.ts';
import { preload } from './select-origins.ts';
import { withhold } from './withhold.ts';

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
