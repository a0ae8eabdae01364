import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Chance } from '../../scripts/generate/random.ts';
import { ClusterEvening, ClusterNight, WORKERS } from '../cluster/disturbed-night.ts';
import { type HangingProxy, startHangingProxy } from '../cluster/hanging-proxy.ts';
import { STEPS } from '../cluster/steps.ts';
import { pending } from '../pending.ts';
import { type ClusterServices, startCluster } from '../services/cluster.ts';
import { serviceOrPending } from '../services.ts';
import { IS_COMPLETE, NIGHTS } from './crash-world.ts';

const TRIALS = Number(process.env['SKOLNAV_CRASH_TRIALS'] ?? (IS_COMPLETE ? 500 : 1));
const SEED = Number(process.env['SKOLNAV_CRASH_SEED'] ?? Date.now() % 1_000_000);
/** A step that no process comes to in so long comes no more. */
const STEP_MS = 20_000;
/** Without a server all others notice that it is gone. */
const OUT_MS = 1000;
/** About as long as a night takes that nobody has measured. */
const NIGHT_MS = 3000;
/** Late, as long as it takes to do something wrong. */
const LATE_MS = 1500;

/** What is hit. A `late` process is stopped until others have done all, and goes on then. */
const AT_STEP = ['itself', 'late', 'store', 'broker', 'processes', 'everything'] as const;
const AT_RANDOM = ['worker', 'scheduler', 'store', 'broker', 'processes', 'everything'] as const;
/** What `npm test` does without: servers need seconds for a start, and who is late is waited for. */
const SLOW: ReadonlySet<string> = new Set(['late', 'store', 'broker', 'everything']);
/** Steps that every night takes: where none was counted, something is hit at one of them. */
const ALWAYS: readonly string[] = [
  ...['taking or renewing a lease', 'staging a batch', 'opening or committing an intake'],
  ...['applying a batch', 'finishing an intake', 'putting a file in place', 'confirming a set'],
  ...['keeping, doubting or clearing messages', 'publishing tickets', 'telling a target'],
  ...['settling deliveries', 'acknowledging tickets', 'archiving the marker'],
];

type Hit = (typeof AT_STEP)[number] | (typeof AT_RANDOM)[number];

interface Undisturbed {
  readonly evening: ClusterEvening;
  readonly wanted: unknown;
  /** How often each point is passed by the process that passes it most often. */
  readonly times: ReadonlyMap<string, number>;
  /** How long it works. */
  readonly ms: number;
}

