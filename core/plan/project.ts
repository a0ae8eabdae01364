import { Failure, RefusedFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { Selection } from '../flow/compiled.ts';
import type { Context } from '../flow/context.ts';
import { changesAsWhole, type Target } from '../flow/target.ts';
import type { GivenFields, OutboundMapping, ProjectionContext } from '../mapping/compiled.ts';
import { judgedUntil } from '../mapping/language/dates.ts';
import { earlierOf, FOREVER } from '../message/dates.ts';
import { digestOf } from '../message/digest.ts';
import type { Entity, JsonObject, Problem } from '../message/message.ts';
import { withoutRepeats } from '../message/reference-walk.ts';
import { keptByOthers } from '../view/doubled.ts';
import { restsOn } from '../view/in-force.ts';
import type { Views } from '../view/views.ts';
import type { OriginGroup } from './merge-by-origin.ts';
import { type Given, givenIn, givenRules, overrideFaults, readGiven } from './override/given.ts';

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
  /**
   * No grace for what is not wanted any more: the entity is protected or dead, or was when it went,
   * or a record has deleted it. Who is merely no longer delivered may be back tomorrow.
   */
  readonly atOnce: boolean;
  /** Objects that cannot be made; with no key: none of this entity's can be judged. */
  readonly parked: readonly { readonly key: string | null; readonly problem: Problem }[];
  /** The first day on which the calendar alone may make it otherwise. */
  readonly until: string;
}

export interface ProjectContext {
  readonly views: Views;
  readonly today: string;
  /** What persons have set in the place of the mappings. */
  readonly given: Given;
}

/** The same, where what persons have set is read anew, unless it is said. */
export interface ProjectNowContext
  extends Pick<Context, 'store' | 'canonical'>,
    Omit<ProjectContext, 'given'> {
  readonly given?: Given;
}

/** An entity's id, with the entity where there is one. */
type Origin = Pick<OriginGroup, 'id' | 'stored'>;

export const NOTHING: Projected = {
  ...{ unit: '', atOnce: true, wanted: [], parked: [], until: FOREVER },
};

/** What some entities give, in order of their ids here, as the store holds them at this moment. */
export async function projectNow(
  target: Target,
  mapping: OutboundMapping,
  ids: readonly string[],
  context: ProjectNowContext,
): Promise<readonly Projected[]> {
  const { store, views, today } = context;
  const found = await store.entities.get(mapping.from.kind, ids);
  const stored = new Map(found.map((one) => [one.entity.id, one]));
  const groups = ids.map((id) => ({ id, stored: stored.get(id) ?? null }));
  const given = context.given ?? (await readGiven(target, today, context));
  return projectBatch(target, mapping, groups, { views, today, given });
}

/** What each entity gives, in order: selected by the flow, seen through its views, mapped. */
export async function projectBatch(
  target: Target,
  mapping: OutboundMapping,
  groups: readonly Origin[],
  { views, today, given }: ProjectContext,
): Promise<readonly Projected[]> {
  const entities = groups.flatMap((group) => (group.stored === null ? [] : [group.stored.entity]));
  const seen = await views.of(mapping.from.kind, entities);
  const byId = new Map<string, Entity>();
  for (const view of seen) if (view !== null) byId.set(view.id, view);
  const selected = await withoutRivals(
    selectAll(target, mapping, byId, today),
    target,
    mapping,
    views,
    today,
  );
  const needs = [...selected.values()].flatMap(({ view }) =>
    view === null ? [] : mapping.needs(view),
  );
  const lookup = await views.lookup(needs);
  const missing = groups.flatMap(({ id, stored }) => (stored === null ? [id] : []));
  const gone = await views.goneAtOnce(mapping.from.kind, missing);
  return groups.map(({ id, stored }) => {
    if (stored === null) return { ...NOTHING, atOnce: gone.has(id) };
    const one = selected.get(id);
    const view = byId.get(id);
    if (view === undefined) return NOTHING;
    const { kind } = mapping.from;
    const about = { unit: views.unitOf(kind, view), atOnce: views.goesAtOnce(kind, view) };
    if (one === undefined) return { ...NOTHING, ...about };
    const { view: shown, parked, until, lacks } = one;
    if (shown === null) return { ...about, wanted: [], parked, until };
    const said = givenIn(given, { kind: mapping.to.objectKind }, { kind, id });
    const at = { today, lookup, ...(said === undefined ? {} : { given: keyed(said) }) };
    const projected = judgedUntil(() => project(shown, mapping, at, target));
    const made = lacks === true ? asTaken(projected.result, target, mapping) : projected.result;
    return { ...about, ...made, until: earlierOf(until, projected.until) };
  });
}

type Made = Pick<Projected, 'wanted' | 'parked'>;

/** What the flow says of an entity; the view is null unless it selects it. */
interface Selected extends Pick<Projected, 'parked' | 'until'> {
  readonly view: Entity | null;
  /** The view lacks what another entity has: what cannot be made without it is for that reason. */
  readonly lacks?: boolean;
}

