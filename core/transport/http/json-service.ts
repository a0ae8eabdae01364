import { idIn } from '../../connector/held-ids.ts';
import { type Failure, HeldFailure } from '../../failure/failure.ts';
import { isObject } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import { failureOfStatus, isHtml, isJson, unreadable } from './http-failure.ts';
import { listsOf, type Paging, pagesOf } from './json-pages.ts';

/** What may go with a request. */
export interface JsonRequest {
  /** Headers of this request alone. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the request. */
  readonly signal?: AbortSignal;
}

/** A service's answer to a write. Every status is an answer, but one that refuses our login. */
export interface JsonAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** What it holds; null where it is empty. */
  readonly body: Json;
  /** The id of what was made or changed: `id` of the body, else the end of the Location. */
  readonly id: string | null;
  /** What the answer means where it is no success. */
  readonly failure: Failure | null;
  /** The service's own words about a failure: for `redact` alone, they may hold personal data. */
  readonly detail: string;
}

/** A list's objects, as they come. */
export type Pages = AsyncGenerator<readonly JsonObject[]>;

/** A web service that speaks JSON. Paths are appended to its base. */
export interface JsonService {
  /** The body at a path; null where there is nothing (404). Throws the Failure of other answers. */
  get(path: string, request?: JsonRequest): Promise<Json>;
  /** Makes something. */
  post(path: string, body: JsonObject, request?: JsonRequest): Promise<JsonAnswer>;
  /** Puts something in its place as a whole. */
  put(path: string, body: JsonObject, request?: JsonRequest): Promise<JsonAnswer>;
  /** Changes a part of something. */
  patch(path: string, body: JsonObject, request?: JsonRequest): Promise<JsonAnswer>;
  /** Removes something. */
  delete(path: string, request?: JsonRequest): Promise<JsonAnswer>;
  /**
   * The objects of a list, as they come. Throws a Failure, at the latest at the end, where pages do
   * not fit together: nobody may conclude from them that something is missing.
   */
  pages(path: string, paging: Paging, request?: JsonRequest): Pages;
  /**
   * Several lists, page by page: of each page the object at `items`, which holds them by name.
   * Nothing where there is no such path (404); else as `pages`.
   */
  lists(path: string, paging: Paging, request?: JsonRequest): AsyncGenerator<JsonObject>;
}

/** Speaks JSON by way of a client, which keeps the pace, the time limit and the login. */
export function createJsonService(client: HttpClient): JsonService {
  const write =
    (method: string) =>
    async (path: string, body: JsonObject | null, request: JsonRequest = {}): Promise<JsonAnswer> =>
      answerOf(await send(client, method, path, body, request), `${method} ${nameOf(path)}`, path);
  const read = async (path: string, request: JsonRequest = {}) => {
    const answer = await send(client, 'GET', path, null, request);
    if (answer.status === 404) return null;
    const { body, failure } = answerOf(answer, `GET ${nameOf(path)}`, path);
    if (failure !== null) throw failure;
    return { headers: answer.headers, body };
  };
  return {
    get: async (path, request) => (await read(path, request))?.body ?? null,
    post: write('POST'),
    put: write('PUT'),
    patch: write('PATCH'),
    delete: (path, request) => write('DELETE')(path, null, request),
    pages: (path, paging, request = {}) => {
      const { headers = {}, signal = new AbortController().signal } = request;
      const open = (at: string) =>
        client.stream({ method: 'GET', path: at, headers: { ...ACCEPT, ...headers }, signal });
      return pagesOf(open, path, paging, `list ${nameOf(path)}`);
    },
    lists: (path, paging, request) =>
      listsOf((at) => read(at, request), path, paging, `list ${nameOf(path)}`),
  };
}

const ACCEPT = { accept: 'application/json' };

function send(
  client: HttpClient,
  method: string,
  path: string,
  body: JsonObject | null,
  { headers = {}, signal = new AbortController().signal }: JsonRequest,
): Promise<HttpAnswer> {
  if (body === null)
    return client.send({ method, path, headers: { ...ACCEPT, ...headers }, signal });
  const types = { ...ACCEPT, 'content-type': 'application/json' };
  return client.send({
    ...{ method, path, signal, body: JSON.stringify(body) },
    headers: { ...types, ...headers },
  });
}

/** The path's first step: what follows it may be somebody's number. */
function nameOf(path: string): string {
  return `/${/^(?:https?:\/\/[^/]*)?\/?([^/?]*)/.exec(path)?.[1] ?? ''}`;
}

function answerOf(answer: HttpAnswer, what: string, path: string): JsonAnswer {
  const { status, text } = answer;
  if (status < 200 || status > 299) {
    const failure = failureOfStatus(answer, what);
    if (failure instanceof HeldFailure) throw failure;
    return { status, body: null, id: null, failure, detail: detailOf(text) };
  }
  const isBare = status === 204 || text.trim() === '';
  const body = isBare ? null : bodyOf(answer, what);
  const shown = isObject(body) ? idIn(body['id']) : null;
  return { status, body, id: shown ?? locatedId(answer, path), failure: null, detail: '' };
}

function bodyOf(answer: HttpAnswer, what: string): Json {
  if (isHtml(answer)) throw unreadable(`${what}: the target answers with a web page.`);
  if (!isJson(answer.headers)) throw unreadable(`${what}: the answer says that it is not JSON.`);
  try {
    return JSON.parse(answer.text);
  } catch {
    throw unreadable(`${what}: the answer is not JSON.`);
  }
}

/** The words of an error in one of the usual forms, such as problem details (RFC 9457). */
function detailOf(text: string): string {
  let body: Json;
  try {
    body = JSON.parse(text);
  } catch {
    return '';
  }
  if (!isObject(body)) return '';
  const words = ['title', 'detail', 'message', 'error', 'error_description'].map(
    (name) => body[name],
  );
  return words.filter((word) => typeof word === 'string').join(': ');
}

/** The id in the Location of what was made: one step below the path it was sent to. */
function locatedId({ headers }: HttpAnswer, path: string): string | null {
  const location = URL.parse(headers.get('location') ?? '', 'http://service')?.pathname ?? '';
  const at = location.lastIndexOf('/');
  const sentTo = (path.split('?')[0] ?? '').replace(/^\/+|\/+$/g, '');
  if (!location.slice(0, at).endsWith(`/${sentTo}`)) return null;
  try {
    return idIn(decodeURIComponent(location.slice(at + 1)));
  } catch {
    return null;
  }
}
