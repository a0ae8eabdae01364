import { join } from 'node:path';
import { type Hub, openHub } from '../core/hub.ts';
import { silentLog } from '../core/log/log.ts';
import type { Entity } from '../core/message/message.ts';
import { generateCity } from '../scripts/generate/generate-city.ts';
import { openFor, somebody, type Visitor } from '../test/dashboard/visitor.ts';
import { type Figure, leastProcessor, shares } from './figures.ts';
import { inWorkspace } from './night.ts';
import { openBare } from './pages.ts';

/** Each word is asked for so often, one after the other and not one by one: the machine changes. */
const TIMES = 200;
const NOBODY = '00000000-0000-4000-8000-000000000000';

/**
 * How long a search takes on its page, by what is known of somebody; and whether the time tells
 * those who may not see protected persons that one is known here.
 */
export async function benchSearch(pupils: number): Promise<readonly Figure[]> {
  const urls = { LMS_URL: 'http://127.0.0.1:9', IDENTITY_URL: 'http://127.0.0.1:9' };
  return inWorkspace(urls, async (folder, environment) => {
    const city = { pupils, seed: 'bench', date: '2026-09-01', nights: 1, faults: false };
    await generateCity({ ...city, out: join(folder, 'register') });
    const hub = await openHub({ folder, log: silentLog, environment });
    const { signal } = new AbortController();
    const night = { flow: 'collaboration', deliver: false, signal, patienceMs: 0 };
    await hub.control.sync({ ...night, onProgress: () => undefined });
    const figures = await searchIn(hub);
    await hub.close();
    return figures;
  });
}

/** The same in a city that a hub has taken in. */
export async function searchIn(hub: Hub): Promise<readonly Figure[]> {
  const dashboard = await openFor(hub);
  const visitor = await somebody(hub, dashboard.url, 'kim', ['list', 'contents']);
  const figures = await searched(hub, visitor);
  await dashboard.stop();
  return figures;
}

async function searched(hub: Hub, visitor: Visitor): Promise<readonly Figure[]> {
  const { open, hidden } = await someOf(hub);
  const name = `${open['givenName']} ${open['familyName']}`;
  const page = await visitor.read('/person');
  const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const search = (word: string) => async () => {
    await visitor.post('/person', [
      ['csrf', csrf],
      ['word', word],
    ]);
  };
  const look = (id: string) => async () => {
    await visitor.read(`/person/${id}`);
  };
  const times = await interleaved([
    search(name),
    search(accountOf(open)),
    search(numberOf(open)),
    search('an'),
    search('19990101TF99'),
    search(numberOf(hidden)),
    look(NOBODY),
    look(hidden.id),
    look(open.id),
  ]);
  const [byName = [], byAccount = [], byNumber = [], short = [], nobody = [], kept = []] = times;
  const [, , , , , , noPage = [], keptPage = [], openPage = []] = times;
  const plain = await openBare();
  const bare = await leastProcessor(async () => {
    await (await fetch(plain.url)).text();
  }, 20);
  plain.stop();
  const costs: Figure[] = [
    { what: 'a bare page of express', value: bare * 1000, unit: 'ms', against: null },
  ];
  const words = { name, account: accountOf(open), number: numberOf(open) };
  for (const [what, word] of Object.entries(words)) {
    const value = (await leastProcessor(search(word), 20)) * 1000;
    costs.push({ what: `processor: ${what}`, value, unit: 'ms', against: bare * 1000 });
  }
  return [
    ...costs,
    ...shares('search: nobody has that number', nobody, null),
    ...shares('search: a protected person has it', kept, nobody),
    ...shares('search: a name', byName, nobody),
    ...shares('search: an account', byAccount, nobody),
    ...shares('search: a number', byNumber, nobody),
    ...shares('search: two letters', short, nobody),
    ...shares('page: there is no such person', noPage, null),
    ...shares('page: a protected person', keptPage, noPage),
    ...shares('page: somebody', openPage, noPage),
  ];
}

/** Somebody with a number and an account, and a protected person with a number. */
async function someOf({ engine }: Hub): Promise<{ open: Entity; hidden: Entity }> {
  const schema = engine.workspace.canonical.get('person');
  let [open, hidden]: (Entity | undefined)[] = [];
  for await (const batch of engine.store.entities.scan('person')) {
    for (const { entity } of batch) {
      if (numberOf(entity) === '') continue;
      if (schema?.isProtected(entity) === true) hidden ??= entity;
      else if (accountOf(entity) !== '') open ??= entity;
    }
    if (open !== undefined && hidden !== undefined) break;
  }
  if (open === undefined || hidden === undefined) throw new Error('the city has no such persons');
  return { open, hidden };
}

function numberOf({ civicNo }: Entity): string {
  return String(Object(civicNo)['value'] ?? '');
}

function accountOf({ eduPersonPrincipalNames: names }: Entity): string {
  return Array.isArray(names) ? String(names[0] ?? '') : '';
}

/** Milliseconds of each work, each time after the others. */
async function interleaved(
  works: readonly (() => Promise<void>)[],
): Promise<readonly (readonly number[])[]> {
  const times: number[][] = works.map(() => []);
  for (let time = -5; time < TIMES; time++) {
    for (const [at, work] of works.entries()) {
      const startedAt = performance.now();
      await work();
      if (time >= 0) times[at]?.push(performance.now() - startedAt);
    }
  }
  return times;
}
