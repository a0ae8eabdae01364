import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import type { ServiceMissing } from '../services.ts';
import { freePort } from './free-port.ts';
import { findProgram } from './mongod.ts';
import { endWithUs, serverFolder } from './own-server.ts';

/** So often it is tried, a tenth of a second after another. */
const TRIED = 600;

/** A real replica set of three members on loopback ports. */
export interface ReplicaSet {
  /** Of a database of that name; it names all three. */
  readonly url: (database: string) => string;
  /** Kills the member that is written to, as a crash does; it stays dead. */
  killPrimary(): Promise<void>;
  stop(): Promise<void>;
}

interface Member {
  readonly host: string;
  readonly folder: string;
  readonly server: ChildProcess;
}

export async function startReplicaSet(): Promise<ReplicaSet | ServiceMissing> {
  const program = await findProgram();
  if (program === null) return { missing: 'no MongoDB on this machine' };
  const members: Member[] = [];
  for (let at = 0; at < 3; at++) members.push(await launch(program));
  const hosts = members.map(({ host }) => host);
  await initiate(hosts);
  const url = (database: string) => `mongodb://${hosts.join(',')}/${database}?replicaSet=rs0`;
  return {
    url,
    killPrimary: async () => {
      const primary = await primaryOf(hosts);
      await end(members.find(({ host }) => host === primary));
    },
    stop: async () => {
      for (const member of members) {
        await end(member);
        await rm(member.folder, { recursive: true, force: true });
      }
    },
  };
}

async function launch(program: string): Promise<Member> {
  const folder = await serverFolder('member');
  const port = await freePort();
  const options = ['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1'];
  const small = ['--replSet', 'rs0', '--wiredTigerCacheSizeGB', '0.25', '--quiet'];
  const server = spawn(program, [...options, ...small], { stdio: 'ignore' });
  server.unref();
  endWithUs(server, folder);
  return { host: `127.0.0.1:${port}`, folder, server };
}

async function initiate(hosts: readonly string[]): Promise<void> {
  const members = hosts.map((host, _id) => ({ _id, host }));
  // Whoever is silent for two seconds is thought dead: tests need not wait for ten.
  const settings = { electionTimeoutMillis: 2000 };
  const config = { _id: 'rs0', members, settings };
  for (let tried = 0; tried < TRIED; tried++) {
    await ask(hosts[0] ?? '', { replSetInitiate: config }).catch(() => undefined);
    if ((await primaryOf(hosts)) !== null) return;
    await sleep(100);
  }
  throw new Error('the replica set has no primary');
}

async function primaryOf(hosts: readonly string[]): Promise<string | null> {
  for (const host of hosts) {
    const hello = await ask(host, { hello: 1 }).catch(() => null);
    if (hello?.['isWritablePrimary'] === true) return host;
  }
  return null;
}

async function ask(host: string, command: Readonly<Record<string, unknown>>) {
  const direct = 'directConnection=true&serverSelectionTimeoutMS=500';
  const client = new MongoClient(`mongodb://${host}/?${direct}`);
  try {
    return await client.db('admin').command(command);
  } finally {
    await client.close();
  }
}

async function end(member: Member | undefined): Promise<void> {
  const { server } = member ?? {};
  if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await gone;
}
