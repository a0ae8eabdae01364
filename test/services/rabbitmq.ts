import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import type { ServiceMissing } from '../services.ts';
import type { Certificates } from './certificates.ts';
import { freePort } from './free-port.ts';
import { endWithUs, serverFolder } from './own-server.ts';

/** Not the wrapper in /usr/sbin, which becomes the user rabbitmq. */
export const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';
export const CONTROL = '/usr/lib/rabbitmq/bin/rabbitmqctl';
export const INSTALL =
  'no RabbitMQ on this machine: apt-get install rabbitmq-server, or set SKOLNAV_TEST_AMQP';
/**
 * RabbitMQ 3.10 writes down within a second which queues there are, and elects their leaders anew
 * within two after a start. A queue that is killed or asked for before that does not answer for
 * minutes.
 */
const REGISTERED_MS = 1500;
const ELECTION_MS = 2000;
/** So often it is tried, a tenth of a second after another. */
const TRIED = 600;

/** A real RabbitMQ. */
export interface RabbitService {
  readonly url: string;
  /** Where it keeps its files; null for a server somewhere else. */
  readonly folder: string | null;
  /** How its `rabbitmqctl` is called; null for a server somewhere else. */
  readonly control: {
    readonly program: string;
    readonly environment: Readonly<Record<string, string>>;
  } | null;
  /** Kills it as a crash does; null for a server somewhere else. */
  readonly kill: (() => Promise<void>) | null;
  /** Starts it again on what it has kept. */
  readonly restart: () => Promise<void>;
  stop(): Promise<void>;
}

/** The one that SKOLNAV_TEST_AMQP names, else Debian's as a private node on loopback ports. */
export async function startRabbit(secure?: Certificates): Promise<RabbitService | ServiceMissing> {
  const named = process.env['SKOLNAV_TEST_AMQP'];
  if (named !== undefined) {
    const nothing = async () => undefined;
    const foreign = { folder: null, control: null, kill: null };
    return { url: named, ...foreign, restart: nothing, stop: nothing };
  }
  if (!existsSync(PROGRAM)) return { missing: INSTALL };
  const folder = await serverFolder('rabbitmq');
  const node = { folder, port: await freePort(), dist: await freePort(), epmd: await freePort() };
  await mkdir(join(folder, 'log'));
  const { listening, scheme } = listeningOf(node.port, secure);
  await writeFile(join(folder, 'rabbitmq.conf'), `${listening}default_user = guest\n`);
  await writeFile(join(folder, 'enabled_plugins'), '[].\n');
  const url = `${scheme}://guest:guest@127.0.0.1:${node.port}`;
  const ca = secure === undefined ? [] : [await readFile(secure.caFile)];
  let running = await launch(node, url, ca);
  const kill = async () => {
    await sleep(REGISTERED_MS);
    await end(running);
  };
  return {
    ...{ url, folder, kill, control: { program: CONTROL, environment: environmentOf(node) } },
    restart: async () => {
      running = await launch(node, url, ca);
      await sleep(ELECTION_MS);
    },
    stop: async () => {
      await end(running);
      // What it has started may write for a moment longer.
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Where one node keeps its files, and where it listens. */
export interface Node {
  readonly folder: string;
  readonly port: number;
  readonly dist: number;
  readonly epmd: number;
}

async function launch(node: Node, url: string, ca: readonly Buffer[]): Promise<ChildProcess[]> {
  const mapper = startMapper(node);
  try {
    return [await startNode(node, url, ca), mapper];
  } catch (failure) {
    endAll([mapper]);
    throw failure;
  }
}

/** Erlang's port mapper would outlive the node that starts it. */
export function startMapper({ epmd, folder }: Pick<Node, 'epmd' | 'folder'>): ChildProcess {
  const env = { ERL_EPMD_PORT: String(epmd), ERL_EPMD_ADDRESS: '127.0.0.1' };
  const mapper = spawn('epmd', [], {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], ...env },
  });
  mapper.unref();
  endWithUs(mapper, folder);
  return mapper;
}

/** Starts a node beside its port mapper, and waits until it takes connections. */
export async function startNode(
  node: Node,
  url: string,
  ca: readonly Buffer[] = [],
): Promise<ChildProcess> {
  const { folder } = node;
  const server = spawn(PROGRAM, [], {
    // A group of its own: what it starts ends with it.
    detached: true,
    stdio: 'ignore',
    env: environmentOf(node),
  });
  server.unref();
  endWithUs(server, folder, true);
  for (let tried = 0; tried < TRIED; tried++) {
    const model = await connect(url, { ca: [...ca] }).catch(() => null);
    if (model !== null) {
      await model.close();
      return server;
    }
    await sleep(100);
  }
  endAll([server]);
  throw new Error(`RabbitMQ did not start: see ${join(folder, 'log')}`);
}

export function nameOf({ port }: Node): string {
  return `skolnav${port}@localhost`;
}

export function environmentOf(node: Node): Record<string, string> {
  const { folder, dist, epmd } = node;
  return {
    ...{ PATH: process.env['PATH'] ?? '', HOME: folder },
    ...{ ERL_EPMD_PORT: String(epmd), ERL_EPMD_ADDRESS: '127.0.0.1' },
    RABBITMQ_NODENAME: nameOf(node),
    RABBITMQ_DIST_PORT: String(dist),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  };
}

/** With certificates it speaks TLS alone. */
function listeningOf(port: number, secure: Certificates | undefined) {
  const at = `127.0.0.1:${port}`;
  if (secure === undefined) {
    return { scheme: 'amqp', listening: `listeners.tcp.default = ${at}\n` };
  }
  const files = [
    ...[`cacertfile = ${secure.caFile}`, `certfile = ${secure.certFile}`],
    ...[`keyfile = ${secure.keyFile}`, 'verify = verify_none', 'fail_if_no_peer_cert = false'],
  ].map((line) => `ssl_options.${line}\n`);
  const listening = `listeners.tcp = none\nlisteners.ssl.default = ${at}\n${files.join('')}`;
  return { scheme: 'amqps', listening };
}

export async function end(processes: readonly ChildProcess[]): Promise<void> {
  const running = processes.filter((one) => one.exitCode === null && one.signalCode === null);
  const gone = running.map((one) => new Promise((resolve) => one.once('exit', resolve)));
  endAll(running);
  await Promise.all(gone);
}

function endAll(processes: readonly ChildProcess[]): void {
  for (const { pid, spawnargs } of processes) {
    if (pid === undefined) continue;
    try {
      process.kill(spawnargs[0] === PROGRAM ? -pid : pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
