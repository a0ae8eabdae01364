import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { publish } from '../connectors/barn-och-elevregister/simulator.ts';
import { startItslearning } from '../connectors/itslearning/simulator.ts';
import { startScim } from '../connectors/scim/simulator.ts';
import { BUILT_IN_FOLDER } from '../core/hub.ts';
import { generateCity } from '../scripts/generate/generate-city.ts';
import { freePort } from '../test/services/free-port.ts';
import { callByHand, type Pupil } from './by-hand.ts';
import { type Figure, shares } from './figures.ts';
import { inWorkspace, runOf, sync } from './night.ts';

/** One in a hundred of them is more than one, so that a single hiccup is not p99. */
const RINGS = 200;
const SETS = 5;
const DATE = '2026-09-01';
const TOKEN = 'a-token-of-the-bench';
const PATIENCE_MS = 120_000;

/**
 * From a ring, with a delta of one pupil lying there, until the vendors hold the change; beside it
 * the same calls by hand. A target that takes whole sets is measured by itself.
 */
export async function benchOnePupil(pupils: number): Promise<readonly Figure[]> {
  const lms = await startItslearning({ user: 'hub', password: 'secret' });
  const identity = await startScim({ token: 'secret', etag: false });
  const urls = { LMS_URL: lms.url, IDENTITY_URL: identity.url, DOORBELL_TOKEN: TOKEN };
  const users = identity.directory.of('Users');
  try {
    return await inWorkspace(urls, async (folder, environment) => {
      const register = join(folder, 'register');
      const options = { pupils, seed: 'bench', date: DATE, out: register, faults: false };
      await generateCity({ ...options, nights: 1, from: 1 });
      const first = await sync(folder, environment, 0);
      for (const flow of ['collaboration', 'lms', 'identity']) runOf(first, flow);
      const remoteIds = new Map(
        [...users.values()].map((one) => [String(one['externalId']), one.id]),
      );
      const known = await pupilsOf(register, remoteIds);
      const chosen = known.filter(({ id }) => lms.site.persons.has(id)).slice(0, RINGS + 1);
      assert.equal(chosen.length, RINGS + 1);
      const isTold = ({ id, remoteId }: Pupil, name: string) =>
        lms.site.persons.get(id)?.familyName === name &&
        String(users.get(remoteId)?.['displayName']).endsWith(name);
      const hand = await timed(chosen, 'Hand', async (pupil, name) => {
        const begin = () => callByHand(urls, pupil, name);
        return { begin, isThere: () => isTold(pupil, name) };
      });
      const batches = new Batches(register);
      const [afterStart = Number.NaN, ...rung] = await rings(
        folder,
        environment,
        chosen,
        async (pupil, name) => {
          await batches.change(pupil, name);
          return () => isTold(pupil, name);
        },
      );
      await letSetsRing(folder);
      const sets = await rings(folder, environment, chosen.slice(0, SETS), async (pupil, name) => {
        await batches.change(pupil, name);
        const file = join(folder, 'collaboration', 'users.csv');
        return async () => (await readFile(file, 'utf8')).includes(name);
      });
      return [
        ...shares('SCIM and itslearning, the two calls by hand', hand, null),
        ...shares('one changed pupil, from the ring to SCIM and itslearning', rung, hand),
        { what: 'the first ring after a start', value: afterStart, unit: 'ms', against: null },
        ...shares('the same to School Data Sync, which takes its whole set', sets, null),
      ];
    });
  } finally {
    await Promise.all([lms.stop(), identity.stop()]);
  }
}

