import { idIn } from '../../connector/objects/held-ids.ts';
import { type Failure, ForbiddenFailure, HeldFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { isObject, jsonIn } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';
import {
  failureOfStatus,
  isGone,
  isHtml,
  isJson,
  isSuccess,
  refusalInside,
  unreadable,
  wordsIn,
} from './http-failure.ts';
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
      writtenOf(await send(client, method, path, body, request), `${method} ${nameOf(path)}`, {
        ...{ path, body },
      });
  const read = async (path: string, request: JsonRequest = {}) => {
    const answer = await send(client, 'GET', path, null, request);
    if (isGone(answer.status)) return null;
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
      return pagesOf(open, path, paging, `GET ${nameOf(path)}`);
    },
    lists: (path, paging, request) =>
      listsOf((at) => read(at, request), path, paging, `GET ${nameOf(path)}`),
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

/** An answer to a write: there are services that refuse with status 200. */
function writtenOf(
  answer: HttpAnswer,
  what: string,
  { path, body: sent }: { readonly path: string; readonly body: JsonObject | null },
): JsonAnswer {
  const written = answerOf(answer, what, path);
  const inside = written.failure === null ? refusalInside(written.body, sent) : null;
  if (inside === null) return written;
  return refusalOf({ ...answer, status: inside.status, text: '' }, what, inside.detail);
}

function answerOf(answer: HttpAnswer, what: string, path: string): JsonAnswer {
  const { status, text } = answer;
  if (!isSuccess(status)) return refusalOf(answer, what, wordsIn(jsonIn(text) ?? null));
  const isBare = status === 204 || text.trim() === '';
  const body = isBare ? null : bodyOf(answer, what);
  const shown = isObject(body) ? idIn(body['id']) : null;
  return { status, body, id: shown ?? locatedId(answer, path), failure: null, detail: '' };
}

/** What is no success, as a value; a refused login is thrown. */
function refusalOf(answer: HttpAnswer, what: string, detail: string): JsonAnswer {
  const failure = failureOfStatus(answer, what);
  if (failure instanceof HeldFailure && !(failure instanceof ForbiddenFailure)) throw failure;
  return { status: answer.status, body: null, id: null, failure, detail };
}

function bodyOf(answer: HttpAnswer, what: string): Json {
  if (isHtml(answer)) throw unreadable(saying('answerPage', { what }));
  if (!isJson(answer.headers)) throw unreadable(saying('answerSaysNoJson', { what }));
  const body = jsonIn(answer.text);
  if (body === undefined) throw unreadable(saying('answerNoJson', { what }));
  return body;
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
