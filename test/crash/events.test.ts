import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Chance } from '../../scripts/generate/random.ts';
import { AbsenceWorld, until } from '../e2e/absence-world.ts';
import { IS_COMPLETE } from './crash-world.ts';

const SKOLNAV = join(import.meta.dirname, '..', '..', 'scripts', 'skolnav.ts');
const HOOK = join(import.meta.dirname, 'kill-at-step.mjs');
const SEED = Number(process.env['SKOLNAV_CRASH_SEED'] ?? Date.now() % 1_000_000);
const KILLS = IS_COMPLETE ? 60 : 4;

/** Steps from the call to the target, in their order; the first comes before the answer. */
const STEPS = [
  ...['keeping an event', 'staging a batch', 'committing an intake', 'applying a batch'],
  ...['emptying the inbox', 'finishing an intake', 'putting a file in place', 'confirming a set'],
];
/** What the doorbell notes of a ring, and of a sync of news: one value after another. */
const NOTES = 12;
const POINTS = [
  ...STEPS.flatMap((step) => [pointOf(`before ${step}`), pointOf(`after ${step}`)]),
  ...Array.from({ length: NOTES }, (_, at) => pointOf('after keeping a value', at + 1)),
];

/** The hub is killed while it is served and an app calls; whoever got 202 need not call again. */
describe('a hub that is killed while events come', () => {
  let town: AbsenceWorld;
  let hub: ChildProcess;

  beforeEach(async () => {
    town = await AbsenceWorld.open();
  });
  afterEach(async () => {
    await kill();
    await town.close();
  });

  const start = async (environment: Readonly<Record<string, string>> = {}) => {
    const clock = { CRASH_CLOCK: String(town.world.now - Date.now()) };
    const compiled = { NODE_COMPILE_CACHE: join(tmpdir(), 'skolnav-compiled') };
    const env = { ...process.env, ...compiled, ...town.world.environment, ...clock };
    const args = ['--import', HOOK, SKOLNAV, '-C', town.world.folder, 'serve'];
    const stdio: ['ignore', 'ignore', 'ignore'] = ['ignore', 'ignore', 'ignore'];
    hub = spawn(process.execPath, args, { env: { ...env, ...environment }, stdio });
    await until(async () => hub.signalCode !== null || (await isListening()));
  };
  const isListening = () =>
    fetch(`http://127.0.0.1:${town.port}/`).then(
      () => true,
      () => false,
    );
  const kill = async () => {
    if (hub.exitCode !== null || hub.signalCode !== null) return;
    const gone = once(hub, 'exit');
    hub.kill('SIGKILL');
    await gone;
  };
  const isTold = (count: number) => async () => (await town.told()).length === count;

  for (const { point, time } of IS_COMPLETE ? POINTS : sample()) {
    it(`${point}, time ${time}, and started again, delivers each once`, async () => {
      await start({ CRASH_AT: point, CRASH_TIME: String(time) });
      const taken = town.app.sendUntilTaken(town.absence('f1'));
      if (hub.signalCode === null) await once(hub, 'exit');
      assert.equal(hub.signalCode, 'SIGKILL');
      await start();
      assert.equal((await taken).status, 202);
      await until(isTold(1));
      await town.app.send(town.absence('f2'));
      await until(isTold(2));
      assert.deepEqual(await town.told(), ['N 08:00', 'N 08:00']);
    }).timeout(60_000);
  }

  it('right after it has said 202 has it when it is started again', async () => {
    await start();
    assert.equal((await town.app.send(town.absence('f1'))).status, 202);
    await kill();
    await start();
    await until(isTold(1));
  }).timeout(60_000);

  it(`at any moment, ${KILLS} times, loses none and delivers none twice`, async () => {
    const chance = new Chance(`events ${SEED}`);
    let sent = 0;
    const send = async (until: AbortSignal) => {
      while (!until.aborted) await town.app.sendUntilTaken(town.absence(`f${sent++}`), 20);
    };
    await start();
    const stop = new AbortController();
    const sending = send(stop.signal);
    for (let time = 0; time < KILLS; time++) {
      await sleep(chance.of(time) * 400);
      await kill();
      await start();
    }
    stop.abort();
    await sending;
    await until(isTold(sent));
    const lines = await town.delivered();
    const ids = lines.map((line) => line.split(';')[1]);
    assert.equal(new Set(ids).size, sent, `SKOLNAV_CRASH_SEED=${SEED}`);
    assert.ok(lines.every((line) => line.startsWith('N;')));
  }).timeout(60_000 + KILLS * 10_000);
});

interface Point {
  readonly point: string;
  /** Which time that it is passed. */
  readonly time: number;
}

function pointOf(point: string, time = 1): Point {
  return { point, time };
}

/** Some that are others every day. */
function sample(): readonly Point[] {
  const day = Math.floor(Date.now() / 86_400_000);
  return [0, 8, 16].flatMap((at) => POINTS[(day + at) % POINTS.length] ?? []);
}
