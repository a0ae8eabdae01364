/** What simulated services on HTTP share: where they listen, and the faults of their front door. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from '../node-http.ts';

/** A service that listens on this machine. */
export interface SimulatedService {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** Hangs up on everybody. */
  readonly stop: () => Promise<void>;
}

/** A fault that shows before anything is done. */
export type FrontDoorFault =
  /** Says how long to wait in seconds; or by a date, on a clock that is wrong by so much. */
  | { readonly kind: 'busy'; readonly retryAfter: number; readonly clockAheadMs?: number }
  /** A page to log in on, with status 200. */
  | { readonly kind: 'html' }
  /** Begins to answer, and goes on and on, some bytes at a time. */
  | { readonly kind: 'drip' };

/** Listens on a free loopback port; hangs up where `answer` fails. */
export async function serveOnLoopback(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<SimulatedService> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The body of a request, as text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** `contentType` is what the service answers otherwise. */
export function showAtFrontDoor(
  response: ServerResponse,
  fault: FrontDoorFault,
  contentType: string,
): void {
  switch (fault.kind) {
    case 'busy':
      response.writeHead(429, waitHeaders(fault.retryAfter, fault.clockAheadMs)).end();
      return;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><html><body>Log in</body></html>');
      return;
    case 'drip': {
      response.writeHead(200, { 'content-type': contentType });
      const drops = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(drops));
      return;
    }
  }
}

function waitHeaders(seconds: number, aheadMs: number | undefined): Record<string, string> {
  if (aheadMs === undefined) return { 'retry-after': String(seconds) };
  const clock = Date.now() + aheadMs;
  return {
    date: new Date(clock).toUTCString(),
    'retry-after': new Date(clock + seconds * 1000).toUTCString(),
  };
}
