import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startItslearning } from '../connectors/itslearning/simulator.ts';
import { startScim } from '../connectors/scim/simulator.ts';
import { generateCity } from '../scripts/generate/generate-city.ts';
import type { Figure } from './figures.ts';
import { inWorkspace } from './night.ts';

const READERS = 50;

/** One first night, and what was read meanwhile. */
interface ReadNight {
  readonly seconds: number;
  readonly processor: number;
  readonly pages: number;
}

/**
 * A first night in the process that shows its dashboard: with nobody there, and with the overview
 * open in fifty browsers, each of which renews it when it is told to. Processor seconds of that
 * process: readers and vendors are in another.
 */
export async function benchReaders(pupils: number): Promise<readonly Figure[]> {
  const alone = await nightWith(0, pupils);
  const read = await nightWith(READERS, pupils);
  const more = read.processor - alone.processor;
  return [
    { what: 'a first night, nobody reads', value: alone.processor, unit: 's', against: null },
    {
      what: `the same with ${READERS} open overviews, renewed ${read.pages} times`,
      ...{ value: read.processor, unit: 's', against: alone.processor },
    },
    { what: 'more for a page', value: (more / read.pages) * 1000, unit: 'ms', against: null },
    {
      what: 'more in each second of that night',
      ...{ value: (more / read.seconds) * 1000, unit: 'ms', against: 1000 },
    },
  ];
}

async function nightWith(readers: number, pupils: number): Promise<ReadNight> {
  const lms = await startItslearning({ user: 'hub', password: 'secret' });
  const identity = await startScim({ token: 'secret', etag: false });
  const urls = { LMS_URL: lms.url, IDENTITY_URL: identity.url };
  try {
    return await inWorkspace(urls, async (folder, environment) => {
      const city = { pupils, seed: 'bench', date: '2026-09-01', nights: 1, faults: false };
      await generateCity({ ...city, out: join(folder, 'register') });
      return readNight(folder, { ...process.env, ...environment }, readers);
    });
  } finally {
    await Promise.all([lms.stop(), identity.stop()]);
  }
}

async function readNight(
  folder: string,
  env: Record<string, string | undefined>,
  count: number,
): Promise<ReadNight> {
  const script = join(import.meta.dirname, 'read-night-child.ts');
  const child = spawn(process.execPath, [script, folder], {
    ...{ env, stdio: ['pipe', 'pipe', 'inherit'] },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => String((await lines.next()).value);
  const [url, session] = [await line(), await line()];
  const headers = { cookie: `skolnav-session=${session}`, 'x-skolnav-live': '1' };
  const over = new AbortController();
  let pages = 0;
  const readers = Array.from({ length: count }, () =>
    openOverview(url, { headers, signal: over.signal }, () => {
      pages++;
    }),
  );
  child.stdin.write('go');
  const { seconds, processor } = JSON.parse(await line());
  over.abort();
  await Promise.allSettled(readers);
  if (child.exitCode === null) await once(child, 'exit');
  return { seconds, processor, pages };
}

/** As `dashboard/public/live.js` does it. */
async function openOverview(url: string, init: RequestInit, onPage: () => void): Promise<void> {
  const { body } = await fetch(`${url}/live`, init);
  for await (const chunk of body ?? []) {
    if (!Buffer.from(chunk).includes('event: change')) continue;
    await (await fetch(url, init)).text();
    onPage();
  }
}
