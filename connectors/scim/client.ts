import {
  type Failure,
  failureOfStatus,
  type HttpAnswer,
  type HttpClient,
  isHtml,
  isObject,
  type JsonObject,
  objectsIn,
  RefusedFailure,
  readJsonList,
  redact,
  TransientFailure,
} from '../../core/plugin.ts';
import {
  detailOf,
  ERROR_SCHEMA,
  errorIn,
  etagOf,
  isAnothers,
  locationOf,
  objectOf,
  parsed,
  unreadable,
} from './answer.ts';

import { isResource, PagedList, type Resource } from './paged-list.ts';

/** What the service says that it can do (RFC 7643, 5); nothing where it does not say. */
export interface Abilities {
  readonly patch: boolean;
  readonly filter: boolean;
  readonly etag: boolean;
}

export interface Filter {
  readonly attribute: string;
  readonly value: string;
}

/** An answer to a write: what the service says, beyond refusing. */
export type Written =
  | {
      readonly kind: 'written';
      readonly status: number;
      /** What it shows of the resource; null: nothing. */
      readonly shown: JsonObject | null;
      /** Its id of the resource, where it says one. */
      readonly id: string | null;
      /** The resource's version by now, where it says it. */
      readonly etag: string | null;
    }
  /** 409 with `uniqueness`: it is there already, or another has what must be unique. */
  | { readonly kind: 'conflict'; readonly detail: string }
  /** 404: it is not there. */
  | { readonly kind: 'gone' }
  /** 412: somebody changed it in between. 428: its version must be told (RFC 6585). */
  | { readonly kind: 'changed' }
  /** 405, 501: it cannot do that at all. */
  | { readonly kind: 'unable'; readonly failure: Failure; readonly detail: string }
  /** 403: this resource is not ours to change, or the whole service is not. */
  | { readonly kind: 'forbidden'; readonly failure: Failure; readonly detail: string }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly detail: string };

/** A resource, and its version where the service has one. */
export interface Shown {
  readonly resource: Resource;
  readonly etag: string | null;
}

const TYPE = 'application/scim+json';
export const PAGE_SIZE = 100;

/** Speaks SCIM 2.0 over HTTP (RFC 7644). */
export class ScimClient {
  /** The service's base, without a slash at its end. */
  readonly base: string;
  readonly #http: HttpClient;
  #abilities: Promise<Abilities> | null = null;

  constructor(http: HttpClient, url: string) {
    this.base = url.replace(/\/+$/, '');
    this.#http = http;
  }

