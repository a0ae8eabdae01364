import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import type { Hub } from '../core/hub.ts';
import { openFor, somebody } from '../test/dashboard/visitor.ts';
import { type Figure, leastProcessor } from './figures.ts';

/**
 * What a page costs beside one of express that says the same few words to everybody: processor time
 * of hub and reader together.
 */
export async function benchPages(hub: Hub, group: URLSearchParams): Promise<readonly Figure[]> {
  const bare = await bareSeconds();
  const dashboard = await openFor(hub);
  const visitor = await somebody(hub, dashboard.url, 'kim');
  const [one] = await hub.control.failures({ limit: 1 });
  const figures: Figure[] = [
    { what: 'a bare page of express', value: bare * 1000, unit: 'ms', against: null },
  ];
  for (const [what, path] of [
    ['page: the overview', '/'],
    ['page: the groups', '/failed'],
    ['page: the school units', '/failed?by=unit'],
    ['page: the consequences', '/failed?by=consequence'],
    ['page: the causes of one school unit', '/failed?by=cause&unit=u7'],
    ['page: a group', `/failed/group?${group}`],
    ['page: what of it is of one school unit', `/failed/group?${group}&unit=u7`],
    ['page: the middle of a group', `/failed/group?${group}&after=50000`],
    ['page: a message', `/message/${one?.id}`],
  ] as const) {
    const value = await leastProcessor(async () => {
      await visitor.read(path);
    }, 20);
    figures.push({ what, value: value * 1000, unit: 'ms', against: bare * 1000 });
  }
  await dashboard.stop();
  return figures;
}

async function bareSeconds(): Promise<number> {
  const app = express();
  app.get('/', (_request, response) => response.type('html').send('<!doctype html><p>Hello'));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const seconds = await leastProcessor(async () => {
    await (await fetch(`http://127.0.0.1:${port}/`)).text();
  }, 20);
  server.close();
  server.closeAllConnections();
  return seconds;
}
