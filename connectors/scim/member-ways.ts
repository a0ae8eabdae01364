import { comparableId, type Json, objectsIn } from '../../core/plugin.ts';
import type { PatchOperation } from './patch.ts';
import type { ResourceKind } from './resources.ts';

/** So many looks that told nothing: the service shows no members, or not what it did. */
const FEW = 5;

/** Members of a resource around a change. */
export interface MembersSeen {
  /** As the service shows them before it; undefined where it does not. */
  readonly shown: Json | undefined;
  /** As we told them last. */
  readonly told: Json | undefined;
  /** As they are to be after it. */
  readonly wanted: Json | undefined;
  /** As the service shows them after it. */
  readonly after: Json | undefined;
}

/**
 * Whether a service does what it says yes to: there are such as take nobody out by a path with a
 * filter, take everybody out by it, or set a list to which was to be added. The first change of
 * each way is looked at; where it did another, members are set as a whole.
 */
export class MemberWays {
  /** `<endpoint> <op>` that was seen to do what it says. */
  readonly #proven = new Set<string>();
  /** Endpoints whose members are set as a whole. */
  readonly #asWhole = new Set<string>();
  #inVain = 0;

  /** Whether members are to be seen before and after these operations. */
  isUnsure(kind: ResourceKind, operations: readonly PatchOperation[]): boolean {
    const ways = waysIn(kind, operations);
    if (ways.length === 0) return false;
    if (this.#asWhole.has(kind.endpoint)) return true;
    return this.#inVain < FEW && ways.some((way) => !this.#proven.has(way));
  }

  isAsWhole({ endpoint }: ResourceKind): boolean {
    return this.#asWhole.has(endpoint);
  }

  /** Takes note of what operations did; true where that was another than they say. */
  judge(kind: ResourceKind, operations: readonly PatchOperation[], seen: MembersSeen): boolean {
    const isShown = idsIn(seen.shown).size + idsIn(seen.after).size > 0;
    if (isShown && isAsWanted(seen)) {
      for (const way of waysIn(kind, operations)) this.#proven.add(way);
      return false;
    }
    this.#inVain += 1;
    return isShown;
  }

  /** Takes note that members are as wanted when they are set as a whole, and not otherwise. */
  setAsWhole({ endpoint }: ResourceKind): void {
    this.#asWhole.add(endpoint);
  }
}

/** Nobody is left who was to go, and nobody lacks; others may have come meanwhile. */
export function isAsWanted({ shown, told, wanted, after }: MembersSeen): boolean {
  const [wants, has] = [idsIn(wanted), idsIn(after)];
  const had = idsIn(shown).union(idsIn(told));
  return wants.isSubsetOf(has) && had.difference(wants).isDisjointFrom(has);
}

function waysIn({ endpoint, members }: ResourceKind, operations: readonly PatchOperation[]) {
  if (members === undefined) return [];
  const own = operations.filter(({ path }) => String(path).split('[')[0] === members);
  return [...new Set(own.map(({ op }) => `${endpoint} ${op}`))];
}

function idsIn(list: Json | undefined): ReadonlySet<string> {
  return new Set(objectsIn(list).map(({ value }) => comparableId(String(value))));
}
