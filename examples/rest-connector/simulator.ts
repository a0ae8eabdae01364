import type { IncomingMessage } from 'node:http';
import { bodyOf, serveOnLoopback } from '../../core/plugin.ts';

/** The system, as far as we use it. Write down what is assumed where nothing is published. */
export interface RestSimulator {
  readonly url: string;
  readonly objects: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Does what it is asked next, and answers 500 as if it had not. */
  failNextAnswer(): void;
  stop(): Promise<void>;
}

const PATH = /^\/api\/persons\/([^/]+)$/;

/** Starts it on a free loopback port. */
export async function startRest({ token }: { readonly token: string }): Promise<RestSimulator> {
  const objects = new Map<string, Record<string, unknown>>();
  let losesAnswer = false;
  const service = await serveOnLoopback(async (request, response) => {
    const text = await bodyOf(request);
    const isLoggedIn = request.headers.authorization === `Bearer ${token}`;
    const status = isLoggedIn ? handle(request, text, objects) : 401;
    response.writeHead(losesAnswer ? 500 : status).end();
    losesAnswer = false;
  });
  return {
    url: `${service.origin}/api`,
    objects,
    failNextAnswer: () => {
      losesAnswer = true;
    },
    stop: service.stop,
  };
}

function handle(
  { method, url = '' }: IncomingMessage,
  text: string,
  objects: Map<string, Record<string, unknown>>,
): number {
  const key = decodeURIComponent(PATH.exec(url)?.[1] ?? '');
  if (key === '') return 404;
  if (method === 'DELETE') return objects.delete(key) ? 204 : 404;
  if (method !== 'PUT') return 405;
  const body: Record<string, unknown> | null = text === '' ? null : JSON.parse(text);
  if (typeof body?.['givenName'] !== 'string') return 422;
  objects.set(key, body);
  return 204;
}
