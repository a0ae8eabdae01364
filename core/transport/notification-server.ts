import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { HeldFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import { systemFault } from '../failure/system-fault.ts';
import { isSameSecret } from '../message/digest.ts';
import { bodyWithin } from './body-within.ts';
import { type CallAnswer, type EventDoor, takeCall } from './event-calls.ts';
import { createServer } from './node-http.ts';

export interface NotificationServerOptions {
  readonly host: string;
  readonly port: number;
  /** Null: nobody may ring. */
  readonly token: string | null;
  /** Lets a module be looked at; false if there is no such module. */
  readonly ring: (module: string) => boolean;
  readonly events: EventDoor;
}

export interface NotificationServer {
  /** Nobody is heard any more; who is being answered gets the answer. */
  stop(): Promise<void>;
}

const PATH = /^\/doorbell\/([a-z][a-z0-9-]*)$/;
const EVENTS_PATH = /^\/events\/([a-z][a-z0-9-]*)(?:\/([a-z][a-z0-9-]*))?$/;
const LEAST_TOKEN = 16;
const MOST_BYTES = 8192;
const MOST_CONNECTIONS = 100;
const TIMEOUT_MS = 5000;
/** How often it is looked who is too slow. */
const CHECK_MS = 1000;
/** A caller may go on sending so long after the answer, which it may miss otherwise. */
const LINGER_MS = 1000;

/**
 * Hears `POST /doorbell/<module>` with the token, and answers at once: whoever rings is not told
 * what comes of it, and what the request holds is thrown away unread. Takes `POST
 * /events/<module>`, and answers once that is kept. Throws HeldFailure SECRET_MISSING for a token
 * that could be guessed, DOORBELL_UNUSABLE.
 */
export async function listenForNotifications(
  options: NotificationServerOptions,
): Promise<NotificationServer> {
  const { host, port, token } = options;
  if (token !== null && token.length < LEAST_TOKEN) {
    const text = `the doorbell's token has fewer than ${LEAST_TOKEN} characters`;
    throw new HeldFailure('SECRET_MISSING', text);
  }
  const limits = {
    ...{ requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS },
    connectionsCheckingInterval: CHECK_MS,
  };
  const server = createServer(limits, (request, response) => {
    // A caller who is gone needs no answer.
    answer(request, response, options).catch(() => response.destroy());
  });
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, host, port);
  return {
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const why = systemFault(cause) ?? '';
    const said = saying('doorbellDeaf', { address: `${host}:${port}`, why });
    throw new HeldFailure('DOORBELL_UNUSABLE', said, { cause });
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: NotificationServerOptions,
): Promise<void> {
  const [, module, path = ''] = EVENTS_PATH.exec(request.url ?? '') ?? [];
  if (module !== undefined) {
    tell(request, response, await takeCall(request, module, path, options.events));
    return;
  }
  // Whoever rings need not say more, and what is said is thrown away.
  const body = await bodyWithin(request, MOST_BYTES);
  const status = body === null ? 413 : statusOf(request, options);
  const headers = { ...HEADERS[status], 'content-length': 0, connection: 'close' };
  response.writeHead(status, headers).end();
}

/** Of a refusal the reason is told, in the form of RFC 9457. */
function tell(
  request: IncomingMessage,
  response: ServerResponse,
  { status, failure }: CallAnswer,
): void {
  const said = failure === null ? null : { title: failure.code, status, detail: failure.message };
  const body = said === null ? '' : JSON.stringify(said);
  response.setHeaders(new Map(Object.entries(EVENT_HEADERS[status] ?? {})));
  response.setHeader('content-length', Buffer.byteLength(body));
  if (said !== null) response.setHeader('content-type', 'application/problem+json');
  if (request.complete) response.setHeader('connection', 'close');
  response.writeHead(status).end(body);
  if (!request.complete) setTimeout(() => request.socket.destroy(), LINGER_MS).unref();
}

type Headers = Readonly<Record<number, Readonly<Record<string, string>>>>;

const HEADERS: Headers = {
  401: { 'www-authenticate': 'Bearer' },
  405: { allow: 'POST' },
};
const EVENT_HEADERS: Headers = {
  ...HEADERS,
  401: { 'www-authenticate': 'Webhook-Signature' },
  503: { 'retry-after': '10' },
};

/** Without the token nobody learns which modules there are. */
function statusOf(
  { method, url, headers }: IncomingMessage,
  { token, ring }: NotificationServerOptions,
): number {
  if (token === null || !isSameSecret(headers.authorization ?? '', `Bearer ${token}`)) return 401;
  const [, module] = PATH.exec(url ?? '') ?? [];
  if (module === undefined) return 404;
  if (method !== 'POST') return 405;
  return ring(module) ? 202 : 404;
}
