import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  assertQuiet,
  Evening,
  endState,
  IS_COMPLETE,
  NIGHTS,
  type Night,
  sync,
} from './crash-world.ts';
import { STEPS } from './steps.ts';

const SAMPLES = 4;
const DAY = Math.floor(Date.now() / 86_400_000);

/** Steps that every night takes: a hook that no longer sees one of them proves nothing. */
const ALWAYS: readonly string[] = [
  ...['taking the lease', 'staging a batch', 'committing an intake', 'applying a batch'],
  ...['finishing an intake', 'archiving a file', 'archiving the marker'],
  ...['putting a file in place', 'putting the marker in place', 'confirming a set'],
  ...['keeping messages', 'telling a target', 'settling deliveries', 'giving the lease back'],
];

/** A hub that is killed anywhere and started again ends where an undisturbed one ends. */
for (const night of NIGHTS) {
  describe(`a hub that is killed on ${night}, and started again, ends as one that was not`, () => {
    let evening: Evening;
    let wanted: Awaited<ReturnType<typeof endState>>;
    let times: ReadonlyMap<string, number>;

    before(async function () {
      this.timeout(60_000);
      evening = await Evening.before(night);
      const world = await evening.copy();
      const file = join(world.folder, 'passed');
      await sync(world, { COUNT_TO: file });
      times = new Map(JSON.parse(await readFile(file, 'utf8')));
      wanted = await endState(world);
      await world.close();
    });

    after(() => evening.close());

    it('and it passes every step that it can be killed at', () => {
      for (const step of ALWAYS) {
        for (const when of ['before', 'after']) assert.ok(times.has(`${when} ${step}`), step);
      }
    });

    for (const point of pointsOf(night)) {
      it(point, async function () {
        this.timeout(IS_COMPLETE ? 600_000 : 30_000);
        for (const time of timesOf(times.get(point) ?? 0)) {
          const at = `${point}, time ${time}`;
          const world = await evening.copy();
          try {
            const killed = await sync(world, { CRASH_AT: point, CRASH_TIME: String(time) });
            assert.equal(killed, 'SIGKILL', `it was not killed ${at}`);
            await sync(world, {});
            assert.deepEqual(await endState(world), wanted, at);
            await assertQuiet(world, at);
          } finally {
            await world.close();
          }
        }
      });
    }
  });
}

/** Every point; or some that are others every day and every night. */
function pointsOf(night: Night): readonly string[] {
  const all = STEPS.flatMap(([step]) => [`before ${step}`, `after ${step}`]);
  if (IS_COMPLETE) return all;
  const known = all.filter((point) => ALWAYS.some((step) => point.endsWith(step)));
  const first = DAY * SAMPLES + night.length;
  return Array.from({ length: SAMPLES }, (_, at) => known[(first + 7 * at) % known.length] ?? '');
}

/** Every time that a point is passed; or the last. */
function timesOf(count: number): readonly number[] {
  return IS_COMPLETE ? Array.from({ length: count }, (_, at) => at + 1) : [count];
}
