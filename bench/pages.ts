import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import { startItslearning } from '../connectors/itslearning/simulator.ts';
import { startScim } from '../connectors/scim/simulator.ts';
import { RIGHTS } from '../core/control/control-bus.ts';
import { type Hub, openHub } from '../core/hub.ts';
import { silentLog } from '../core/log/log.ts';
import { generateCity } from '../scripts/generate/generate-city.ts';
import { findBrowser } from '../test/dashboard/browser.ts';
import { openFor, PASSWORD, somebody } from '../test/dashboard/visitor.ts';
import { type Figure, leastProcessor } from './figures.ts';
import { inWorkspace, sync } from './night.ts';

/** What a page is called, and where it is. */
type Page = readonly [what: string, path: string];

/** Every page of a city after a night: how long it takes, how much it is, when it is seen. */
export async function benchPagesOfCity(pupils: number): Promise<readonly Figure[]> {
  const lms = await startItslearning({ user: 'hub', password: 'secret' });
  const identity = await startScim({ token: 'secret', etag: false });
  const urls = { LMS_URL: lms.url, IDENTITY_URL: identity.url };
  try {
    return await inWorkspace(urls, async (folder, environment) => {
      const city = { pupils, seed: 'bench', date: '2026-09-01', nights: 1, faults: true };
      await generateCity({ ...city, out: join(folder, 'register') });
      await sync(folder, environment, 0);
      const hub = await openHub({ folder, log: silentLog, environment });
      const figures = await benchPages(hub, await pagesOf(hub));
      await hub.close();
      return figures;
    });
  } finally {
    await Promise.all([lms.stop(), identity.stop()]);
  }
}

/** Those of the menu, and the first behind each. */
async function pagesOf({ control, engine }: Hub): Promise<readonly Page[]> {
  const [failure] = await control.failures({ limit: 1 });
  const [group] = await control.failureGroups();
  const { flows, mappings } = control.wiring();
  const named = new URLSearchParams({
    ...{ target: group?.target ?? '', type: group?.type ?? '', state: group?.state ?? '' },
    ...{ code: group?.code ?? '', kind: group?.objectKind ?? '' },
  });
  const idOf = async (kind: string) => {
    const schema = engine.workspace.canonical.get(kind);
    for await (const batch of engine.store.entities.scan(kind)) {
      const found = batch.find(({ entity }) => schema?.isProtected(entity) !== true);
      if (found !== undefined) return found.entity.id;
    }
    return '';
  };
  const [person, klass] = [await idOf('person'), await idOf('group')];
  return [
    ...MENU,
    ['failed, by school unit', '/failed?by=unit'],
    ['failed, by consequence', '/failed?by=consequence'],
    ['failed, by flow', '/failed?by=flow'],
    ['a group of failures', `/failed/group?${named}`],
    ['a message', `/message/${failure?.id}`],
    ['a person', `/person/${person}`],
    ['a person on an earlier day', `/person/${person}/day?day=2026-08-31`],
    ['a group on a day', `/group/${klass}?day=2026-09-01`],
    ['a flow', `/flows/${flows[0]?.name}`],
    ['a mapping', `/mapping?${new URLSearchParams({ file: mappings[0]?.file ?? '' })}`],
    ['a module', `/modules/${flows[0]?.to}`],
    ['the day at a glance', '/digest'],
  ];
}

const MENU: readonly Page[] = [
  ['the overview', '/'],
  ['failed', '/failed'],
  ['decisions', '/holds'],
  ['overrides', '/overrides'],
  ['the search for a person', '/person'],
  ['runs', '/runs'],
  ['the schedule', '/schedule'],
  ['flows', '/flows'],
  ['modules', '/modules'],
  ['the audit', '/audit'],
  ['settings', '/settings'],
];

