import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ScimDirectory } from '../connectors/scim/simulator-directory.ts';

export interface QuickScim {
  readonly url: string;
  stop(): Promise<void>;
}

const FILTER = /^externalId eq "(.+)"$/;

/**
 * A SCIM service as fast as a service can be, for the size of a city: it knows resources by their
 * external ids and keeps nothing else of them. The simulator reads a whole list for each look-up.
 */
export async function startQuickScim(): Promise<QuickScim> {
  const config = new ScimDirectory({ etag: false });
  const ids = new Map<string, string>();
  let last = 0;
  const answer = async (request: IncomingMessage): Promise<readonly [number, unknown]> => {
    const { method = 'GET' } = request;
    const url = new URL(request.url ?? '', 'http://quick');
    if (url.pathname.endsWith('ServiceProviderConfig')) {
      return [200, config.handle('GET', url, null, null).body];
    }
    if (method === 'GET') {
      const externalId = FILTER.exec(url.searchParams.get('filter') ?? '')?.[1] ?? '';
      const id = ids.get(externalId);
      const found = id === undefined ? [] : [{ id, externalId }];
      return [200, { totalResults: found.length, Resources: found }];
    }
    const body = JSON.parse((await textOf(request)) || '{}');
    if (method !== 'POST') return [204, null];
    last += 1;
    ids.set(body.externalId, `r${last}`);
    return [201, { ...body, id: `r${last}` }];
  };
  const server = createServer(async (request, response) => {
    const [status, body] = await answer(request);
    response.writeHead(status, { 'content-type': 'application/scim+json' });
    response.end(body === null ? '' : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // SAFETY: it listens on a port of the loopback interface.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/scim/v2`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
