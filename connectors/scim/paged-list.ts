import { idIn, isObject, type Json, type JsonObject, TransientFailure } from '../../core/plugin.ts';

/** A resource as the service answers it. */
export interface Resource extends JsonObject {
  readonly id: string;
}

/** One list that a service gives page by page (RFC 7644, 3.4.2.4), held together by its total. */
export class PagedList {
  readonly #endpoint: string;
  readonly #seen = new Set<string>();
  #total: number | null = null;
  #isMisfit = false;
  /** So many came before the page that is being read. */
  #pageFrom = 0;
  #firstTaken = 0;
  #lastTaken = 0;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** From 1. */
  get nextIndex(): number {
    return this.#seen.size + 1;
  }

  get isWhole(): boolean {
    return this.#total !== null && this.#seen.size >= this.#total;
  }

  /** As the service says; null before it has. */
  get total(): number | null {
    return this.#total;
  }

  /** It ended with a page as long as its first, of at most so many: the total may be of pages. */
  mayGoOn(pageSize: number): boolean {
    const isFull = this.#lastTaken > 0 && this.#lastTaken >= this.#firstTaken;
    return isFull && this.#firstTaken <= pageSize;
  }

  /** What stands behind its end. Throws where that is anything new: then nothing is whole. */
  endWith(listed: readonly JsonObject[]): void {
    const ids = listed.flatMap((one) => resourceOf(one)?.id ?? []);
    if (ids.some((id) => !this.#seen.has(id)))
      throw this.#misfit('there are more than the total says');
  }

  /** Its pages were seen not to fit together, of more than one. */
  get isTorn(): boolean {
    return this.#isMisfit && this.#total !== null;
  }

  /** Takes resources of the next page as they come. Throws where it is no page of this list. */
  take(listed: readonly Json[]): readonly Resource[] {
    const resources = listed.map(resourceOf).filter((one) => one !== null);
    if (resources.length < listed.length) throw this.#failure('has resources without an id');
    for (const { id } of resources) {
      if (this.#seen.has(id)) throw this.#misfit('a resource comes twice');
      this.#seen.add(id);
    }
    return resources;
  }

  /**
   * Ends the page, by what stands beside its resources. Throws TARGET_ANSWER_UNREADABLE where it is
   * not SCIM, or not the next page of this list. No resources, null and an empty list are the same
   * (RFC 7643, 2.5).
   */
  endPage({ totalResults, startIndex, Resources: listed = null }: JsonObject): void {
    const total = numberIn(totalResults);
    const isRead = listed === null || (Array.isArray(listed) && listed.length === 0);
    if (total === null || !isRead) throw this.#failure('is not SCIM');
    if (this.#total !== null && total !== this.#total) throw this.#misfit('the total has changed');
    this.#total = total;
    const taken = this.#seen.size - this.#pageFrom;
    if (this.#pageFrom === 0) this.#firstTaken = taken;
    this.#lastTaken = taken;
    // There are services that count from 0 here; what they give must fit all the same.
    const from = numberIn(startIndex) ?? this.#pageFrom;
    if (taken > 0 && from !== this.#pageFrom && from !== this.#pageFrom + 1) {
      throw this.#misfit('a page begins elsewhere than asked for');
    }
    if (taken === 0 && !this.isWhole) throw this.#misfit('a page is empty');
    if (this.#seen.size > total) throw this.#misfit('there are more than the total says');
    this.#pageFrom = this.#seen.size;
  }

  #misfit(what: string): TransientFailure {
    this.#isMisfit = true;
    const hint =
      'The list changed while it was read, or the service pages wrongly. Nothing was concluded from it: ask again.';
    return this.#failure(`does not fit together: ${what}`, hint);
  }

  #failure(what: string, hint?: string): TransientFailure {
    const text = `GET ${this.#endpoint}: the answer ${what}.`;
    const details = hint === undefined ? {} : { hint };
    return new TransientFailure('TARGET_ANSWER_UNREADABLE', text, details);
  }
}

/** What a service shows as a resource, its id as text; null where it has none to go on with. */
export function resourceOf(value: Json): Resource | null {
  const id = isObject(value) ? idIn(value['id']) : null;
  return id === null || !isObject(value) ? null : { ...withValues(value), id };
}

/** There are services that name a member by its address alone (RFC 7643, 2.4): by where it ends. */
function withValues(shown: JsonObject): JsonObject {
  const valued = (item: Json): Json => {
    const { value = null, $ref = null } = isObject(item) ? item : {};
    if (value !== null || typeof $ref !== 'string' || !isObject(item)) return item;
    const id = idIn(lastStep($ref));
    return id === null ? item : { ...item, value: id };
  };
  return Object.fromEntries(
    Object.entries(shown).map(([name, list]) => [
      name,
      Array.isArray(list) ? list.map(valued) : list,
    ]),
  );
}

function lastStep(address: string): string {
  const step =
    address
      .replace(/[?#].*$/, '')
      .split('/')
      .at(-1) ?? '';
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** There are services that write their numbers as texts. */
function numberIn(value: Json | undefined): number | null {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' ? number : null;
}
