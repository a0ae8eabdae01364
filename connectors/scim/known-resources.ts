import { Failure, RefusedFailure } from '../../core/plugin.ts';
import { PAGE_SIZE, type ScimClient } from './client.ts';
import { PagedList, type Resource } from './paged-list.ts';
import type { Filter } from './query.ts';

/** What is to be known of a resource to tell whose it is. */
export interface Known {
  readonly id: string;
  /** '' where it carries none. */
  readonly externalId: string;
}

/** The attribute by which the service looks objects up, its whole list, or not before it must. */
export type Lookup = 'externalId' | 'userName' | 'list' | 'none';

/** So many look-ups one by one, before a list may be the shorter way. */
const FEW = 8;
/** A list that changes while it is read fits together when it is read again. */
const ATTEMPTS = 3;

const NAMES = ['userName', 'displayName'] as const;

/**
 * What a service holds, as far as it must be known before something is made there. Asked by a
 * filter; from its whole list, read once, where that takes fewer requests, where it cannot filter,
 * or where its filter was seen to answer with others than were asked for.
 */
export class KnownResources {
  readonly #client: ScimClient;
  readonly #lookup: Lookup;
  readonly #endpoints = new Map<string, Endpoint>();

  constructor(client: ScimClient, lookup: Lookup) {
    this.#client = client;
    this.#lookup = lookup;
  }

  /** The resources with that value; `isFresh`: as of now, whatever was read before. */
  async find(
    endpoint: string,
    filter: Filter,
    isFresh: boolean,
    signal: AbortSignal,
  ): Promise<readonly Known[]> {
    const state = this.#endpoints.get(endpoint) ?? new Endpoint();
    this.#endpoints.set(endpoint, state);
    state.asked += 1;
    const abilities = await this.#client.abilities(signal);
    const mayFilter = () => abilities.filter && !state.withoutFilter.has(filter.attribute);
    const canFilter = this.#lookup !== 'list' && mayFilter();
    if (canFilter && (isFresh || !state.isListShorter)) {
      const found = await this.#filtered(endpoint, filter, state, signal);
      if (found !== null) return found;
    }
    const list = await this.#list(endpoint, state, isFresh, canFilter && mayFilter(), signal);
    return list?.get(filter) ?? this.find(endpoint, filter, isFresh, signal);
  }

  /** Takes note of what was made. */
  add(endpoint: string, resource: Resource): void {
    this.#endpoints.get(endpoint)?.add(resource);
  }

  /** Null where nothing can be concluded from the answer: it holds others than were asked for. */
  async #filtered(
    endpoint: string,
    filter: Filter,
    state: Endpoint,
    signal: AbortSignal,
  ): Promise<readonly Known[] | null> {
    const found = new Index();
    const { attribute } = filter;
    try {
      for await (const page of this.#client.pages(endpoint, filter, signal)) {
        for (const resource of page) found.add(resource);
        const isAsked = page.every(
          (one) => keyOf(attribute, one[attribute]) === keyOfFilter(filter),
        );
        if (!isAsked) return state.endFilter(attribute);
      }
    } catch (failure) {
      // That it cannot filter by this attribute is a fault only of the one that was declared.
      const isOther = failure instanceof RefusedFailure && attribute !== this.#lookup;
      if (isOther) return state.endFilter(attribute);
      throw failure;
    }
    return found.get(filter);
  }

  /** The whole list, read once for all who ask; null where it is longer than it is worth. */
  async #list(
    endpoint: string,
    state: Endpoint,
    isFresh: boolean,
    isOptional: boolean,
    signal: AbortSignal,
  ): Promise<Index | null> {
    if (state.list === null || isFresh) {
      const before = state.list ?? Promise.resolve(null);
      const reading = before
        .catch(() => null)
        .then(() => this.#read(endpoint, state, isOptional, signal));
      state.list = reading;
      reading.then(
        (list) => state.settle(reading, list),
        () => state.settle(reading, null),
      );
    }
    return state.list;
  }

  async #read(
    endpoint: string,
    state: Endpoint,
    isOptional: boolean,
    signal: AbortSignal,
  ): Promise<Index | null> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#readOnce(endpoint, state, isOptional, signal);
      } catch (failure) {
        signal.throwIfAborted();
        if (!(failure instanceof Failure) || failure.recovery === 'hold') throw failure;
        if (isOptional) {
          state.isUnlisted = true;
          return null;
        }
        const mayFit = failure.code === 'TARGET_ANSWER_UNREADABLE' && attempt < ATTEMPTS;
        if (!mayFit) throw failure;
      }
    }
  }

  async #readOnce(
    endpoint: string,
    state: Endpoint,
    isOptional: boolean,
    signal: AbortSignal,
  ): Promise<Index | null> {
    const index = new Index();
    const list = new PagedList(endpoint);
    for await (const page of this.#client.all(endpoint, signal, list)) {
      for (const resource of page) index.add(resource);
      state.total = list.total;
      if (isOptional && !state.isListShorter) return null;
    }
    return index;
  }
}

/** What is known of one kind. */
class Endpoint {
  asked = 0;
  /** As the service says; null before it has been asked. */
  total: number | null = null;
  /** Attributes by which it does not filter, or answers with others than were asked for. */
  readonly withoutFilter = new Set<string>();
  /** Its list could not be read. */
  isUnlisted = false;
  list: Promise<Index | null> | null = null;
  #index: Index | null = null;

  /** Its pages are fewer than the look-ups so far, of which there have been more than a few. */
  get isListShorter(): boolean {
    if (this.#index !== null) return true;
    if (this.isUnlisted || this.asked <= FEW) return false;
    return this.total === null || this.total <= this.asked * PAGE_SIZE;
  }

  /** A list that was read is kept; one that was not is read again when it is asked for. */
  settle(reading: Promise<Index | null>, list: Index | null): void {
    if (this.list !== reading) return;
    this.#index = list;
    if (list === null) this.list = null;
  }

  endFilter(attribute: string): null {
    this.withoutFilter.add(attribute);
    return null;
  }

  add(resource: Resource): void {
    this.#index?.add(resource);
  }
}

/** Resources by what they can be asked for, and no more of them: a city has many. */
class Index {
  readonly #found = new Map<string, Known[]>();

  add(resource: Resource): void {
    const { id, externalId } = resource;
    const known = { id, externalId: typeof externalId === 'string' ? externalId : '' };
    for (const attribute of ['externalId', ...NAMES]) {
      const key = keyOf(attribute, resource[attribute]);
      if (key === null) continue;
      const others = this.#found.get(key)?.filter((one) => one.id !== id) ?? [];
      this.#found.set(key, [...others, known]);
    }
  }

  get(filter: Filter): readonly Known[] {
    return this.#found.get(keyOfFilter(filter)) ?? [];
  }
}

function keyOfFilter({ attribute, value }: Filter): string {
  return keyOf(attribute, value) ?? '';
}

/** An externalId is exact; names are the same in any case (RFC 7643, 3.1, 4.1.1). */
function keyOf(attribute: string, value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null;
  return `${attribute} ${attribute === 'externalId' ? value : value.normalize('NFC').toLowerCase()}`;
}
