import { setTimeout as sleep } from 'node:timers/promises';
import { serveOnLoopback } from '../../core/plugin.ts';

/** Passes requests on to a target, slowly, and sees which objects are told of at once. */
export interface WatchingProxy {
  readonly url: string;
  /** Objects that two requests were about at the same time. */
  readonly clashes: readonly string[];
  readonly changes: () => number;
  stop(): Promise<void>;
}

/** What a request is about; nothing where it changes nothing. */
export type ObjectsOf = (method: string, url: string, body: string) => readonly string[];

export async function startWatchingProxy(
  target: string,
  delayMs: number,
  objectsOf: ObjectsOf = scimObjects,
): Promise<WatchingProxy> {
  const { origin, pathname } = new URL(target);
  const underWay = new Set<string>();
  const clashes: string[] = [];
  let changes = 0;
  const service = await serveOnLoopback(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const body = Buffer.concat(await Array.fromAsync<Buffer>(request)).toString('utf8');
    const objects = objectsOf(method, url, body);
    for (const object of objects) {
      if (underWay.has(object)) clashes.push(`${method} ${object}`);
      underWay.add(object);
      changes += 1;
    }
    await sleep(delayMs);
    const { authorization = '', 'content-type': type = 'application/scim+json' } = headers;
    const soapaction = String(headers['soapaction'] ?? '');
    // A connection of its own: one that is kept may be closed by the other side meanwhile.
    const headersOn = { authorization, 'content-type': type, soapaction, connection: 'close' };
    const answer = await fetch(`${origin}${url}`, {
      ...{ method, headers: headersOn },
      ...(body === '' ? {} : { body }),
    }).finally(() => {
      for (const object of objects) underWay.delete(object);
    });
    const text = await answer.text();
    const told = answer.headers.get('content-type') ?? 'application/scim+json';
    response.writeHead(answer.status, { 'content-type': told });
    response.end(answer.status === 204 ? undefined : text);
  });
  return {
    ...{ url: `${service.origin}${pathname === '/' ? '' : pathname}`, clashes },
    ...{ changes: () => changes, stop: service.stop },
  };
}

/** Of SCIM: the object's own id there, or ours where it is yet to be made. */
function scimObjects(method: string, url: string, body: string): readonly string[] {
  if (method === 'GET') return [];
  const { pathname } = new URL(url, 'http://proxy');
  const [, id = ''] = /\/(?:Users|Groups)\/(.+)$/.exec(pathname) ?? [];
  if (id !== '' || body === '') return [pathname];
  const { externalId = '' }: { externalId?: string } = JSON.parse(body);
  return [`${pathname} ${externalId}`];
}

/** Of IMS-ES: our ids, of each object that a call carries. */
export function imsObjects(_method: string, url: string, body: string): readonly string[] {
  const ids = body.matchAll(/<m:sourcedId>\s*<c:identifier>([^<]*)</g);
  return [...ids].map(([, id = '']) => `${url} ${id}`);
}
