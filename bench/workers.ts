import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ScimSimulator, startScim } from '../connectors/scim/simulator.ts';
import type { Store } from '../core/store/store.ts';
import { Crew, until } from '../test/cluster/crew.ts';
import { World } from '../test/e2e/world.ts';
import { type ClusterServices, placeOn } from '../test/services/cluster.ts';
import type { Figure } from './figures.ts';

const PUPILS = 200;
/** Targets that are told one object after another, each as fast as many a vendor allows. */
const TARGETS = ['portal-a', 'portal-b', 'portal-c', 'portal-d'];
const PER_SECOND = 50;
/** Linux counts in hundredths of a second. */
const TICKS = 100;

/** One first night of several targets, by the number of workers that share it. */
export async function benchWorkers(services: ClusterServices): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  let alone: Measured | null = null;
  for (const workers of [1, 2, 4]) {
    const night: Measured = await nightOf(services, workers);
    const what = `a night of ${TARGETS.length} targets, workers: ${workers}`;
    figures.push(
      { what, value: night.seconds, unit: 's', against: alone?.seconds ?? null },
      {
        what: 'their processors',
        value: night.cpuSeconds,
        unit: 's',
        against: alone?.cpuSeconds ?? null,
      },
    );
    alone ??= night;
  }
  return figures;
}

interface Measured {
  /** From the start of the scheduler until every flow has had its turn. */
  readonly seconds: number;
  readonly cpuSeconds: number;
}

async function nightOf(services: ClusterServices, workers: number): Promise<Measured> {
  const world = await World.openOn(placeOn(services));
  const portals = await Promise.all(TARGETS.map(() => startScim({ token: 'secret', etag: false })));
  const crew = new Crew(world);
  try {
    await bind(world, portals);
    await world.night(1, PUPILS);
    return await world.withHub(async ({ engine: { store } }) => {
      for (const target of TARGETS) await store.putValue(`turn ${target}`, '2026-08-31T02:00');
      for (let count = 0; count < workers; count++) crew.start('worker');
      const areThere = async () => (await store.runs.workers()).length === workers || null;
      await until('all are there', areThere);
      const before = await processorOf(crew.running);
      const startedAt = performance.now();
      const pids = [...crew.running];
      crew.start('scheduler');
      await until('the night is over', () => isOver(store));
      const seconds = (performance.now() - startedAt) / 1000;
      const told = new Set(portals.map(({ directory }) => directory.of('Users').size));
      assert.ok(told.size === 1 && !told.has(0), 'each has been told of everybody');
      assert.equal(await store.messages.count({}), 0, 'and nothing waits');
      return { seconds, cpuSeconds: (await processorOf(pids)) - before };
    });
  } finally {
    await crew.stop();
    for (const portal of portals) await portal.stop();
    await world.close();
  }
}

/** The same flow to each of them, in the place of those that there are. */
async function bind(world: World, portals: readonly ScimSimulator[]): Promise<void> {
  const pace = `requestsPerSecond: ${PER_SECOND}`;
  const bindings = portals.map(({ url }, at) => {
    world.environment[`PORTAL_${at}`] = url;
    const login = `url: "\${env:PORTAL_${at}}", token: "\${env:PORTAL_SECRET}"`;
    return `  ${TARGETS[at]}: { connector: scim, options: { ${login}, ${pace} } }`;
  });
  world.environment['PORTAL_SECRET'] = 'secret';
  await world.reconfigure('modules:\n', `modules:\n${bindings.join('\n')}\n`);
  const flow = await readFile(join(import.meta.dirname, '..', 'flows', 'identity.yaml'), 'utf8');
  for (const target of TARGETS)
    await world.write(`flows/${target}.yaml`, flow.replace('to: identity', `to: ${target}`));
}

async function isOver(store: Store): Promise<true | null> {
  const turns = await Promise.all(TARGETS.map((target) => store.getValue(`turn ${target}`)));
  return turns.every((turn) => String(turn) > '2026-09-01') || null;
}

/** Seconds that processes have had a processor until now. */
async function processorOf(pids: readonly number[]): Promise<number> {
  const times = pids.map(async (pid) => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may hold blanks: user and system are the twelfth and the next.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  });
  return (await Promise.all(times)).reduce((sum, one) => sum + one, 0);
}
