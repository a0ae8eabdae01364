import { createServer, type IncomingMessage } from 'node:http';

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
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const isLoggedIn = request.headers.authorization === `Bearer ${token}`;
    const status = isLoggedIn ? handle(request, body, objects) : 401;
    response.writeHead(losesAnswer ? 500 : status).end();
    losesAnswer = false;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/api`,
    objects,
    failNextAnswer: () => {
      losesAnswer = true;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function handle(
  { method, url = '' }: IncomingMessage,
  body: Record<string, unknown> | null,
  objects: Map<string, Record<string, unknown>>,
): number {
  const key = decodeURIComponent(PATH.exec(url)?.[1] ?? '');
  if (key === '') return 404;
  if (method === 'DELETE') return objects.delete(key) ? 204 : 404;
  if (method !== 'PUT') return 405;
  if (typeof body?.['givenName'] !== 'string') return 422;
  objects.set(key, body);
  return 204;
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown> | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? null : JSON.parse(text);
}