describe('a cluster of which something is killed or cut off at any moment', () => {
  let services: ClusterServices;
  const nights: Undisturbed[] = [];
  const told = new Map<string, number>();

  before(async function () {
    this.timeout(300_000);
    services = serviceOrPending(this, await startCluster());
    if (services.store.kill === null) pending(this, 'servers that are named are not ours to kill');
    // The first night needs no night before it.
    const chosen = IS_COMPLETE ? NIGHTS : NIGHTS.slice(0, 1);
    for (const night of chosen)
      nights.push(await undisturbed(await ClusterEvening.before(night, services)));
  });
  after(async function () {
    this.timeout(60_000);
    for (const { evening } of nights) await evening.close();
    await services?.stop();
    if (IS_COMPLETE)
      console.log(
        [...told]
          .sort()
          .map(([name, count]) => `${count} ${name}`)
          .join('\n'),
      );
  });

  if (IS_COMPLETE) {
    it('passes every step that it can be hit at', () => {
      const all = new Set(nights.flatMap(({ times }) => [...times.keys()]));
      const missing = STEPS.map(([step]) => step).filter((step) => !all.has(`after ${step}`));
      assert.deepEqual(missing, []);
    });
  }

  it(`ends as one that nobody disturbed (${TRIALS} times)`, async function () {
    this.timeout(120_000 + TRIALS * 120_000);
    for (let trial = 0; trial < TRIALS; trial++) {
      const seed = SEED + trial;
      const what = await disturb(new Chance(`cluster ${seed}`), seed);
      told.set(what, (told.get(what) ?? 0) + 1);
      if (IS_COMPLETE) process.stdout.write(`\r${trial + 1} of ${TRIALS}, seed ${seed}: ${what} `);
    }
  });

  async function disturb(chance: Chance, seed: number): Promise<string> {
    const { evening, wanted, times, ms } = chance.pick(nights, 'night');
    return ClusterNight.in(evening, async (night) => {
      const way = chance.of('way');
      const done = async () => {
        if (way < 0.55) return hitAtStep(night, chance, times);
        if (way < 0.8 || !IS_COMPLETE) return hitAtRandom(night, chance, ms);
        return cutOff(night, chance, ms);
      };
      const at = `SKOLNAV_CRASH_SEED=${seed} SKOLNAV_CRASH_TRIALS=1`;
      let what = '';
      try {
        what = await done();
        assert.deepEqual(await night.state(), wanted);
        await night.end();
      } catch (error) {
        throw new Error(`${at}, ${what}\n${night.crew.said}`, { cause: error });
      }
      return what;
    });
  }

  /** Somebody comes to a step, and there something is hit. */
  async function hitAtStep(
    night: ClusterNight,
    chance: Chance,
    times: ReadonlyMap<string, number>,
  ): Promise<string> {
    const hit = pickHit(chance, AT_STEP);
    // A call that a late process has yet to make it makes when it wakes: no store can forbid it.
    const points = [...times.keys()].filter(
      (at) => hit !== 'late' || at !== 'before telling a target',
    );
    const point = chance.pick(points, 'point');
    const time = 1 + chance.below(times.get(point) ?? 1, 'time');
    const mark = join(night.world.folder, 'stopped');
    const stopping = { STOP_AT: point, STOP_TIME: String(time), STOP_MARK: mark };
    await night.start(Array.from({ length: WORKERS + 1 }, () => stopping));
    const isOver = new AbortController();
    const never = sleep(STEP_MS, null, { signal: isOver.signal }).catch(() => null);
    const at = await Promise.race([night.crew.stopped, never]);
    isOver.abort();
    if (at === null) {
      await night.over();
      return 'nobody came to that step';
    }
    if (hit === 'late') await beLate(night, at);
    else {
      if (hit === 'itself') await night.crew.signal(at, 'SIGKILL');
      else await strike(night, hit, at);
      if (night.crew.isRunning(at)) await night.crew.signal(at, 'SIGCONT');
      night.goOn();
      night.jump();
      await night.over();
    }
    return `${hit} ${point}`;
  }

  async function beLate(night: ClusterNight, late: number): Promise<void> {
    night.goOn(late);
    night.jump(late);
    await night.over(late);
    await night.crew.signal(late, 'SIGCONT');
    await sleep(LATE_MS);
  }

  /** One to three hits, while the night is under way. */
  async function hitAtRandom(night: ClusterNight, chance: Chance, ms: number): Promise<string> {
    await night.start();
    const hits = Array.from({ length: 1 + chance.below(3, 'hits') }, (_, at) =>
      pickHit(chance, AT_RANDOM, at),
    );
    for (const [at, hit] of hits.entries()) {
      await sleep(chance.of('when', at) ** 2 * ms);
      const { running } = night.crew;
      if (hit === 'worker') await kill(night, running[chance.below(WORKERS, 'who', at)]);
      else if (hit === 'scheduler') await kill(night, running.at(-1));
      else await strike(night, hit);
      night.jump();
    }
    night.goOn();
    await night.over();
    return `random: ${hits.join(', ')}`;
  }

  async function kill({ crew }: ClusterNight, pid: number | undefined): Promise<void> {
    if (pid !== undefined) await crew.signal(pid, 'SIGKILL');
  }

  /** Kills servers, processes or both, and starts them again. */
  async function strike(night: ClusterNight, hit: Hit, at?: number): Promise<void> {
    const isAll = hit === 'everything';
    if (isAll || hit === 'processes') await night.crew.kill();
    const dead = [
      ...(isAll || hit === 'store' ? [services.store] : []),
      ...(isAll || hit === 'broker' ? [services.broker] : []),
    ];
    await Promise.all(dead.map((one) => one.kill?.()));
    if (at !== undefined && night.crew.isRunning(at)) await night.crew.signal(at, 'SIGCONT');
    if (!isAll && dead.length > 0) await sleep(OUT_MS);
    for (const one of dead) await one.restart();
    if (isAll || hit === 'processes') await night.start();
  }

  /** A server hangs for one worker alone, which others think dead; then it comes back. */
  async function cutOff(night: ClusterNight, chance: Chance, ms: number): Promise<string> {
    const name = chance.pick(['STORE_URL', 'BROKER_URL'], 'server');
    const url = night.world.environment[name] ?? '';
    const port = new URL(url).port;
    const proxy: HangingProxy = await startHangingProxy(Number(port));
    try {
      const cut = chance.below(WORKERS, 'who');
      const environments = Array.from({ length: WORKERS }, (_, at) =>
        at === cut ? { [name]: url.replace(`:${port}`, `:${proxy.port}`) } : {},
      );
      await night.start(environments);
      const late = night.crew.running[cut];
      await sleep(chance.of('when') ** 2 * ms);
      proxy.hang();
      night.jump(late);
      await night.over(late);
      proxy.goOn();
      await sleep(LATE_MS);
    } finally {
      await proxy.stop();
    }
    return `cut off from ${name}`;
  }
});

function pickHit<H extends Hit>(chance: Chance, of: readonly H[], at = 0): H {
  const all = IS_COMPLETE ? of : of.filter((hit) => !SLOW.has(hit));
  return chance.pick(all, 'hit', at);
}

/** A night that nobody disturbs: how it ends, and which steps it takes. */
async function undisturbed(evening: ClusterEvening): Promise<Undisturbed> {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-points-'));
  try {
    return await ClusterNight.in(evening, async (night) => {
      if (!IS_COMPLETE) {
        await night.alone();
        const points = ALWAYS.flatMap((step) => [`before ${step}`, `after ${step}`]);
        const times = new Map(points.map((point) => [point, 1]));
        return { evening, wanted: await night.state(), times, ms: NIGHT_MS };
      }
      const counting = { COUNT_TO: folder };
      await night.start(Array.from({ length: WORKERS + 1 }, () => counting));
      const begunAt = performance.now();
      await night.over();
      const ms = performance.now() - begunAt;
      const wanted = await night.state();
      await night.end();
      const times = new Map<string, number>();
      for (const file of await readdir(folder)) {
        const own: [string, number][] = JSON.parse(await readFile(join(folder, file), 'utf8'));
        for (const [point, count] of own) times.set(point, Math.max(count, times.get(point) ?? 0));
      }
      return { evening, wanted, times, ms };
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
