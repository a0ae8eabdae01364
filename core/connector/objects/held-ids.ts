import { RefusedFailure, TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Json, JsonObject, Saying } from '../../message/message.ts';
import type { RemoteObject } from '../sink.ts';

/** Where a target's objects carry names. */
export interface Names {
  /** The field with the target's own id. Default `id`. */
  readonly idField: string;
  /** The field with our key. Default `externalId`. */
  readonly keyField: string;
}

type Pages = AsyncIterable<readonly JsonObject[]>;

/** How a target is asked what it holds. */
export interface Asking extends Partial<Names> {
  list?(kind: string, signal: AbortSignal): Pages;
  find?(kind: string, key: string, signal: AbortSignal): Pages;
}

type IdsByKey = Map<string, string>;

/** The target's ids of what it holds, by our keys: one is looked up, or the whole list is kept. */
export class HeldIds {
  readonly names: Names;
  readonly #asking: Asking;
  readonly #lists = new Map<string, Promise<IdsByKey>>();
  /** Kinds of which the target refuses to look one up. */
  readonly #listedOnly = new Set<string>();

  constructor(asking: Asking) {
    this.#asking = asking;
    this.names = { idField: asking.idField ?? 'id', keyField: asking.keyField ?? 'externalId' };
  }

  /** Whether the target can be asked at all. */
  get canAsk(): boolean {
    return this.#asking.find !== undefined || this.#asking.list !== undefined;
  }

  /** The id of what the target holds under a key; null where it holds nothing, or cannot say. */
  async find(kind: string, key: string, signal: AbortSignal): Promise<string | null> {
    const canLook = this.#asking.find !== undefined && !this.#listedOnly.has(kind);
    const found = canLook ? await this.look(kind, key, signal) : null;
    if (found !== null || (canLook && !this.#listedOnly.has(kind))) return found;
    return (await this.#listed(kind, signal)).get(key) ?? null;
  }

  /** The same, of a target that can look one up; null of one that refuses it and can be listed. */
  async look(kind: string, key: string, signal: AbortSignal): Promise<string | null> {
    const pages = this.#asking.find?.(kind, key, signal);
    if (pages === undefined || this.#listedOnly.has(kind)) return null;
    try {
      for await (const one of this.readAll(pages)) if (one.key === key) return one.remoteId;
    } catch (failure) {
      // There are targets that answer 404 where they find nothing; others know no such look-up.
      const isOther = failure instanceof RefusedFailure && this.#asking.list !== undefined;
      if (!isOther) throw failure;
      this.#listedOnly.add(kind);
    }
    return null;
  }

  /** Whether one is there as this id; true also where the target refuses to look one up. */
  async isThere(
    kind: string,
    { key, remoteId }: { readonly key: string; readonly remoteId: string | null },
    signal: AbortSignal,
  ): Promise<boolean> {
    const found = await this.look(kind, key, signal);
    if (found === null) return this.#listedOnly.has(kind);
    return remoteId === null || found === remoteId;
  }

  /** Looks into the target as it is done for one object: throws where we may not. */
  async knock(kind: string, key: string, signal: AbortSignal): Promise<void> {
    const { find, list } = this.#asking;
    const pages = find?.(kind, key, signal) ?? list?.(kind, signal) ?? [];
    for await (const _page of pages) return;
  }

  add(kind: string, key: string, id: string): void {
    this.#lists.get(kind)?.then((list) => list.set(key, id), ignored);
  }

  forget(kind: string, key: string): void {
    this.#lists.get(kind)?.then((list) => list.delete(key), ignored);
  }

  /** The kind's list is read anew when it is asked for next. */
  forgetKind(kind: string): void {
    this.#lists.delete(kind);
  }

  /** Every object of the pages. Throws where one has no id or comes twice: it is no list then. */
  async *readAll(pages: Pages): AsyncGenerator<RemoteObject> {
    const seen = new Set<string>();
    for await (const page of pages) {
      for (const object of page) {
        const remoteId = idIn(object[this.names.idField]);
        if (remoteId === null) throw unreadable(saying('hasNoIds', {}));
        if (seen.has(remoteId)) throw unreadable(saying('comesTwice', {}));
        seen.add(remoteId);
        const key = object[this.names.keyField];
        yield { key: typeof key === 'string' ? key : null, remoteId, object };
      }
    }
  }

  #listed(kind: string, signal: AbortSignal): Promise<IdsByKey> {
    const known = this.#lists.get(kind);
    if (known !== undefined) return known;
    const reading = this.#read(kind, signal);
    this.#lists.set(kind, reading);
    reading.catch(() => this.#lists.delete(kind));
    return reading;
  }

  async #read(kind: string, signal: AbortSignal): Promise<IdsByKey> {
    const ids: IdsByKey = new Map();
    const pages = this.#asking.list?.(kind, signal);
    if (pages === undefined) return ids;
    for await (const { key, remoteId } of this.readAll(pages)) {
      if (key !== null && remoteId !== null) ids.set(key, remoteId);
    }
    return ids;
  }
}

const ignored = () => {};

/** An id as text, however the target writes it; null where it is none to go on with. */
export function idIn(value: Json | undefined): string | null {
  // A number beyond what can be told exactly is another one's id by now.
  const text = Number.isSafeInteger(value) ? String(value) : value;
  // An id becomes part of a path: one that is empty or of dots would lead elsewhere.
  return typeof text === 'string' && !/^\.{0,2}$/.test(text) ? text : null;
}

/** An id as it is compared: services write a UUID now in capitals, now not (RFC 9562, 4). */
export function comparableId(id: string): string {
  return UUID.test(id) ? id.toLowerCase() : id;
}

const UUID = /^[\da-f]{8}(?:-?[\da-f]{4}){3}-?[\da-f]{12}$/i;

function unreadable(what: Saying): TransientFailure {
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', saying('listUnreadable', { what }));
}
