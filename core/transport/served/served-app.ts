import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Request, type Response } from 'express';
import type { ApiAnswer, ServedApi } from '../../connector/served/served-api.ts';
import { Failure } from '../../failure/failure.ts';
import type { Log } from '../../log/log.ts';
import { jsonIn } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';
import { BodyFault, textOfBody } from './request-body.ts';
import {
  areOf,
  type Credentials,
  isToken,
  newToken,
  TOKEN_SECONDS,
  TokenRequests,
} from './served-token.ts';

/** A client of ours, and what answers it. */
export interface ServedClient extends Credentials {
  readonly api: ServedApi;
}

export interface ServedAppOptions {
  /** By module. */
  readonly clients: ReadonlyMap<string, ServedClient>;
  /** Where clients find us; null: where their request says. */
  readonly url: string | null;
  readonly now: () => number;
  readonly log: Log;
}

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;
/** Requests of one client that are answered at the same time. */
const MOST_AT_ONCE = 8;
const MOST_FORM_BYTES = 8192;
const MOST_JSON_BYTES = 1_048_576;
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

/**
 * Answers the clients of served modules: `POST /<module>/token`, and the paths of the standard below
 * `/<module>`. Whoever has no token of the module learns nothing, not even which modules there are.
 */
export function servedApp(options: ServedAppOptions): express.Express {
  const { url, now } = options;
  const requests = new TokenRequests(now);
  const underWay = new Map<string, number>();
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.set('query parser', false);
  app.set('trust proxy', url === null ? false : 'loopback');
  app.use((request, response) => {
    response.set(HEADERS);
    const work = isForToken(request)
      ? giveToken(request, response, requests, options)
      : answer(request, response, underWay, options);
    work.catch((error) => broken(error, response, options.log));
  });
  return app;
}

function isForToken({ path }: Request): boolean {
  return /^\/[^/]+\/token$/.test(path);
}

function clientOf(
  [module = '']: readonly string[],
  { clients }: ServedAppOptions,
): ServedClient | undefined {
  return clients.get(module);
}

// --- tokens (RFC 6749, 4.4) ------------------------------------------------------------------

async function giveToken(
  request: Request,
  response: Response,
  requests: TokenRequests,
  options: ServedAppOptions,
): Promise<void> {
  const refuse = (status: number, error: string) => send(response, { status, body: { error } });
  if (request.method !== 'POST') {
    response.set('allow', 'POST');
    return refuse(405, 'invalid_request');
  }
  const waitSeconds = requests.waitFor(request.ip ?? '');
  if (waitSeconds > 0) {
    response.set('retry-after', String(waitSeconds));
    return refuse(429, 'slow_down');
  }
  const text = await bodyOf(request, FORM, MOST_FORM_BYTES);
  if (text instanceof BodyFault) return refuse(text.status, 'invalid_request');
  const form = new URLSearchParams(text);
  const field = (name: string) => form.get(name) ?? '';
  const client = clientOf(piecesOf(request.path) ?? [], options);
  const [id, secret] = basicOf(request) ?? [field('client_id'), field('client_secret')];
  if (!areOf(client, id, secret) || client === undefined) {
    response.set('www-authenticate', 'Basic');
    return refuse(401, 'invalid_client');
  }
  if (field('grant_type') !== 'client_credentials') return refuse(400, 'unsupported_grant_type');
  options.log.info({ module: client.module }, 'a client has a token');
  const token = newToken(client, options.now());
  const body = { access_token: token, token_type: 'Bearer', expires_in: TOKEN_SECONDS };
  return send(response, { status: 200, body });
}

