import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { HeldFailure } from '../failure/failure.ts';

export interface NotificationServerOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** Lets a module be looked at; false if there is no such module. */
  readonly ring: (module: string) => boolean;
}

export interface NotificationServer {
  /** Nobody is heard any more; who is being answered gets the answer. */
  stop(): Promise<void>;
}

const PATH = /^\/doorbell\/([a-z][a-z0-9-]*)$/;
const LEAST_TOKEN = 16;
const MOST_BYTES = 8192;
const MOST_CONNECTIONS = 100;
const TIMEOUT_MS = 5000;

/**
 * Hears `POST /doorbell/<module>` with the token, and answers at once: whoever rings is not told
 * what comes of it. What the request holds is thrown away unread. Throws HeldFailure
 * SECRET_MISSING for a token that could be guessed, DOORBELL_UNUSABLE.
 */
export async function listenForNotifications(
  options: NotificationServerOptions,
): Promise<NotificationServer> {
  const { host, port, token } = options;
  if (token.length < LEAST_TOKEN) {
    const text = `the doorbell's token has fewer than ${LEAST_TOKEN} characters`;
    throw new HeldFailure('SECRET_MISSING', text);
  }
  const limits = { requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS };
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
    const text = `the doorbell cannot listen on ${host}:${port}`;
    throw new HeldFailure('DOORBELL_UNUSABLE', text, { cause });
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: NotificationServerOptions,
): Promise<void> {
  const isSmall = await discard(request);
  const status = isSmall ? statusOf(request, options) : 413;
  const headers = { ...HEADERS[status], 'content-length': 0, connection: 'close' };
  response.writeHead(status, headers).end();
}

const HEADERS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { 'www-authenticate': 'Bearer' },
  405: { allow: 'POST' },
};

/** Without the token nobody learns which modules there are. */
function statusOf(
  { method, url, headers }: IncomingMessage,
  { token, ring }: NotificationServerOptions,
): number {
  if (!isSame(headers.authorization ?? '', `Bearer ${token}`)) return 401;
  const [, module] = PATH.exec(url ?? '') ?? [];
  if (module === undefined) return 404;
  if (method !== 'POST') return 405;
  return ring(module) ? 202 : 404;
}

/** Takes as long whatever differs: digests of one length are compared to their end. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** False if there is more of it than anybody who rings needs to say. */
async function discard(request: IncomingMessage): Promise<boolean> {
  let size = 0;
  // To leave the loop must not close the connection: the answer is still to come.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += Buffer.byteLength(chunk);
    if (size > MOST_BYTES) return false;
  }
  return true;
}
