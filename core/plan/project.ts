import { Failure } from '../failure/failure.ts';
import type { OutboundMapping } from '../mapping/compiled.ts';
import { digestOf } from '../message/digest.ts';
import type { Entity, JsonObject, Trouble } from '../message/message.ts';
import type { OriginGroup } from './merge-by-origin.ts';
import type { Target } from './target.ts';
import type { Lookup, Views } from './views.ts';

/** One object that the target should hold. */
export interface Wanted {
  readonly key: string;
  readonly object: JsonObject;
  readonly hash: string;
}

/** What one entity gives through one mapping. */
export interface Projected {
  /** The organisation that the entity belongs to; '' if none, or if the entity is gone. */
  readonly unit: string;
  readonly wanted: readonly Wanted[];
  /** Objects that cannot be made; with no key: none of this entity's can be judged. */
  readonly parked: readonly { readonly key: string | null; readonly trouble: Trouble }[];
}

export interface ProjectSurroundings {
  readonly views: Views;
  readonly today: string;
}

export const NOTHING: Projected = { unit: '', wanted: [], parked: [] };

/** What each entity gives, in order: selected by the flow, seen through its views, mapped. */
export async function projectBatch(
  target: Target,
  mapping: OutboundMapping,
  groups: readonly OriginGroup[],
  { views, today }: ProjectSurroundings,
): Promise<readonly Projected[]> {
  const entities = groups.flatMap((group) => (group.stored === null ? [] : [group.stored.entity]));
  const seen = await views.of(mapping.from.kind, entities);
  const byId = new Map<string, Entity>();
  for (const view of seen) if (view !== null) byId.set(view.id, view);
  const selected = selectAll(target, mapping, byId, today);
  const needs = [...selected.values()].flatMap((one) =>
    'view' in one ? mapping.needs(one.view) : [],
  );
  const lookup = await views.lookup(needs);
  return groups.map(({ id }) => {
    const one = selected.get(id);
    const view = byId.get(id);
    if (view === undefined) return NOTHING;
    const unit = views.unitOf(mapping.from.kind, view);
    if (one === undefined) return { ...NOTHING, unit };
    return 'view' in one
      ? { unit, ...project(one.view, mapping, lookup, today) }
      : { unit, ...one };
  });
}

type Selected = { readonly view: Entity } | Omit<Projected, 'unit'>;

/** The entities that the flow selects; one that it cannot judge is parked as a whole. */
function selectAll(
  target: Target,
  mapping: OutboundMapping,
  views: ReadonlyMap<string, Entity>,
  today: string,
): ReadonlyMap<string, Selected> {
  const selection = target.flow.selects.get(mapping.from.kind);
  const selected = new Map<string, Selected>();
  if (selection === undefined) return selected;
  for (const [id, view] of views) {
    try {
      if (selection.where(view, today)) selected.set(id, { view });
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      selected.set(id, { wanted: [], parked: [{ key: null, trouble: failure.toTrouble() }] });
    }
  }
  return selected;
}

function project(
  view: Entity,
  mapping: OutboundMapping,
  lookup: Lookup,
  today: string,
): Omit<Projected, 'unit'> {
  const wanted: Wanted[] = [];
  const parked: { key: string | null; trouble: Trouble }[] = [];
  for (const projection of mapping.project(view, { today, lookup })) {
    if ('trouble' in projection) parked.push(projection);
    else wanted.push({ ...projection, hash: digestOf(projection.object) });
  }
  return { wanted, parked };
}
