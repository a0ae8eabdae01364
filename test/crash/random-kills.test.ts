import assert from 'node:assert/strict';
import { Chance } from '../../scripts/generate/random.ts';
import {
  assertQuiet,
  Evening,
  endState,
  IS_COMPLETE,
  NIGHTS,
  type Night,
  sync,
} from './crash-world.ts';

const KILLS = Number(process.env['SKOLNAV_CRASH_KILLS'] ?? (IS_COMPLETE ? 1000 : 4));
const SEED = Number(process.env['SKOLNAV_CRASH_SEED'] ?? Date.now() % 1_000_000);
/** Kills of one world, one after the other, before it is left in peace. */
const IN_A_ROW = 4;
/** Worlds at the same time. */
const WORKERS = IS_COMPLETE ? 2 : 1;

describe('a hub that is killed at any moment, again and again', () => {
  it(`ends, once it is left in peace, as one that was not (${KILLS} kills)`, async function () {
    this.timeout(60_000 + KILLS * 30_000);
    const nights: Undisturbed[] = [];
    for (const night of NIGHTS) nights.push(await undisturbed(night));
    let next = 0;
    let kills = 0;
    const work = async () => {
      while (kills < KILLS) {
        const seed = SEED + next++;
        const night = new Chance(`night ${seed}`).pick(nights);
        const came = await killAndCompare(night, seed);
        kills += came;
        if (IS_COMPLETE) say(`\r${kills} of ${KILLS} kills, seed ${seed} `);
      }
    };
    try {
      await Promise.all(Array.from({ length: WORKERS }, work));
    } finally {
      for (const { evening } of nights) await evening.close();
    }
  });
});

interface Undisturbed {
  readonly evening: Evening;
  readonly wanted: unknown;
  /** How long it works. */
  readonly ms: number;
}

async function undisturbed(night: Night): Promise<Undisturbed> {
  const evening = await Evening.before(night);
  const world = await evening.copy();
  try {
    let begunAt = 0;
    await sync(world, {}, () => {
      begunAt = performance.now();
    });
    const ms = performance.now() - begunAt;
    return { evening, wanted: await endState(world), ms };
  } finally {
    await world.close();
  }
}

/** Answers how many of the kills came in time. */
async function killAndCompare({ evening, wanted, ms }: Undisturbed, seed: number): Promise<number> {
  const world = await evening.copy();
  const chance = new Chance(`kill ${seed}`);
  try {
    let kills = 0;
    // A night that came to its end before the kill has nothing left to be killed at.
    for (let time = 0; kills === time && time < IN_A_ROW; time++) {
      const signal = await sync(world, {}, (child) => {
        setTimeout(() => child.kill('SIGKILL'), chance.of(time) ** 2 * ms);
      });
      if (signal === 'SIGKILL') kills += 1;
    }
    await sync(world, {});
    const at = `SKOLNAV_CRASH_SEED=${seed} SKOLNAV_CRASH_KILLS=1`;
    assert.deepEqual(await endState(world), wanted, at);
    await assertQuiet(world, at);
    return kills;
  } finally {
    await world.close();
  }
}

function say(text: string): void {
  process.stdout.write(text);
}
