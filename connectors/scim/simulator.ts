import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, failure, ScimDirectory } from './simulator-directory.ts';

/** A fault that the next requests show, on demand. */
export type SimulatedFault =
  | { readonly kind: 'busy'; readonly retryAfter: number }
  | { readonly kind: 'error-before' | 'error-after' | 'html' }
  /** Answers only after this time; the change is made first. */
  | { readonly kind: 'slow'; readonly ms: number };

export interface SimulatorOptions {
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
  readonly directory: ScimDirectory;
  readonly calls: () => number;
  readonly failNext: (...faults: readonly SimulatedFault[]) => void;
  readonly stop: () => Promise<void>;
}

/** Starts a simulated SCIM service on a free loopback port. */
export async function startScim(options: SimulatorOptions): Promise<ScimSimulator> {
  const directory = new ScimDirectory(options);
  const faults: SimulatedFault[] = [];
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    respond(request, response, directory, options, faults.shift()).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/scim/v2`,
    directory,
    calls: () => calls,
    failNext: (...more) => void faults.push(...more),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  directory: ScimDirectory,
  { token }: SimulatorOptions,
  fault: SimulatedFault | undefined,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (showBefore(response, fault)) return;
  if (request.headers.authorization !== `Bearer ${token}`) {
    send(response, { status: 401, body: failure(401, 'Not logged in') });
    return;
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const body: unknown = text === '' ? null : JSON.parse(text);
  const url = new URL(request.url ?? '/', 'http://simulator');
  const ifMatch = request.headers['if-match'] ?? null;
  const answer = directory.handle(request.method ?? 'GET', url, body, ifMatch);
  if (fault?.kind === 'slow') await sleep(fault.ms);
  const isLost = fault?.kind === 'error-after';
  send(response, isLost ? { status: 500, body: failure(500, 'Broken') } : answer);
}

function showBefore(response: ServerResponse, fault: SimulatedFault | undefined): boolean {
  switch (fault?.kind) {
    case 'busy':
      response.writeHead(429, { 'retry-after': String(fault.retryAfter) }).end();
      return true;
    case 'error-before':
      send(response, { status: 500, body: failure(500, 'Broken') });
      return true;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><html><body>Log in</body></html>');
      return true;
    default:
      return false;
  }
}

function send(response: ServerResponse, { status, body, etag }: Answer): void {
  const headers = etag === undefined ? {} : { etag };
  response.writeHead(status, { 'content-type': 'application/scim+json', ...headers });
  response.end(body === null ? undefined : JSON.stringify(body));
}
