import type { Context } from '../../flow/context.ts';
import type { Target } from '../../flow/target.ts';
import { isShown } from '../../mapping/shown/shown.ts';
import type { EntityRef } from '../../message/message.ts';
import type { Change } from '../../store/entity-store.ts';
import { targetsAt } from '../../view/circles.ts';
import type { ViewNeeds } from '../../view/views.ts';

/** Entities by kind: ids. */
export type Affected = ReadonlyMap<string, ReadonlySet<string>>;

export interface DependentsContext extends Pick<Context, 'store' | 'canonical'> {
  readonly needs: ViewNeeds;
}

/** To plan everything is quicker than to plan more than this one by one. */
const MOST = 20_000;
/** What more than this refer to (a school) says nothing of which of them belong together. */
const MOST_COMPANIONS = 200;

/**
 * Those of the changes after which a target's objects may be otherwise: not where all that is
 * otherwise of an entity are plain fields that no mapping or condition of the target looks at.
 */
export function changesRead(
  changes: readonly Change[],
  target: Target,
  context: DependentsContext,
): readonly Change[] {
  const known = new Map<string, boolean>();
  const isRead = (kind: string, field: string) => {
    const name = `${kind} ${field}`;
    const found = known.get(name) ?? isLookedAt(kind, field, target, context);
    known.set(name, found);
    return found;
  };
  return changes.filter(({ kind, fields }) => {
    return fields === undefined || fields.some((field) => isRead(kind, field));
  });
}

function isLookedAt(
  kind: string,
  field: string,
  target: Target,
  { canonical, needs }: DependentsContext,
): boolean {
  if (canonical.get(kind)?.plainFields.has(field) !== true) return true;
  const mappings = target.kinds.flatMap((one) => one.mappings);
  const readers = [
    target.flow.selects.get(kind)?.shown,
    ...mappings.map(({ from, shown }) => (from.kind === kind ? shown : undefined)),
    ...mappings.map(({ shownLookedUp }) => shownLookedUp.get(kind)),
  ];
  if (readers.some((shown) => shown !== undefined && isShown(shown, [field]))) return true;
  return [...needs.inverses].some(([of, names]) => {
    const relations = canonical.get(of)?.inverses ?? [];
    return relations.some(({ name, kind: referring, path }) => {
      if (referring !== kind || !names.has(name)) return false;
      // An item of a list holds the entity that it stands in under the name of its kind.
      const at = path.includes('[]') ? [kind, field] : [field];
      return isShown(needs.shownOf?.(of, name) ?? true, at);
    });
  });
}

/**
 * The entities of which a target's objects may be otherwise after these changes: the changed ones,
 * those that show them in an inverse relation, those below them, those that look them up or hold
 * the keys of their objects, and those that may give the very same object in their place. May name
 * too many, never too few; null if it is better to plan everything.
 */
export async function dependentsOf(
  changes: readonly Change[],
  target: Target,
  context: DependentsContext,
): Promise<Affected | null> {
  const reach = new Reach(target, context);
  const views = new Refs();
  for (const change of changes) {
    views.add(change);
    if (change.what === 'content') {
      for (const one of await reach.shownIn(change)) views.add(one);
      for (const one of await reach.goWithOf(change)) views.add(one);
      for (const one of await reach.chainedTo(change)) views.add(one);
    }
    if (views.size > MOST) return null;
  }
  const holders = new Refs();
  for (const view of views) {
    holders.add(view);
    for (const one of await reach.holdersOf(view)) holders.add(one);
    if (holders.size > MOST) return null;
  }
  return holders.byKind();
}

/** Walks from entities to those that depend on them. */
class Reach {
  readonly #context: DependentsContext;
  readonly #lookups: ReadonlySet<string>;

  constructor(target: Target, context: DependentsContext) {
    this.#context = context;
    const mappings = target.kinds.flatMap((kind) => kind.mappings);
    this.#lookups = new Set(mappings.flatMap((mapping) => mapping.lookups));
  }

  /** Those whose views hold it as one of an inverse relation; persons that it speaks of. */
  async shownIn(of: EntityRef): Promise<readonly EntityRef[]> {
    const { store, canonical, needs } = this.#context;
    const { entities } = store;
    const shows = ({ kind }: EntityRef) => {
      const names = needs.inverses.get(kind);
      const relations = canonical.get(kind)?.inverses ?? [];
      return relations.some((one) => one.kind === of.kind && names?.has(one.name) === true);
    };
    const references = await entities.references(of);
    return references.filter((one) => shows(one) || (of.kind === 'person' && one.kind === of.kind));
  }

  /** Those of its kind that refer to the same, and may give the same object. */
  async goWithOf(of: EntityRef): Promise<readonly EntityRef[]> {
    const { entities } = this.#context.store;
    const companions = await entities.referrers(await entities.references(of));
    const few = companions.filter((those) => those.length <= MOST_COMPANIONS);
    return few.flat().filter(({ kind }) => kind === of.kind);
  }

  /** Those of its kind that stand below it or after it: a circle may have come, or be gone. */
  async chainedTo(of: EntityRef): Promise<readonly EntityRef[]> {
    const { store, canonical } = this.#context;
    const { entities } = store;
    const chains = canonical.get(of.kind)?.chains ?? [];
    const found = new Set<string>();
    const next = chains.length === 0 ? [] : [of.id];
    for (let id = next.pop(); id !== undefined && found.size <= MOST; id = next.pop()) {
      const above = id;
      const near = await entities.referrers([{ kind: of.kind, id: above }]);
      const own = near.flat().flatMap((one) => (one.kind === of.kind ? [one.id] : []));
      for (const { entity } of await entities.get(of.kind, own)) {
        const isBelow = chains.some(({ path }) => targetsAt(entity, path).includes(above));
        if (!isBelow || found.has(entity.id)) continue;
        found.add(entity.id);
        next.push(entity.id);
      }
    }
    return [...found].map((id) => ({ kind: of.kind, id }));
  }

  /**
   * Those that refer to it, those that see it through one of them, and those that look one of
   * them up.
   */
  async holdersOf(of: EntityRef): Promise<readonly EntityRef[]> {
    const { entities } = this.#context.store;
    const found: EntityRef[] = [];
    for (const referrer of (await entities.referrers([of])).flat()) {
      found.push(referrer, ...(await this.shownIn(referrer)));
      if (found.length > MOST) break;
      if (!this.#lookups.has(referrer.kind)) continue;
      found.push(...(await entities.referrers([referrer])).flat());
    }
    return found;
  }
}

/** References, each once. */
class Refs {
  readonly #ids = new Map<string, Set<string>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add({ kind, id }: EntityRef): void {
    const ids = this.#ids.get(kind) ?? new Set();
    this.#ids.set(kind, ids);
    if (ids.has(id)) return;
    ids.add(id);
    this.#size += 1;
  }

  *[Symbol.iterator](): Generator<EntityRef> {
    for (const [kind, ids] of this.#ids) for (const id of ids) yield { kind, id };
  }

  byKind(): Affected {
    return this.#ids;
  }
}
