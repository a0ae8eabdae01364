import { setTimeout as sleep } from 'node:timers/promises';
import { serveOnLoopback } from '../../core/plugin.ts';

/** Passes requests on to a SCIM service, slowly, and sees which objects are told of at once. */
export interface WatchingProxy {
  readonly url: string;
  /** Objects that two requests were about at the same time. */
  readonly clashes: readonly string[];
  readonly changes: () => number;
  stop(): Promise<void>;
}

export async function startWatchingProxy(target: string, delayMs: number): Promise<WatchingProxy> {
  const { origin, pathname } = new URL(target);
  const underWay = new Set<string>();
  const clashes: string[] = [];
  let changes = 0;
  const service = await serveOnLoopback(async (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const body = Buffer.concat(await Array.fromAsync<Buffer>(request)).toString('utf8');
    const object = method === 'GET' ? null : objectOf(url, body);
    if (object !== null) {
      if (underWay.has(object)) clashes.push(`${method} ${object}`);
      underWay.add(object);
      changes += 1;
    }
    await sleep(delayMs);
    const { authorization = '', 'content-type': type = 'application/scim+json' } = headers;
    const answer = await fetch(`${origin}${url}`, {
      ...{ method, headers: { authorization, 'content-type': type } },
      ...(body === '' ? {} : { body }),
    });
    const text = await answer.text();
    if (object !== null) underWay.delete(object);
    response.writeHead(answer.status, { 'content-type': 'application/scim+json' });
    response.end(answer.status === 204 ? undefined : text);
  });
  return {
    ...{ url: `${service.origin}${pathname}`, clashes, stop: service.stop },
    changes: () => changes,
  };
}

/** What a request is about: the object's own id there, or ours where it is yet to be made. */
function objectOf(url: string, body: string): string {
  const { pathname } = new URL(url, 'http://proxy');
  const [, id = ''] = /\/(?:Users|Groups)\/(.+)$/.exec(pathname) ?? [];
  if (id !== '' || body === '') return pathname;
  const { externalId = '' }: { externalId?: string } = JSON.parse(body);
  return `${pathname} ${externalId}`;
}