/** Id and secret in the header, each percent-encoded before; null where there are none. */
function basicOf({ headers }: Request): readonly [string, string] | null {
  const [, packed] = /^basic ([A-Za-z0-9+/=]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (packed === undefined) return null;
  const [id = '', ...rest] = Buffer.from(packed, 'base64').toString('utf8').split(':');
  const plain = (text: string) => unescaped(text.replaceAll('+', ' ')) ?? '';
  return [plain(id), plain(rest.join(':'))];
}

// --- what the standard says ------------------------------------------------------------------

async function answer(
  request: Request,
  response: Response,
  underWay: Map<string, number>,
  options: ServedAppOptions,
): Promise<void> {
  const pieces = piecesOf(request.path) ?? [];
  const client = clientOf(pieces, options);
  const [, token = ''] = /^bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (!isToken(client, token, options.now()) || client === undefined) {
    response.set('www-authenticate', 'Bearer');
    const body = { code: 'UNAUTHORIZED', message: 'a token of this client is needed' };
    return send(response, { status: 401, body });
  }
  const { api, module } = client;
  const base = api.base.split('/');
  const path = pieces.slice(1 + base.length);
  const isBelow = base.every((piece, at) => pieces[at + 1] === piece);
  if (!isBelow) return send(response, refusal(api, 404, 'there is no such path'));
  const count = underWay.get(module) ?? 0;
  if (count >= MOST_AT_ONCE) {
    response.set('retry-after', '1');
    return send(response, refusal(api, 503, 'too many requests at the same time'));
  }
  underWay.set(module, count + 1);
  try {
    await answerIn(
      api,
      path,
      request,
      response,
      `${urlOf(request, options)}/${module}/${api.base}`,
    );
  } finally {
    underWay.set(module, (underWay.get(module) ?? 1) - 1);
  }
}

async function answerIn(
  api: ServedApi,
  path: readonly string[],
  request: Request,
  response: Response,
  url: string,
): Promise<void> {
  const query = new URLSearchParams(request.originalUrl.split('?').slice(1).join('?'));
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const body = await jsonOf(method, request);
  if (body instanceof BodyFault)
    return send(response, refusal(api, body.status, FAULTS[body.status]));
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    await send(response, await api.answer({ method, path, query, body, url }, gone.signal));
  } catch (error) {
    if (gone.signal.aborted) return;
    if (!(error instanceof Failure) || error.recovery !== 'retry') throw error;
    response.set('retry-after', '60');
    await send(response, refusal(api, 503, 'the hub cannot answer now'));
  }
}

const FAULTS: Readonly<Record<BodyFault['status'], string>> = {
  400: 'the body is no object or list in JSON',
  413: 'the body is too large',
  415: 'the body must be application/json in UTF-8',
};

/** A body in JSON; null where there is none. */
async function jsonOf(method: string, request: Request): Promise<Json | BodyFault> {
  if (method === 'GET' || request.headers['content-type'] === undefined) return null;
  const text = await bodyOf(request, JSON_TYPE, MOST_JSON_BYTES);
  if (text instanceof BodyFault) return text;
  const value = jsonIn(text);
  return typeof value === 'object' ? value : new BodyFault(400);
}

function refusal(api: ServedApi, status: number, message: string): ApiAnswer {
  return { status, body: api.refusal(status, message) };
}

async function bodyOf(
  request: Request,
  type: string,
  mostBytes: number,
): Promise<string | BodyFault> {
  try {
    return await textOfBody(request, type, mostBytes);
  } catch (error) {
    if (!(error instanceof BodyFault)) throw error;
    return error;
  }
}

/** The pieces of a path, decoded; null where they cannot be, or lead elsewhere. */
function piecesOf(path: string): readonly string[] | null {
  const pieces = path
    .replace(/^\/|\/$/g, '')
    .split('/')
    .map(unescaped);
  const isPlain = (piece: string | null): piece is string =>
    piece !== null && piece !== '' && piece !== '.' && piece !== '..' && !/[/\\\0]/.test(piece);
  return pieces.every(isPlain) ? pieces : null;
}

function unescaped(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function urlOf(request: Request, { url }: ServedAppOptions): string {
  return url?.replace(/\/$/, '') ?? `${request.protocol}://${request.headers.host ?? ''}`;
}

async function send(response: Response, { status, headers, body }: ApiAnswer): Promise<void> {
  // Of a body that nobody has read nothing more is taken.
  if (isComing(response.req)) response.set('connection', 'close');
  response.status(status).set({ ...headers });
  if (body === undefined) {
    response.end();
  } else if (isPieces(body)) {
    response.type('json');
    // A reader who goes away ends the reading, and a slow one slows it down.
    await pipeline(Readable.from(body), response).catch(() => response.destroy());
  } else {
    response.json(body);
  }
}

function isComing({ complete, headers }: Request): boolean {
  const length = headers['content-length'] ?? '0';
  return !complete && (length !== '0' || headers['transfer-encoding'] !== undefined);
}

function isPieces(body: Json | AsyncIterable<string>): body is AsyncIterable<string> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** What the request was about stays out of the log: it may be a person. */
function broken(error: unknown, response: Response, log: Log): void {
  const { name, stack = '' } = error instanceof Error ? error : new Error();
  const at = stack.split('\n').filter((line) => /^\s+at /.test(line));
  log.error({ kind: name, at: at.join('') }, 'a client could not be answered');
  if (response.headersSent) response.destroy();
  else response.status(500).json({ code: 'ERROR', message: 'the hub has a fault' });
}
