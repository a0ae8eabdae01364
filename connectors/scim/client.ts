import {
  createHttpClient,
  Failure,
  failureOfStatus,
  type HttpAnswer,
  type HttpClient,
  isHtml,
  type Json,
  type JsonObject,
  type Surroundings,
  TransientFailure,
} from '../../core/plugin.ts';
import { isObject, isResource, PagedList, type Resource } from './paged-list.ts';

export interface ClientOptions {
  readonly url: string;
  readonly requestsPerSecond: number;
  readonly timeoutMs: number;
  readonly headers: (renew?: boolean) => Promise<Record<string, string>>;
}

/** What the service says that it can do (RFC 7643, 5); nothing where it does not say. */
export interface Abilities {
  readonly patch: boolean;
  readonly filter: boolean;
  readonly etag: boolean;
}

/** An answer to a write: what the service says, beyond refusing. */
export type Written =
  | { readonly kind: 'written'; readonly resource: Resource | null; readonly status?: number }
  /** 409 with `uniqueness`: it is there already. */
  | { readonly kind: 'conflict' }
  /** 404: it is not there. */
  | { readonly kind: 'gone' }
  /** 412: somebody changed it in between. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly detail: string };

const TYPE = 'application/scim+json';
const PAGE_SIZE = 100;

/** Speaks SCIM 2.0 over HTTP (RFC 7644). */
export class ScimClient {
  readonly #http: HttpClient;
  #abilities: Promise<Abilities> | null = null;

  constructor(
    { url, requestsPerSecond, timeoutMs, headers }: ClientOptions,
    { fetch, now, sleep, paceOf }: Surroundings,
  ) {
    const limits = { requestsPerSecond, timeoutMs, paceOf };
    this.#http = createHttpClient({ fetch, now, sleep, baseUrl: url, headers, ...limits });
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
    const answer = await this.#send('GET', '/ServiceProviderConfig', null, {}, signal);
    if (answer.status === 404 || answer.status === 501) {
      return { patch: false, filter: false, etag: false };
    }
    if (answer.status !== 200) throw failureOfStatus(answer, 'read ServiceProviderConfig');
    const config = objectOf(answer, 'read ServiceProviderConfig');
    const supports = (name: string) => {
      const ability = config[name];
      return isObject(ability) && ability['supported'] === true;
    };
    return { patch: supports('patch'), filter: supports('filter'), etag: supports('etag') };
  }

  /** All resources that match a filter, over as many pages as the service makes of them. */
  async find(endpoint: string, filter: string, signal: AbortSignal): Promise<readonly Resource[]> {
    const found: Resource[] = [];
    for await (const page of this.pages(endpoint, filter, signal)) found.push(...page);
    return found;
  }

  /**
   * Pages of a list; the next begins after what was received, not after what was asked for. A list
   * whose pages do not fit together is a failure, at the latest at its end: nobody may conclude
   * from it that something is missing.
   */
  async *pages(
    endpoint: string,
    filter: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Resource[]> {
    const list = new PagedList(endpoint);
    while (!list.isWhole) {
      const query = new URLSearchParams({
        startIndex: String(list.nextIndex),
        count: String(PAGE_SIZE),
      });
      if (filter !== null) query.set('filter', filter);
      const answer = await this.#send('GET', `${endpoint}?${query}`, null, {}, signal);
      if (answer.status !== 200) throw failureOfStatus(answer, `list ${endpoint}`);
      const page = list.take(objectOf(answer, `list ${endpoint}`));
      if (page.length > 0) yield page;
    }
  }

  /** The resource and its version, or null if it is not there. */
  async read(
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly resource: Resource; readonly etag: string | null } | null> {
    const answer = await this.#send('GET', path, null, {}, signal);
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw failureOfStatus(answer, `read ${path.split('/')[1]}`);
    const resource = objectOf(answer, 'read a resource');
    if (!isResource(resource)) throw unreadable('read a resource');
    return { resource, etag: answer.headers.get('etag') };
  }

  async write(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body: JsonObject | null,
    etag: string | null,
    signal: AbortSignal,
  ): Promise<Written> {
    const what = `${method} ${path.split('/')[1]}`;
    const answer = await this.#send(
      method,
      path,
      body,
      etag === null ? {} : { 'if-match': etag },
      signal,
    );
    if (answer.status === 409) return { kind: 'conflict' };
    if (answer.status === 404) return { kind: 'gone' };
    if (answer.status === 412) return { kind: 'changed' };
    if (answer.status < 200 || answer.status > 299) {
      return { kind: 'failed', failure: failureOfStatus(answer, what), detail: detailOf(answer) };
    }
    // PATCH and DELETE may answer 204, with nothing to read (RFC 7644, 3.5.2, 3.6).
    if (answer.status === 204 || answer.text.trim() === '')
      return { kind: 'written', resource: null, status: answer.status };
    const resource = objectOf(answer, what);
    // What was made without an id that we can read could never be changed or found again.
    if (method === 'POST' && !isResource(resource)) throw unreadable(what);
    if (isAnothers(resource, body)) {
      const text = `${what}: the answer is about another resource than was sent.`;
      throw new TransientFailure('TARGET_ANSWER_UNREADABLE', text);
    }
    const { status } = answer;
    return { kind: 'written', resource: isResource(resource) ? resource : null, status };
  }

  #send(
    method: string,
    path: string,
    body: JsonObject | null,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    return this.#http.send({
      method,
      path,
      headers: { accept: TYPE, ...headers, ...(body === null ? {} : { 'content-type': TYPE }) },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
      signal,
    });
  }
}

function objectOf(answer: HttpAnswer, what: string): JsonObject {
  if (isHtml(answer)) throw unreadable(what);
  try {
    const value: Json = JSON.parse(answer.text);
    if (isObject(value)) return value;
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
  }
  throw unreadable(what);
}

function unreadable(what: string): TransientFailure {
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', `${what}: the answer is not SCIM.`);
}

/** `scimType` and `detail` of an error answer (RFC 7644, 3.12). */
function detailOf({ text }: HttpAnswer): string {
  try {
    const error: Json = JSON.parse(text);
    if (!isObject(error)) return '';
    return [error['scimType'], error['detail']].filter((one) => typeof one === 'string').join(': ');
  } catch {
    return '';
  }
}

/** A service that mixes up its sessions answers with what another request was about. */
function isAnothers(answered: JsonObject, sent: JsonObject | null): boolean {
  const [ours, theirs] = [sent?.['externalId'], answered['externalId']];
  return typeof ours === 'string' && typeof theirs === 'string' && ours !== theirs;
}

/** A text as a filter's string: quotes and backslashes escaped (RFC 7644, 3.4.2.2). */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
