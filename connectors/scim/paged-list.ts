import { type Json, type JsonObject, TransientFailure } from '../../core/plugin.ts';

/** A resource as the service answers it. */
export interface Resource extends JsonObject {
  readonly id: string;
}

/** One list that a service gives page by page (RFC 7644, 3.4.2.4), held together by its total. */
export class PagedList {
  readonly #endpoint: string;
  readonly #seen = new Set<string>();
  #total: number | null = null;

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

  /**
   * The resources of the next page. Throws TARGET_ANSWER_UNREADABLE where the page is not SCIM, or
   * not the next one of this list.
   */
  take(page: JsonObject): readonly Resource[] {
    const { totalResults: total, startIndex, Resources: listed = [] } = page;
    if (typeof total !== 'number' || !Array.isArray(listed)) throw this.#failure('is not SCIM');
    const resources = listed.filter(isResource);
    if (resources.length < listed.length) throw this.#failure('has resources without an id');
    if (this.#total !== null && total !== this.#total) throw this.#misfit('the total has changed');
    this.#total = total;
    if (resources.length > 0 && typeof startIndex === 'number' && startIndex !== this.nextIndex) {
      throw this.#misfit('a page begins elsewhere than asked for');
    }
    for (const { id } of resources) {
      if (this.#seen.has(id)) throw this.#misfit('a resource comes twice');
      this.#seen.add(id);
    }
    if (resources.length === 0 && !this.isWhole) throw this.#misfit('a page is empty');
    if (this.#seen.size > total) throw this.#misfit('there are more than the total says');
    return resources;
  }

  #misfit(what: string): TransientFailure {
    const hint =
      'The list changed while it was read, or the service pages wrongly. Nothing was concluded from it: ask again.';
    return this.#failure(`does not fit together: ${what}`, hint);
  }

  #failure(what: string, hint?: string): TransientFailure {
    const text = `list ${this.#endpoint}: the answer ${what}.`;
    const details = hint === undefined ? {} : { hint };
    return new TransientFailure('TARGET_ANSWER_UNREADABLE', text, details);
  }
}

/** Ids become parts of paths: one that is empty or of dots would lead to another resource. */
export function isResource(value: Json): value is Resource {
  return isObject(value) && typeof value['id'] === 'string' && !/^\.{0,2}$/.test(value['id']);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