/** Every entity that the flow may select; one that it cannot judge is parked as a whole. */
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
    const { result, until } = judgedUntil(() => select(selection, restsOn(view), today));
    selected.set(id, { ...result, until });
  }
  return selected;
}

function select({ where }: Selection, view: Entity, today: string): Omit<Selected, 'until'> {
  try {
    return { view: where(view, today) ? view : null, parked: [] };
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return { view: null, parked: [{ key: null, problem: failure.toProblem() }] };
  }
}

/** In a set that nobody checks, what only one may have is shown of one. */
async function withoutRivals(
  selected: ReadonlyMap<string, Selected>,
  target: Target,
  { from: { kind } }: OutboundMapping,
  views: Views,
  today: string,
): Promise<ReadonlyMap<string, Selected>> {
  const where = target.flow.selects.get(kind)?.where;
  if (!changesAsWhole(target) || where === undefined) return selected;
  const isIn = (view: Entity) => !views.goesAtOnce(kind, view) && isSelected(where, view, today);
  const ids = new Set([...selected].flatMap(([id, { view }]) => (view === null ? [] : [id])));
  const kept = await keptByOthers(kind, ids, views, isIn);
  if (kept.size === 0) return selected;
  return new Map(
    [...selected].map(([id, one]) => {
      const fields = kept.get(id) ?? [];
      if (one.view === null || fields.length === 0) return [id, one];
      const shown = Object.entries(one.view).filter(([name]) => !fields.includes(name));
      return [id, { ...one, view: { id, ...Object.fromEntries(shown) }, lacks: true }];
    }),
  );
}

/** What is missing is not missing at the sender: another entity has it. */
function asTaken({ wanted, parked }: Made, target: Target, { to, from }: OutboundMapping): Made {
  const told = parked.map(({ key, problem }) => {
    const isLack = problem.code === 'VALUE_MISSING';
    return { key, problem: isLack ? keyTaken(target, to.objectKind, from.kind) : problem };
  });
  return { wanted, parked: told };
}

/** Who cannot be judged may be in the target: the last good object stays. */
export function isSelected(where: Selection['where'], view: Entity, today: string): boolean {
  try {
    return where(view, today);
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return true;
  }
}

/** Paths of its objects' lists of references. */
function listsOf({ kinds }: Target, { to }: OutboundMapping): readonly (readonly string[])[] {
  const references = kinds.find(({ kind }) => kind === to.objectKind)?.references ?? [];
  return references.flatMap(({ path }) => (path.includes('[]') ? [path] : []));
}

/**
 * A set is a set: what an entity gives for two reasons it gives once, for as long as one of them
 * stays.
 */
function project(
  view: Entity,
  mapping: OutboundMapping,
  context: ProjectionContext,
  target: Target,
): Made {
  const wanted = new Map<string, Wanted>();
  const parked: { key: string | null; problem: Problem }[] = [];
  const lists = listsOf(target, mapping);
  for (const projection of mapping.project(view, context)) {
    if ('problem' in projection) {
      parked.push(projection);
      continue;
    }
    const { key } = projection;
    const given = context.given?.(key);
    const problem = given === undefined ? null : unfit(projection.object, given, mapping, target);
    if (problem !== null) {
      parked.push({ key, problem });
      continue;
    }
    const object = lists.reduce(withoutRepeats, projection.object);
    const hash = digestOf(object);
    const known = wanted.get(key);
    if (known === undefined) wanted.set(key, { key, object, hash });
    else if (known.hash !== hash) {
      parked.push({ key, problem: keyTaken(target, mapping.to.objectKind, mapping.from.kind) });
    }
  }
  return { wanted: [...wanted.values()], parked };
}

function keyed(given: ReadonlyMap<string, GivenFields>): (key: string) => GivenFields | undefined {
  return (key) => given.get(key);
}

/** Why an object cannot be as persons have set it: its kind's schema, or its rules, are others now. */
function unfit(
  object: JsonObject,
  given: GivenFields,
  mapping: OutboundMapping,
  { kinds }: Target,
): Problem | null {
  const schema = kinds.find(({ kind }) => kind === mapping.to.objectKind)?.schema ?? {};
  const [fault] = overrideFaults(schema, object, givenRules(mapping, given));
  if (fault === undefined) return null;
  const { field } = fault;
  const said = saying('setUnfit', { field, why: fault.said ?? fault.text });
  const place = { file: mapping.file, line: null, field };
  return new RefusedFailure('OVERRIDE_UNFIT', said, { place }).toProblem();
}

/** Why an object is not made whose key another one has, that says something else. */
export function keyTaken({ name, flow }: Target, objectKind: string, originKind: string): Problem {
  const said = saying('keyIsTaken', { target: name, kind: objectKind, origin: originKind });
  const place = { file: flow.file, line: null, field: 'key' };
  return new RefusedFailure('KEY_TAKEN', said, { place }).toProblem();
}
