import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { bodyOf, serveOnLoopback } from '../../core/plugin.ts';
import { type Answer, failure, ScimDirectory } from './simulator-directory.ts';
import {
  CONTENT_TYPE,
  disturbed,
  isDue,
  type SimulatedFault,
  showBefore,
} from './simulator-faults.ts';

export type { SimulatedFault };

export interface SimulatorOptions {
  /** The bearer token; where tokens are given out, also the client's secret. */
  readonly token: string;
  /** What the service says that it can do; all of it unless said otherwise. */
  readonly patch?: boolean;
  readonly filter?: boolean;
  readonly etag?: boolean;
  /** Most resources of a page. Default 20. */
  readonly pageSize?: number;
}

export interface ScimSimulator {
  readonly url: string;
  /** Gives out access tokens for a client's secret (RFC 6749, 4.4). */
  readonly tokenUrl: string;
  readonly directory: ScimDirectory;
  readonly calls: () => number;
  readonly failNext: (...faults: readonly SimulatedFault[]) => void;
  /** Forgets the faults that are still to be shown. */
  readonly heal: () => void;
  readonly stop: () => Promise<void>;
}

/** Starts a simulated SCIM service on a free loopback port. */
export async function startScim(options: SimulatorOptions): Promise<ScimSimulator> {
  const directory = new ScimDirectory(options);
  const faults: SimulatedFault[] = [];
  const access = { token: options.token };
  let calls = 0;
  const service = await serveOnLoopback((request, response) => {
    calls += 1;
    const url = new URL(request.url ?? '/', 'http://simulator');
    const [next] = faults;
    const isNow = next !== undefined && isDue(next, request.method ?? 'GET', url);
    const fault = isNow ? faults.shift() : undefined;
    if (fault?.kind === 'expired') access.token = randomUUID();
    return url.pathname === '/token'
      ? giveToken(request, response, options, access.token)
      : respond(request, response, url, directory, access.token, fault);
  });
  return {
    url: `${service.origin}/scim/v2`,
    tokenUrl: `${service.origin}/token`,
    directory,
    calls: () => calls,
    failNext: (...more) => void faults.push(...more),
    heal: () => void faults.splice(0),
    stop: service.stop,
  };
}

async function giveToken(
  request: IncomingMessage,
  response: ServerResponse,
  { token: secret }: SimulatorOptions,
  token: string,
): Promise<void> {
  const form = new URLSearchParams(await bodyOf(request));
  const isKnown = form.get('client_secret') === secret;
  const body = isKnown
    ? { access_token: token, token_type: 'Bearer', expires_in: 3600 }
    : { error: 'invalid_client' };
  response.writeHead(isKnown ? 200 : 400, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  directory: ScimDirectory,
  token: string,
  fault: SimulatedFault | undefined,
): Promise<void> {
  const text = await bodyOf(request);
  if (showBefore(response, fault)) return;
  if (request.headers.authorization !== `Bearer ${token}`) {
    send(response, { status: 401, body: failure(401, 'Not logged in') });
    return;
  }
  const body: unknown = text === '' ? null : JSON.parse(text);
  const ifMatch = request.headers['if-match'] ?? null;
  const method = fault?.kind === 'keeps' ? 'GET' : (request.method ?? 'GET');
  const answer = directory.handle(method, url, body, ifMatch);
  if (fault?.kind === 'slow') await sleep(fault.ms);
  send(response, disturbed(answer, fault, url, directory));
}

function send(response: ServerResponse, { status, body, etag, location }: Answer): void {
  const told = {
    ...(etag === undefined ? {} : { etag }),
    ...(location === undefined ? {} : { location }),
  };
  response.writeHead(status, { 'content-type': CONTENT_TYPE, ...told });
  response.end(body === null ? undefined : JSON.stringify(body));
}
