import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** Passes requests on to a target and keeps every byte that they brought. */
export interface RecordingProxy {
  readonly url: string;
  /** Request lines, headers and bodies so far. */
  recorded(): string;
  stop(): Promise<void>;
}

/** What the target's answer to a request becomes on its way back. */
export type Garble = (method: string, path: string, answer: Buffer) => Buffer;

/** The status with which a request is turned away before the target; null: it may go. */
export type Refuse = (method: string, path: string) => number | null;

export async function startRecordingProxy(
  target: string,
  garble: Garble = (_method, _path, answer) => answer,
  refuse: Refuse = () => null,
): Promise<RecordingProxy> {
  const { origin, pathname } = new URL(target);
  const kept: string[] = [];
  const server = createServer((request, response) => {
    passOn(request, response, origin, kept, { garble, refuse }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}${pathname === '/' ? '' : pathname}`,
    recorded: () => kept.join('\n'),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  origin: string,
  kept: string[],
  { garble, refuse }: { readonly garble: Garble; readonly refuse: Refuse },
): Promise<void> {
  const body = Buffer.concat(await Array.fromAsync<Buffer>(request));
  kept.push(`${request.method} ${request.url}`, ...request.rawHeaders, body.toString('utf8'));
  const refused = refuse(request.method ?? 'GET', request.url ?? '');
  if (refused !== null) {
    response.writeHead(refused, { 'content-type': 'application/json' });
    response.end('{}');
    return;
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    const isOurs = ['host', 'connection', 'content-length', 'transfer-encoding'].includes(name);
    if (!isOurs && typeof value === 'string') headers.set(name, value);
  }
  const method = request.method ?? 'GET';
  const hasBody = body.length > 0;
  const answer = await fetch(`${origin}${request.url}`, {
    ...{ method, headers },
    ...(hasBody ? { body } : {}),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const type = answer.headers.get('content-type');
  response.writeHead(answer.status, type === null ? {} : { 'content-type': type });
  response.end(garble(method, request.url ?? '', bytes));
}
