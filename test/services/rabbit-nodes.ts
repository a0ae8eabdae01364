import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, connect as dial, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServiceMissing } from '../services.ts';
import { freePort } from './free-port.ts';
import { serverFolder } from './own-server.ts';
import {
  CONTROL,
  end,
  environmentOf,
  INSTALL,
  type Node,
  nameOf,
  PROGRAM,
  startMapper,
  startNode,
} from './rabbitmq.ts';

const NODES = 3;
const run = promisify(execFile);

/** A real RabbitMQ of three nodes on loopback ports, behind an address that leads to one. */
export interface RabbitNodes {
  readonly url: string;
  /** Kills the node that new connections have gone to, as a crash does; it stays dead. */
  killFirst(): Promise<void>;
  /** So many nodes each queue lies on, by its name. */
  copies(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

export async function startRabbitNodes(): Promise<RabbitNodes | ServiceMissing> {
  if (!existsSync(PROGRAM)) return { missing: INSTALL };
  const folder = await serverFolder('rabbit-nodes');
  const epmd = await freePort();
  const mapper = startMapper({ epmd, folder });
  const nodes: Node[] = [];
  const servers: ChildProcess[] = [];
  for (let at = 0; at < NODES; at++) {
    const own = { folder: join(folder, `node-${at}`), port: await freePort() };
    const node = { ...own, dist: await freePort(), epmd };
    await prepare(node, nodes[0]);
    servers.push(await startNode(node, urlOf(node.port)));
    nodes.push(node);
  }
  const balancer = await startBalancer(nodes.map(({ port }) => port));
  return {
    url: urlOf(balancer.port),
    killFirst: async () => end(servers.splice(0, 1)),
    copies: () => copiesSeenBy(nodes[0]),
    stop: async () => {
      await balancer.stop();
      await end([...servers, mapper]);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function urlOf(port: number): string {
  return `amqp://guest:guest@127.0.0.1:${port}`;
}

/** Its files; all but the first join that one when they start. */
async function prepare(node: Node, first: Node | undefined): Promise<void> {
  const joins = [
    'cluster_formation.peer_discovery_backend = classic_config',
    `cluster_formation.classic_config.nodes.1 = ${first === undefined ? '' : nameOf(first)}`,
  ];
  const conf = [
    `listeners.tcp.default = 127.0.0.1:${node.port}`,
    'default_user = guest',
    ...(first === undefined ? [] : joins),
  ];
  await mkdir(join(node.folder, 'log'), { recursive: true });
  await writeFile(join(node.folder, 'rabbitmq.conf'), `${conf.join('\n')}\n`);
  await writeFile(join(node.folder, 'enabled_plugins'), '[].\n');
  // Nodes of one cluster know one another by it; each has a home of its own.
  await writeFile(join(node.folder, '.erlang.cookie'), 'SKOLNAVTESTSALONE', { mode: 0o400 });
}

async function copiesSeenBy(node: Node | undefined): Promise<ReadonlyMap<string, number>> {
  if (node === undefined) return new Map();
  const asked = ['-q', '--formatter', 'json', 'list_queues', 'name', 'members'];
  const env = environmentOf(node);
  const { stdout } = await run(CONTROL, ['-n', nameOf(node), ...asked], { env });
  const queues: readonly { name: string; members: readonly string[] }[] = JSON.parse(stdout);
  return new Map(queues.map(({ name, members }) => [name, members.length]));
}

/** As a load balancer does: leads a connection to the first port that takes it. */
async function startBalancer(ports: readonly number[]) {
  const sockets = new Set<Socket>();
  const lead = (near: Socket, [port, ...others]: readonly number[]) => {
    if (port === undefined) {
      near.destroy();
      return;
    }
    const far = dial(port, '127.0.0.1');
    far.once('error', () => (far.connecting || far.pending ? lead(near, others) : near.destroy()));
    far.once('connect', () => {
      sockets.add(far);
      near.pipe(far).pipe(near);
      far.once('close', () => near.destroy());
      near.once('close', () => far.destroy());
    });
  };
  const server = createServer((near) => {
    sockets.add(near);
    near.on('error', () => undefined);
    lead(near, ports);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: async () => {
      for (const one of sockets) one.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
