import assert from 'node:assert/strict';
import { join } from 'node:path';
import { generateSituations, SITUATIONS } from '../../scripts/situations/generate-situations.ts';
import { BY_HAND } from '../../scripts/situations/schools-and-staff.ts';
import type { Shown, Situation } from '../../scripts/situations/situation.ts';
import { World } from '../e2e/world.ts';

const DATE = '2026-10-15';
const TODAY = Date.parse(`${DATE}T03:00:00+02:00`);
const DAY_MS = 86_400_000;
const TARGETS = ['collaboration', 'lms', 'identity'] as const;

/** `skolnav generate --situation`: each does to the targets what it says that it does. */
describe('the generated situations', () => {
  it('are all of the 34, or say what to do by hand', () => {
    const numbers = [...SITUATIONS, ...BY_HAND].map(({ number }) => number).sort((a, b) => a - b);
    assert.deepEqual(
      numbers,
      Array.from({ length: 34 }, (_, index) => index + 1),
    );
  });

  for (const situation of SITUATIONS) {
    const { number, name, what } = situation;
    it(`7.${number} ${name}: ${what}`, async () => {
      const world = await World.open();
      try {
        await live(world, situation);
      } finally {
        await world.close();
      }
    });
  }

  async function live(world: World, situation: Situation): Promise<void> {
    const size = { pupils: 80, seed: 'situations', date: DATE };
    const out = join(world.folder, 'data', 'register');
    const options = { ...size, out, situations: [situation] };
    let told: Readonly<Record<string, number>> = {};
    for (let night = 1, nights = 1; night <= nights; night++) {
      ({ nights } = await generateSituations({ ...options, night }));
      world.now = TODAY;
      told = await sync(world);
    }
    if (situation.isNextDay === true) {
      world.now = TODAY + DAY_MS;
      told = await sync(world);
    }
    const { holds, failures } = await world.withHub(async ({ control }) => ({
      holds: await control.holds('open'),
      failures: await control.failures({ limit: 5 }),
    }));
    const isLeft = holds.length + failures.length > 0;
    assert.equal(isLeft, situation.isHeld === true, JSON.stringify(failures));
    for (const target of TARGETS) {
      const isTold = (told[target] ?? 0) > 0;
      assert.equal(isTold, !saysNothing(situation.shown, target), `${target}: ${told[target]}`);
    }
  }

  /** How much each target was told. */
  async function sync(world: World): Promise<Readonly<Record<string, number>>> {
    const { intakes, flows } = await world.sync();
    for (const { problem } of intakes) assert.equal(problem, null);
    return Object.fromEntries(
      flows.map(({ subject, counts: { delivered = 0, removed = 0 } }) => [
        subject,
        delivered + removed,
      ]),
    );
  }
});

function saysNothing(shown: Shown, target: keyof Shown): boolean {
  return shown[target].startsWith('nothing');
}