/** Pupils with an account whom no protection hides, and what the register says of each. */
async function pupilsOf(
  register: string,
  remoteIds: ReadonlyMap<string, string>,
): Promise<readonly Pupil[]> {
  const xml = await readFile(join(register, 'ber-20260901.xml'), 'utf8');
  const pupils: Pupil[] = [];
  for (const [element] of xml.matchAll(/<person [\s\S]*?<\/person>/g)) {
    if (!element.includes('institutionroletype="Student"')) continue;
    if (/<privacy|<alias/.test(element)) continue;
    const [, id = ''] = /<id>(.*?)<\/id>/.exec(element) ?? [];
    const [, givenName = ''] = /<given>(.*?)<\/given>/.exec(element) ?? [];
    const remoteId = remoteIds.get(id);
    if (remoteId === undefined) continue;
    const named = element.replace(/<fn>.*?<\/fn>/, `<fn>${givenName} @</fn>`);
    const template = named.replace(/<family>.*?<\/family>/, '<family>@</family>');
    pupils.push({ id, element: template, givenName, remoteId });
  }
  return pupils;
}

/** The register's deltas, a minute apart, with one pupil each. */
class Batches {
  readonly #register: string;
  #minute = 180;

  constructor(register: string) {
    this.#register = register;
  }

  async change({ element }: Pupil, name: string): Promise<void> {
    this.#minute += 1;
    const two = (number: number) => String(number).padStart(2, '0');
    const [hour, minute] = [two(Math.floor(this.#minute / 60)), two(this.#minute % 60)];
    await publish(this.#register, {
      name: `ber-20260901T${hour}${minute}-delta`,
      datetime: `${DATE}T${hour}:${minute}:00+02:00`,
      elements: [element.replaceAll('@', name)],
    });
  }
}

interface Timing {
  readonly begin: () => Promise<void>;
  readonly isThere: () => boolean | Promise<boolean>;
}

/** Milliseconds from the beginning until the change is there, pupil by pupil. */
async function timed(
  pupils: readonly Pupil[],
  prefix: string,
  prepare: (pupil: Pupil, name: string) => Promise<Timing>,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (const [number, pupil] of pupils.entries()) {
    const { begin, isThere } = await prepare(pupil, `${prefix}${number}q`);
    const startedAt = performance.now();
    await begin();
    while (!(await isThere())) {
      assert.ok(performance.now() - startedAt < PATIENCE_MS, `${prefix} ${number} did not come`);
      await sleep(1);
    }
    times.push(performance.now() - startedAt);
    // Whatever follows the delivery (the archive, the next look) is not part of the next ring.
    await sleep(50);
  }
  return times;
}

/** The same for rings of a hub that is served in a process of its own. */
async function rings(
  folder: string,
  environment: Record<string, string>,
  pupils: readonly Pupil[],
  change: (pupil: Pupil, name: string) => Promise<Timing['isThere']>,
): Promise<readonly number[]> {
  const port = await freePort();
  const config = join(folder, 'config', 'hub.yaml');
  // As in life, what has been taken in goes to the archive.
  const before = (await readFile(config, 'utf8')).replace(', archive: false', '');
  const text = before.replace(/^doorbell:.*\n/m, '');
  await writeFile(config, `${text}doorbell: { port: ${port}, token: "\${env:DOORBELL_TOKEN}" }\n`);
  const script = join(BUILT_IN_FOLDER, 'scripts', 'skolnav.ts');
  const env = { ...process.env, ...environment };
  const hub = spawn(process.execPath, [script, '-C', folder, 'serve'], { env, stdio: 'ignore' });
  const exited = once(hub, 'exit');
  const ring = async (): Promise<number> => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const url = `http://127.0.0.1:${port}/doorbell/register`;
    return (await fetch(url, { method: 'POST', headers }).catch(() => null))?.status ?? 0;
  };
  try {
    while ((await ring()) !== 202) await sleep(50);
    await sleep(1000);
    return await timed(pupils, `Ring${port}x`, async (pupil, name) => {
      const isThere = await change(pupil, name);
      return { begin: async () => assert.equal(await ring(), 202), isThere };
    });
  } finally {
    hub.kill('SIGTERM');
    await exited;
  }
}

/** School Data Sync is told by day too, as its flow may say. */
async function letSetsRing(folder: string): Promise<void> {
  const flow = join('flows', 'collaboration.yaml');
  await mkdir(join(folder, 'flows'));
  await writeFile(join(folder, flow), await readFile(join(BUILT_IN_FOLDER, flow)));
  await appendFile(join(folder, flow), 'doorbell: true\n');
}
