import type { IncomingMessage } from 'node:http';
import { bodyOf, serveOnLoopback } from '../../core/plugin.ts';

/** The system, as far as we use it. Write down what is assumed where nothing is published. */
export interface RestSimulator {
  readonly url: string;
  readonly objects: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Does what it is asked next, and answers 500 as if it had not. */
  failNextAnswer(): void;
  /** Keeps what it has at the next change, and shows that with status 200. */
  keepNext(): void;
  stop(): Promise<void>;
}

const PATH = /^\/api\/persons\/([^/]+)$/;

/** Starts it on a free loopback port. */
export async function startRest({ token }: { readonly token: string }): Promise<RestSimulator> {
  const objects = new Map<string, Record<string, unknown>>();
  let losesAnswer = false;
  let keeps = false;
  const service = await serveOnLoopback(async (request, response) => {
    const text = await bodyOf(request);
    const isLoggedIn = request.headers.authorization === `Bearer ${token}`;
    const { status, body = '' }: Answer = isLoggedIn
      ? handle(request, text, objects, keeps)
      : { status: 401 };
    response.writeHead(losesAnswer ? 500 : status).end(losesAnswer ? '' : body);
    losesAnswer = false;
    keeps = false;
  });
  return {
    url: `${service.origin}/api`,
    objects,
    failNextAnswer: () => {
      losesAnswer = true;
    },
    keepNext: () => {
      keeps = true;
    },
    stop: service.stop,
  };
}

interface Answer {
  readonly status: number;
  readonly body?: string;
}

/** What is put is answered with, as the system holds it then. */
function handle(
  { method, url = '' }: IncomingMessage,
  text: string,
  objects: Map<string, Record<string, unknown>>,
  keeps: boolean,
): Answer {
  const key = decodeURIComponent(PATH.exec(url)?.[1] ?? '');
  if (key === '') return { status: 404 };
  if (method === 'DELETE') return { status: objects.delete(key) ? 204 : 404 };
  if (method !== 'PUT') return { status: 405 };
  const body: Record<string, unknown> | null = text === '' ? null : JSON.parse(text);
  if (typeof body?.['givenName'] !== 'string') return { status: 422 };
  if (!keeps) objects.set(key, body);
  return { status: 200, body: JSON.stringify(objects.get(key)) };
}
