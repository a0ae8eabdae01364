import type { Target, TargetKind } from '../flow/target.ts';
import type { OutboundMapping } from '../mapping/compiled.ts';
import { FOREVER } from '../message/dates.ts';
import type { EntityRef } from '../message/message.ts';
import type { Horizon } from '../store/horizon-store.ts';
import { compare, type Entry, goesOn } from './compare.ts';
import { planForgotten } from './forgotten.ts';
import { announce, refersToItself } from './keys/announce.ts';
import { checkReferences, KnownKeys } from './keys/known-keys.ts';
import { originsOf } from './origins.ts';
import { recall } from './pick.ts';
import type { Parked, PlanBatch, PlanContext } from './plan-batch.ts';
import { NOTHING, projectBatch } from './project.ts';
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
    if (refersToItself(kind)) await announce(target, kind, known, context);
    for (const mapping of kind.mappings) yield* planMapping(target, kind, mapping, known, context);
    yield* planForgotten(target, kind, context);
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
      await recall(target, kind, projected, known, context.only, context.ledger);
    const entries: Entry[] = [];
    const parked: Parked[] = [];
    const horizons: Horizon[] = [];
    const unreferred: string[] = [];
    for (const [index, group] of groups.entries()) {
      const origin = { kind: originKind, id: group.id };
      const outcome = projected[index] ?? NOTHING;
      const checked = checkReferences(outcome.wanted, kind, known);
      unreferred.push(...checked.unreferred);
      const taken = known.claim(kind, origin, checked.wanted);
      const troubles = [...outcome.parked, ...taken.parked];
      for (const trouble of troubles) parked.push({ origin, ...trouble });
      const present = { ...outcome, wanted: taken.wanted, parked: troubles };
      const compared = compare(kind, origin, present, group.rows, context.today);
      const told = compared.map((entry) => known.withNewIds(entry));
      const { left, dropped } = withhold(told, context.withheld);
      known.disclaim(kind, dropped);
      known.noteCreated(kind, left);
      known.addKept(kind, left);
      entries.push(...left);
      horizons.push(...horizonsOf(kind, origin, outcome.until, left));
    }
    yield { kind, entries, parked, entities: groups.length, horizons, unreferred };
  }
}

/** When the calendar changes what the entity gives, or ends the grace of what it gave. */
function horizonsOf(
  { leave }: TargetKind,
  origin: EntityRef,
  until: string,
  entries: readonly Entry[],
): readonly Horizon[] {
  const days = entries.map((entry) => goesOn(entry, leave) ?? FOREVER);
  return [until, ...days].flatMap((day) => (day < FOREVER ? [{ origin, until: day }] : []));
}