  /** Asked once; a service without ServiceProviderConfig can do the least. */
  abilities(signal: AbortSignal): Promise<Abilities> {
    this.#abilities ??= this.#discover(signal).catch((failure) => {
      this.#abilities = null;
      throw failure;
    });
    return this.#abilities;
  }

  /** PATCH was promised and is refused: it is not asked for again. */
  async withoutPatch(signal: AbortSignal): Promise<void> {
    const known = await this.abilities(signal);
    this.#abilities = Promise.resolve({ ...known, patch: false });
  }

  async #discover(signal: AbortSignal): Promise<Abilities> {
    const answer = await this.#send('GET', '/ServiceProviderConfig', null, {}, signal);
    const config = [404, 405, 501].includes(answer.status) ? {} : configOf(answer);
    const supports = (name: string) => {
      const ability = config[name];
      return isObject(ability) && ability['supported'] === true;
    };
    return { patch: supports('patch'), filter: supports('filter'), etag: supports('etag') };
  }

  /**
   * Pages of a list, as they come; the next begins after what was received, not after what was
   * asked for. A list whose pages do not fit together is a failure, at the latest at its end:
   * nobody may conclude from it that something is missing.
   */
  async *pages(
    endpoint: string,
    filter: Filter | null,
    signal: AbortSignal,
    list = new PagedList(endpoint),
    pageSize = PAGE_SIZE,
  ): AsyncGenerator<readonly Resource[]> {
    while (!list.isWhole) {
      const query = new URLSearchParams({
        startIndex: String(list.nextIndex),
        count: String(pageSize),
      });
      if (filter !== null) query.set('filter', `${filter.attribute} eq ${quoted(filter.value)}`);
      yield* this.#page(list, `${endpoint}?${query}`, filter, signal);
    }
  }

  /** Whether we are let in to look at an endpoint at all: throws where we are not. */
  async knock(endpoint: string, signal: AbortSignal): Promise<void> {
    const answer = await this.#send('GET', `${endpoint}?startIndex=1&count=1`, null, {}, signal);
    const isShut = answer.status === 401 || answer.status === 403;
    if (isShut) throw failureOfStatus(answer, `list ${endpoint}`);
  }

  /** A service may give all that it has on one page: it is read as it comes. */
  async *#page(
    list: PagedList,
    path: string,
    filter: Filter | null,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Resource[]> {
    const what = `list /${path.split(/[/?]/)[1]}`;
    const answer = await this.#http.stream({
      ...{ method: 'GET', path, headers: { accept: TYPE }, signal },
    });
    const { status, headers } = answer;
    if (status !== 200) throw listFailure(answer, what, filter);
    if (isHtml({ status, headers, text: '' })) throw unreadable(what);
    const reading = readJsonList(answer.chunks, 'Resources');
    try {
      let next = await reading.next();
      while (next.done !== true) {
        const resources = list.take(next.value);
        if (resources.length > 0) yield resources;
        next = await reading.next();
      }
      if (!isObject(next.value)) throw unreadable(what);
      const refusal = errorIn(next.value);
      if (refusal !== null) throw listFailure({ ...answer, ...refusal }, what, filter);
      list.endPage(next.value);
    } catch (error) {
      throw error instanceof SyntaxError ? unreadable(what) : error;
    } finally {
      await reading.return(null);
    }
  }

  /**
   * The resource and its version; null where the service does not show it, as it is not there or
   * cannot be read one by one.
   */
  async read(path: string, signal: AbortSignal): Promise<Shown | null> {
    const answer = await this.#send('GET', path, null, {}, signal);
    if ([404, 405, 501].includes(answer.status)) return null;
    const what = `read ${path.split('/')[1]}`;
    if (answer.status !== 200) throw failureOfStatus(answer, what);
    const shown = objectOf(answer, what);
    const id = decodeURIComponent(path.split('/')[2] ?? '');
    // There are services that answer with a list, whatever is asked for.
    const listed = objectsIn(shown['Resources']).find((one) => one['id'] === id);
    const resource = 'Resources' in shown ? (listed ?? null) : shown;
    if (resource === null) return null;
    if (!isResource(resource)) throw unreadable(what);
    return { resource, etag: etagOf(answer, resource) };
  }

  async write(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body: JsonObject | null,
    etag: string | null,
    signal: AbortSignal,
  ): Promise<Written> {
    const what = `${method} ${path.split('/')[1]}`;
    const headers: Record<string, string> = etag === null ? {} : { 'if-match': etag };
    const answer = await this.#send(method, path, body, headers, signal);
    const { status } = answer;
    const detail = detailOf(answer);
    if (status === 409) return { kind: 'conflict', detail };
    if (status === 404) return { kind: 'gone' };
    if (status === 412 || status === 428) return { kind: 'changed' };
    if (status < 200 || status > 299) {
      const failure = failureOfStatus(answer, what);
      if (status === 403) return { kind: 'forbidden', failure, detail };
      if (status === 405 || status === 501) return { kind: 'unable', failure, detail };
      return { kind: 'failed', failure, detail };
    }
    const located = locationOf(answer, path);
    // There may be nothing to read: 204, or 201 with the Location alone (RFC 7644, 3.3, 3.5.2).
    const isBare = status === 204 || answer.text.trim() === '';
    const shown = isBare ? null : objectOf(answer, what);
    const id = shown?.['id'] ?? null;
    // An id that we cannot read is none to go on with.
    if (id !== null && !isResource({ id })) throw unreadable(what);
    if (shown !== null && isAnothers(shown, body)) {
      const text = `${what}: the answer is about another resource than was sent.`;
      throw new TransientFailure('TARGET_ANSWER_UNREADABLE', text);
    }
    const told = typeof id === 'string' ? id : located;
    return { kind: 'written', status, shown, id: told, etag: etagOf(answer, shown) };
  }

  async #send(
    method: string,
    path: string,
    body: JsonObject | null,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const answer = await this.#http.send({
      method,
      path,
      headers: { accept: TYPE, ...headers, ...(body === null ? {} : { 'content-type': TYPE }) },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
      signal,
    });
    const isSuccess = answer.status >= 200 && answer.status <= 299;
    if (!isSuccess || !answer.text.includes(ERROR_SCHEMA)) return answer;
    return { ...answer, ...errorIn(parsed(answer.text)) };
  }
}

function configOf(answer: HttpAnswer): JsonObject {
  if (answer.status !== 200) throw failureOfStatus(answer, 'read ServiceProviderConfig');
  return objectOf(answer, 'read ServiceProviderConfig');
}

function listFailure(
  answer: Pick<HttpAnswer, 'status' | 'headers' | 'text' | 'receivedAt'>,
  what: string,
  filter: Filter | null,
): Failure {
  const failure = failureOfStatus(answer, what);
  if (filter === null || !(failure instanceof RefusedFailure)) return failure;
  const detail = redact(detailOf(answer), [filter.value]);
  const text = `${what} by ${filter.attribute}: the target answers ${answer.status}. ${detail}`;
  return new RefusedFailure('TARGET_REFUSED', text.trim(), { hint: FILTER_HINT });
}

const FILTER_HINT =
  'This service does not look objects up that way. Say in the options of the binding by which attribute it does: `lookup: userName`; or `lookup: list`, by which its whole list is read and compared here. Then `skolnav sync`.';

/** A text as a filter's string: quotes and backslashes escaped (RFC 7644, 3.4.2.2). */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
