import {
  type Failure,
  failureOfStatus,
  type HttpAnswer,
  type HttpClient,
  isGone,
  isHtml,
  isObject,
  isSuccess,
  type JsonObject,
  objectsIn,
  RefusedFailure,
  readJsonList,
  redact,
  saying,
} from '../../core/plugin.ts';
import { type Abilities, abilitiesIn, UNSERVED } from './abilities.ts';
import {
  aboutAnother,
  beside,
  errorIn,
  etagOf,
  isAnothers,
  locationOf,
  objectOf,
  parsed,
  refusedIn,
  saidIn,
  unreadable,
} from './answer.ts';
import { PagedList, type Resource, resourceOf } from './paged-list.ts';
import { type Filter, pageQuery } from './query.ts';
import { refusalKind, type Written } from './written.ts';

/** An answer by what it says: a service may refuse with a status of success. */
interface ReadAnswer extends HttpAnswer {
  /** Whether its own status was one of success. */
  readonly isYes: boolean;
}

/** A resource, and its version where the service has one. */
export interface Shown {
  readonly resource: Resource;
  readonly etag: string | null;
}

const TYPE = 'application/scim+json';
export const PAGE_SIZE = 100;
const MOST_ON_ONE_PAGE = 20_000;

/** Speaks SCIM 2.0 over HTTP (RFC 7644). */
export class ScimClient {
  /** The service's base, without a slash at its end. */
  readonly base: string;
  readonly #http: HttpClient;
  #abilities: Promise<Abilities> | null = null;
  /** Whether an endpoint is there, of those of which there was doubt. */
  readonly #endpoints = new Map<string, Promise<boolean>>();

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

