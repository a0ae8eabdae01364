import type { OutboundMapping } from '../mapping/compiled.ts';
import { FOREVER } from '../mapping/dates.ts';
import type { EntityRef, Trouble } from '../message/message.ts';
import type { Horizon } from '../store/horizon-store.ts';
import type { LedgerRow, LedgerStore } from '../store/ledger-store.ts';
import type { EntityStore } from '../store/store.ts';
import { compare, type Entry, goesOn } from './compare.ts';
import { checkReferences, KnownKeys } from './known-keys.ts';
import { mergeByOrigin, type OriginGroup } from './merge-by-origin.ts';
import { pickOrigins, recall } from './pick.ts';
import { NOTHING, projectBatch } from './project.ts';
import type { Affected } from './reach.ts';
import type { Target, TargetKind } from './target.ts';
import type { Views } from './views.ts';
import { withhold } from './withhold.ts';

export interface PlanSurroundings {
  readonly entities: EntityStore;
  readonly ledger: LedgerStore;
  readonly views: Views;
  /** `YYYY-MM-DD` in Europe/Stockholm. */
  readonly today: string;
  /** Organisations of which nothing is to change now. */
  readonly withheld?: ReadonlySet<string>;
  /** Plans these entities alone, and takes the rest for as it should be. */
  readonly only?: Affected | null;
}

/** What a target should hold of one kind from some entities, beside what it holds. */
export interface PlanBatch {
  readonly kind: TargetKind;
  readonly entries: readonly Entry[];
  readonly parked: readonly Parked[];
  /** Entities looked at in this batch, for progress. */
  readonly entities: number;
  /** What the calendar alone will make otherwise. */
  readonly horizons: readonly Horizon[];
}

/** An object that cannot be made now; what the target holds of it stays. */
export interface Parked {
  readonly origin: EntityRef;
  readonly key: string | null;
  readonly trouble: Trouble;
}

/**
 * The plan of one target, as a stream: object kinds in their order of creation, within a kind by
 * mapping, within a mapping by entity id. A pure function of entities, flow, mappings and ledger:
 * planning twice in a row gives the same, and after delivery gives nothing.
 */
export async function* planTarget(
  target: Target,
  with_: PlanSurroundings,
): AsyncGenerator<PlanBatch> {
  const known = new KnownKeys(target);
  for (const kind of target.kinds) {
    known.begin(kind);
    if (refersToItself(kind)) await announce(target, kind, known, with_);
    for (const mapping of kind.mappings) yield* planMapping(target, kind, mapping, known, with_);
    yield* planForgotten(target, kind, with_);
  }
}

async function* planMapping(
  target: Target,
  kind: TargetKind,
  mapping: OutboundMapping,
  known: KnownKeys,
  with_: PlanSurroundings,
): AsyncGenerator<PlanBatch> {
  const originKind = mapping.from.kind;
  for await (const groups of originsOf(target, kind, originKind, with_)) {
    const projected = await projectBatch(target, mapping, groups, with_);
    if (with_.only != null) await recall(target, kind, projected, known, with_.only, with_.ledger);
    const entries: Entry[] = [];
    const parked: Parked[] = [];
    const horizons: Horizon[] = [];
    for (const [index, group] of groups.entries()) {
      const origin = { kind: originKind, id: group.id };
      const outcome = projected[index] ?? NOTHING;
      const wanted = checkReferences(outcome.wanted, kind, known);
      const taken = known.claim(kind, origin, wanted);
      const troubles = [...outcome.parked, ...taken.parked];
      for (const trouble of troubles) parked.push({ origin, ...trouble });
      const present = { ...outcome, wanted: taken.wanted, parked: troubles };
      const compared = compare(kind, origin, present, group.rows, with_.today);
      const { left, dropped } = withhold(compared, with_.withheld);
      known.disclaim(kind, dropped);
      known.addKept(kind, left);
      entries.push(...left);
      horizons.push(...horizonsOf(kind, origin, outcome.until, left));
    }
    yield { kind, entries, parked, entities: groups.length, horizons };
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

/** Entities in order of their ids, each with the rows that it gave: all of them, or some. */
function originsOf(
  { name }: Target,
  { kind }: TargetKind,
  originKind: string,
  { entities, ledger, only }: PlanSurroundings,
): AsyncIterable<readonly OriginGroup[]> {
  if (only == null) {
    return mergeByOrigin(entities.scan(originKind), ledger.scan(name, kind, originKind));
  }
  const rowsOf = (origins: readonly EntityRef[]) => ledger.byOrigins(name, kind, origins);
  return pickOrigins(only.get(originKind) ?? new Set(), originKind, entities, rowsOf);
}

function refersToItself(kind: TargetKind): boolean {
  return kind.references.some((reference) => reference.kind === kind.kind);
}

/**
 * A parent may come after its child: where objects refer to their own kind, keys are read first.
 */
async function announce(
  target: Target,
  kind: TargetKind,
  known: KnownKeys,
  with_: PlanSurroundings,
): Promise<void> {
  for (const mapping of kind.mappings) {
    for await (const groups of originsOf(target, kind, mapping.from.kind, with_)) {
      const projected = await projectBatch(target, mapping, groups, with_);
      for (const [index, { unit, wanted, parked }] of projected.entries()) {
        const isWithheld = with_.withheld?.has(unit) === true;
        if (!isWithheld) for (const { key } of wanted) known.announce(key);
        const held = parked.length === 0 && !isWithheld ? [] : (groups[index]?.rows ?? []);
        for (const { ref } of held) known.announce(ref.key);
      }
    }
  }
}

/** Rows from entity kinds that no mapping projects any more: their objects must go. */
async function* planForgotten(
  target: Target,
  kind: TargetKind,
  with_: PlanSurroundings,
): AsyncGenerator<PlanBatch> {
  const { ledger, only } = with_;
  // A mapping that has gone is a changed rule: everything is planned then.
  if (only != null) return;
  const mapped = new Set(kind.mappings.map((mapping) => mapping.from.kind));
  for (const originKind of await ledger.originKinds(target.name, kind.kind)) {
    if (mapped.has(originKind)) continue;
    for await (const rows of ledger.scan(target.name, kind.kind, originKind)) {
      const entries = rows.map((row): Entry => ({ ...gone(row), action: 'delete' }));
      const { left } = withhold(entries, with_.withheld);
      yield { kind, entries: left, parked: [], entities: 0, horizons: [] };
    }
  }
}

function gone(row: LedgerRow): Omit<Entry, 'action'> {
  const { origin, key } = row.ref;
  const about = { origin, unit: row.unit, key, formerKey: null, leavingSince: null };
  return { ...about, object: null, hash: '', row };
}