/** The pages that 100,000 failures make longer. */
export function pagesOfFailures(group: URLSearchParams, message: string): readonly Page[] {
  return [
    ...MENU,
    ['the school units', '/failed?by=unit'],
    ['the consequences', '/failed?by=consequence'],
    ['the flows', '/failed?by=flow'],
    ['the causes of one school unit', '/failed?by=cause&unit=u7'],
    ['a group', `/failed/group?${group}`],
    ['what of it is of one school unit', `/failed/group?${group}&unit=u7`],
    ['the middle of a group', `/failed/group?${group}&after=50000`],
    ['a message', `/message/${message}`],
  ];
}

/**
 * What pages cost beside one of express that says the same few words to everybody: processor time
 * of hub and reader together; the heaviest, and how late a browser shows something of the slowest.
 */
export async function benchPages(hub: Hub, pages: readonly Page[]): Promise<readonly Figure[]> {
  const plain = await openBare();
  const bare = await leastProcessor(async () => {
    await (await fetch(plain.url)).text();
  }, 20);
  const dashboard = await openFor(hub);
  const visitor = await somebody(hub, dashboard.url, 'kim', RIGHTS);
  const figures: Figure[] = [
    { what: 'a bare page of express', value: bare * 1000, unit: 'ms', against: null },
  ];
  let heaviest = { what: '', value: 0 };
  for (const [what, path] of pages) {
    const answer = await visitor.ask(path);
    if (answer.status !== 200) throw new Error(`${what} answers ${answer.status}`);
    const value = (await answer.arrayBuffer()).byteLength;
    if (value > heaviest.value) heaviest = { what: `the heaviest page: ${what}`, value };
    const seconds = await leastProcessor(async () => {
      await visitor.read(path);
    }, 20);
    figures.push({
      what: `page: ${what}`,
      value: seconds * 1000,
      unit: 'ms',
      against: bare * 1000,
    });
  }
  figures.push({ ...heaviest, unit: 'bytes', against: 150_000 });
  figures.push(...(await firstContent(plain.url, dashboard.url, pages)));
  plain.stop();
  await dashboard.stop();
  return figures;
}

/** How long after its answer begins a browser shows the first of a page: the slowest of all. */
async function firstContent(
  bare: string,
  url: string,
  pages: readonly Page[],
): Promise<readonly Figure[]> {
  const browser = await findBrowser();
  if ('missing' in browser) return [];
  try {
    const page = await browser.newPage();
    const shownAfter = async (address: string) => {
      const times: number[] = [];
      for (let time = 0; time < 5; time++) {
        await page.goto(address);
        times.push(Number(await page.evaluate(AFTER_ANSWER)));
      }
      return Math.min(...times);
    };
    const against = await shownAfter(bare);
    await page.goto(`${url}/sign-in`);
    await page.locator('[name=name]').fill('kim');
    await page.locator('[name=password]').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/`);
    let slowest = { what: '', value: 0 };
    for (const [what, path] of pages) {
      const value = await shownAfter(url + path);
      if (value > slowest.value) slowest = { what: `seen after its answer: ${what}`, value };
    }
    const bareFigure = { what: 'the bare page is seen', value: against, unit: 'ms' } as const;
    return [
      { ...bareFigure, against: null },
      { ...slowest, unit: 'ms', against },
    ];
  } finally {
    await browser.close();
  }
}

/** Milliseconds, told by the browser. */
const AFTER_ANSWER = `new Promise((resolve) => new PerformanceObserver((list) => {
  const [navigation] = performance.getEntriesByType('navigation');
  for (const { name, startTime } of list.getEntries()) {
    if (name === 'first-contentful-paint') resolve(startTime - navigation.responseStart);
  }
}).observe({ type: 'paint', buffered: true }))`;

/** A page that says one word. */
export async function openBare(): Promise<{ readonly url: string; stop(): void }> {
  const app = express();
  app.get('/', (_request, response) => response.type('html').send('<!doctype html><p>Hello'));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url, stop };
}
