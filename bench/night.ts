import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SaxesParser } from 'saxes';
import { startItslearning } from '../connectors/itslearning/simulator.ts';
import { startScim } from '../connectors/scim/simulator.ts';
import { generateCity } from '../scripts/generate/generate-city.ts';
import type { Figure } from './figures.ts';
import { startQuickScim } from './quick-scim.ts';

const CONFIG = `backend: embedded
data: hub
modules:
  register:
    connector: barn-och-elevregister
    options: { files: { folder: register }, archive: false }
  collaboration: { connector: microsoft-sds, options: { files: { folder: collaboration } } }
  lms: { connector: itslearning, options: { url: "\${env:LMS_URL}", user: hub, password: "\${env:SECRET}", requestsPerSecond: 100000 } }
  identity: { connector: scim, options: { url: "\${env:IDENTITY_URL}", token: "\${env:SECRET}", requestsPerSecond: 100000 } }
`;

interface Night {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
  readonly runs: readonly {
    readonly subject: string;
    readonly outcome: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly seconds: number;
  }[];
}

/**
 * A city too large for every vendor to be simulated in this time: one target that takes whole sets
 * and one that takes objects are delivered, the third is planned. Then the same again, the day
 * after without news, and a night with new files in which little has changed.
 */
export async function benchCity(pupils: number): Promise<readonly Figure[]> {
  const identity = await startQuickScim();
  const urls = { LMS_URL: 'http://127.0.0.1:9', IDENTITY_URL: identity.url };
  const delivered = ['collaboration', 'identity'] as const;
  try {
    return await inWorkspace(urls, async (folder, environment) => {
      const register = join(folder, 'register');
      const parseSeconds = await generateNight(register, pupils, 1);
      const first = await sync(folder, environment, 0, ...delivered, '+lms');
      const same = await sync(folder, environment, 0, ...delivered);
      const quiet = await sync(folder, environment, 1, ...delivered);
      await generateNight(register, pupils, 2);
      const next = await sync(folder, environment, 1, ...delivered);
      return figuresOf(first, same, quiet, next, parseSeconds);
    });
  } finally {
    await identity.stop();
  }
}

/** A first night, the same night again, and the night after: hub and vendors in two processes. */
export async function benchNights(pupils: number): Promise<readonly Figure[]> {
  const lms = await startItslearning({ user: 'hub', password: 'secret' });
  const identity = await startScim({ token: 'secret', etag: false });
  const urls = { LMS_URL: lms.url, IDENTITY_URL: identity.url };
  try {
    return await inWorkspace(urls, async (folder, environment) => {
      const register = join(folder, 'register');
      const parseSeconds = await generateNight(register, pupils, 1);
      const first = await sync(folder, environment, 0);
      const calls = identity.calls() / runOf(first, 'identity').seconds;
      const same = await sync(folder, environment, 0);
      const quiet = await sync(folder, environment, 1);
      await generateNight(register, pupils, 2);
      const next = await sync(folder, environment, 1);
      const bare = await bareCalls(identity.url);
      return [
        ...figuresOf(first, same, quiet, next, parseSeconds),
        { what: 'SCIM calls, bare loop', value: bare, unit: 'calls/s', against: null },
        { what: 'SCIM calls of the first night', value: calls, unit: 'calls/s', against: bare },
      ];
    });
  } finally {
    await Promise.all([lms.stop(), identity.stop()]);
  }
}

export async function inWorkspace<T>(
  urls: Readonly<Record<string, string>>,
  work: (folder: string, environment: Record<string, string>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-bench-'));
  try {
    for (const name of ['config', 'register', 'collaboration']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'config', 'hub.yaml'), CONFIG);
    return await work(folder, { SECRET: 'secret', ...urls });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Seconds that a bare parse of the night's XML takes. */
async function generateNight(out: string, pupils: number, night: number): Promise<number> {
  const options = { pupils, seed: 'bench', date: '2026-09-01', out, faults: false };
  await generateCity({ ...options, nights: night, from: night });
  return parseOnly(out);
}

export function runOf(night: Night, subject: string) {
  const found = night.runs.find((one) => one.subject === subject);
  assert.equal(found?.outcome, 'done', subject);
  return found;
}

function figuresOf(
  first: Night,
  same: Night,
  quiet: Night,
  next: Night,
  parseSeconds: number,
): Figure[] {
  const intake = runOf(first, 'register');
  const records = intake.counts['records'] ?? 0;
  const parse = records / parseSeconds;
  const flow = (subject: string): Figure => {
    const { counts, seconds } = runOf(first, subject);
    const verb = counts['delivered'] === undefined ? 'plan' : 'plan and deliver';
    const what = `${subject}: ${verb} ${counts['create'] ?? 0} objects`;
    return { what, value: seconds, unit: 's', against: null };
  };
  return [
    { what: 'register XML, bare parse', value: parse, unit: 'records/s', against: null },
    {
      what: `intake of ${records} records`,
      ...{ value: records / intake.seconds, unit: 'records/s', against: parse },
    },
    ...['collaboration', 'lms', 'identity'].map(flow),
    { what: 'first night', value: first.seconds, unit: 's', against: null },
    { what: 'peak memory of the first night', value: first.megabytes, unit: 'MB', against: null },
    { what: 'the same night again', value: same.seconds, unit: 's', against: null },
    { what: 'the next day, nothing new', value: quiet.seconds, unit: 's', against: null },
    { what: 'a night with new files, few changes', value: next.seconds, unit: 's', against: null },
    { what: 'peak memory of that night', value: next.megabytes, unit: 'MB', against: null },
  ];
}

export async function sync(
  folder: string,
  environment: Record<string, string>,
  days: number,
  ...flows: readonly string[]
): Promise<Night> {
  const script = join(import.meta.dirname, 'night-child.ts');
  const env = { ...process.env, ...environment };
  const args = [script, folder, String(days), ...flows];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return JSON.parse(stdout);
}

/** The least that any reader of these files must do: parse them, and keep nothing. */
async function parseOnly(folder: string): Promise<number> {
  const startedAt = performance.now();
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.xml')) continue;
    const parser = new SaxesParser();
    for await (const chunk of createReadStream(join(folder, name), 'utf8')) {
      parser.write(String(chunk));
    }
    parser.close();
  }
  return (performance.now() - startedAt) / 1000;
}

/** Calls per second of a loop that looks up and creates users, four at a time, as the flow does. */
async function bareCalls(url: string): Promise<number> {
  const headers = { authorization: 'Bearer secret', 'content-type': 'application/scim+json' };
  const each = 500;
  const worker = async (id: number) => {
    for (let at = 0; at < each; at++) {
      const name = `bare-${id}-${at}`;
      const filter = encodeURIComponent(`externalId eq "${name}"`);
      await (await fetch(`${url}/Users?filter=${filter}`, { headers })).text();
      const body = JSON.stringify({ schemas: [], externalId: name, userName: name });
      await (await fetch(`${url}/Users`, { method: 'POST', headers, body })).text();
    }
  };
  const startedAt = performance.now();
  await Promise.all([0, 1, 2, 3].map(worker));
  return (4 * each * 2) / ((performance.now() - startedAt) / 1000);
}