  async #discover(signal: AbortSignal): Promise<Abilities> {
    return abilitiesIn(await this.#send('GET', '/ServiceProviderConfig', null, {}, signal));
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
      const query = pageQuery(list.nextIndex, pageSize, filter);
      yield* this.#page(list, `${endpoint}?${query}`, filter, signal);
    }
    if (filter === null && list.mayGoOn(pageSize))
      await this.#checkEnd(endpoint, list, pageSize, signal);
  }

  /** There are services that count a page for the whole: nothing new may stand behind its end. */
  async #checkEnd(
    endpoint: string,
    list: PagedList,
    pageSize: number,
    signal: AbortSignal,
  ): Promise<void> {
    const path = `${endpoint}?${pageQuery(list.nextIndex, pageSize, null)}`;
    const { status, text } = await this.#send('GET', path, null, {}, signal);
    // To ask for what is not there may be a fault to it.
    if (status === 200) list.endWith(objectsIn(Object(parsed(text))['Resources']));
  }

  /**
   * The same of all that there is, each resource once. There are services whose lists have no
   * order: where pages do not fit together all is asked for on one, unless it is too long for that.
   */
  async *all(
    endpoint: string,
    signal: AbortSignal,
    list = new PagedList(endpoint),
  ): AsyncGenerator<readonly Resource[]> {
    const given = new Set<string>();
    const fresh = (page: readonly Resource[]) => page.filter(({ id }) => !given.has(id));
    try {
      for await (const page of this.pages(endpoint, null, signal, list)) {
        for (const { id } of page) given.add(id);
        yield page;
      }
    } catch (failure) {
      const total = list.total ?? 0;
      if (!list.isTorn || total > MOST_ON_ONE_PAGE) throw failure;
      const again = new PagedList(endpoint);
      for await (const page of this.pages(endpoint, null, signal, again, total)) yield fresh(page);
    }
  }

  /** Whether we are let in to look at an endpoint at all: throws where we are not. */
  async knock(endpoint: string, signal: AbortSignal): Promise<void> {
    const answer = await this.#send('GET', `${endpoint}?startIndex=1&count=1`, null, {}, signal);
    if ([401, 403].includes(answer.status)) throw failureOfStatus(answer, `GET ${endpoint}`);
  }

  /** There are services that answer 404, or nothing, to a filter that nobody fits. */
  async #isNothing(status: number, path: string, signal: AbortSignal): Promise<boolean> {
    if (!isGone(status) && status !== 204) return false;
    const endpoint = path.split('?')[0] ?? '';
    const isThere = this.#endpoints.get(endpoint) ?? this.#isServed(endpoint, signal);
    this.#endpoints.set(endpoint, isThere);
    isThere.catch(() => this.#endpoints.delete(endpoint));
    return isThere;
  }

  async #isServed(endpoint: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#statusOf(`${endpoint}?startIndex=1&count=1`, signal)) === 200;
  }

  async #statusOf(path: string, signal: AbortSignal): Promise<number> {
    return (await this.#send('GET', path, null, {}, signal)).status;
  }

  /** A service may give all that it has on one page: it is read as it comes. */
  async *#page(
    list: PagedList,
    path: string,
    filter: Filter | null,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Resource[]> {
    const what = `GET /${path.split(/[/?]/)[1]}`;
    const answer = await this.#http.stream({
      ...{ method: 'GET', path, headers: { accept: TYPE }, signal },
    });
    const { status, headers } = answer;
    if (filter !== null && (await this.#isNothing(status, path, signal))) {
      list.endPage({ totalResults: list.total ?? 0 });
      return;
    }
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
    if (UNSERVED.has(answer.status)) return null;
    const what = `GET /${path.split('/')[1]}`;
    if (answer.status !== 200) throw failureOfStatus(answer, what);
    const shown = objectOf(answer, what);
    const id = decodeURIComponent(path.split('/')[2] ?? '');
    // There are services that answer with a list, whatever is asked for.
    const isList = 'Resources' in shown;
    const listed = objectsIn(shown['Resources']).map(resourceOf);
    const resource = isList ? listed.find((one) => one?.id === id) : resourceOf(shown);
    if (isList && resource === undefined) return null;
    if (resource == null) throw unreadable(what);
    return { resource, etag: etagOf(answer, resource) };
  }

  /** False only where the service says that there is none. */
  async has(path: string, signal: AbortSignal): Promise<boolean> {
    return !isGone(await this.#statusOf(path, signal));
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
    const { status, isYes } = answer;
    const said = saidIn(answer);
    // The standard's word counts where the status is another.
    const isTaken = status === 400 && said.scimType === 'uniqueness';
    if (status === 409 || isTaken) return { kind: 'conflict', ...said };
    if (isGone(status)) return { kind: 'gone' };
    if (status === 412 || status === 428) return { kind: 'changed', status };
    if (!isSuccess(status)) {
      const failure = failureOfStatus(answer, what);
      const kind = refusalKind(status, failure);
      return kind === 'failed' ? { kind, failure, isYes, ...said } : { kind, failure, ...said };
    }
    const located = locationOf(answer, path);
    // There may be nothing to read: 204, or 201 with the Location alone (RFC 7644, 3.3, 3.5.2).
    // What is only begun (202) is shown as a task, with an id of its own.
    const isBare = status === 204 || status === 202 || answer.text.trim() === '';
    const shown = isBare ? null : objectOf(answer, what);
    const isNamed = (shown?.['id'] ?? null) !== null;
    const id = isNamed ? (resourceOf(shown)?.id ?? null) : null;
    // An id that we cannot read is none to go on with.
    if (isNamed && id === null) throw unreadable(what);
    if (shown !== null && isAnothers(shown, body)) throw aboutAnother(what);
    return { kind: 'written', status, shown, id: id ?? located, etag: etagOf(answer, shown) };
  }

  async #send(
    method: string,
    path: string,
    body: JsonObject | null,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<ReadAnswer> {
    const answer = await this.#http.send({
      method,
      path,
      headers: { accept: TYPE, ...headers, ...(body === null ? {} : { 'content-type': TYPE }) },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
      signal,
    });
    const isYes = isSuccess(answer.status);
    if (!isYes) return { ...answer, isYes };
    const shown = parsed(answer.text);
    return { ...answer, isYes, ...(method === 'GET' ? errorIn(shown) : refusedIn(shown, body)) };
  }
}

function listFailure(
  answer: Pick<HttpAnswer, 'status' | 'headers' | 'text' | 'receivedAt'>,
  what: string,
  filter: Filter | null,
): Failure {
  const failure = failureOfStatus(answer, what);
  if (filter === null || !(failure instanceof RefusedFailure)) return failure;
  const detail = redact(saidIn(answer).detail, [filter.value]);
  const values = { what, attribute: filter.attribute, status: String(answer.status) };
  const said = beside(saying('notSoLookedUp', values), detail);
  return new RefusedFailure('TARGET_REFUSED', said, { hint: saying('notSoLookedUpHint', {}) });
}
