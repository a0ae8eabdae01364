import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { makeWorkspace } from '../../scripts/commands/init.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

const DAY_MS = 86_400_000;

describe('a source that falls silent', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  const send = (day: string, pupils: number) => {
    const name = `ber-${day.replaceAll('-', '')}`;
    const town = { ...smallTown(name, numbers(1, pupils)), datetime: `${day}T02:00:00+02:00` };
    return publish(join(world.folder, 'data', 'register'), town);
  };
  const at = (day: string) => {
    world.now = Date.parse(`${day}T03:00:00+02:00`);
  };
  const late = async () => {
    const findings = await world.withHub(({ control }) => control.findings());
    return findings.filter(({ code }) => code === 'SOURCE_LATE').map(({ text }) => text);
  };
  /** The day after the first on which somebody is told. */
  async function toldAfter(most: number): Promise<number | null> {
    await send('2026-09-01', 12);
    at('2026-09-01');
    const first = world.now;
    await world.sync();
    for (let day = 1; day <= most; day++) {
      // Not at the very minute: how long a sync takes must not matter.
      world.now = first + (day - 0.1) * DAY_MS;
      await world.sync('identity');
      if ((await late()).length > 0) return day;
    }
    return null;
  }

  it('is told within days by the rules that init writes', async () => {
    const made = join(world.folder, 'made');
    await makeWorkspace(made);
    const rules = await readFile(join(made, 'config', 'hub.yaml'), 'utf8');
    const sources = rules.slice(rules.indexOf('\nsources:') + 1);
    await world.reconfigure('modules:', `${sources}\nmodules:`);
    assert.equal(await toldAfter(7), 5);
    const flow = await readFile(join(made, 'flows', 'identity.yaml'), 'utf8');
    assert.match(flow, /^schedule: .*\ndeadline: "06:00"/m);
  });

  it('is told after two weeks where no rule speaks of it, however often it is looked at', async () => {
    await send('2026-09-01', 12);
    at('2026-09-01');
    const first = world.now;
    await world.sync();
    await world.withHub(async ({ engine: { store } }) => {
      for (let hour = 1; hour < 15 * 24; hour++) {
        await store.runs.put({
          ...{ id: `look-${hour}`, type: 'intake', subject: 'register' },
          ...{ startedAt: first + (hour * DAY_MS) / 24, endedAt: first + (hour * DAY_MS) / 24 },
          ...{ outcome: 'done', counts: { records: 0 }, problem: null },
        });
      }
    });
    world.now = first + 13 * DAY_MS;
    assert.deepEqual(await late(), []);
    world.now = first + 14.5 * DAY_MS;
    assert.deepEqual(await late(), ['register has brought nothing new for 348 hours']);
  });

  it('may have been silent before: a trial with files of another year is taken in', async () => {
    await world.reconfigure('modules:', 'sources: { register: { maxAge: 4d } }\nmodules:');
    const intake = async () => {
      const { outcome, problem } = runOf(await world.sync(), 'register');
      return problem?.code ?? outcome;
    };
    at('2026-11-26');
    await send('2026-09-01', 12);
    assert.equal(await intake(), 'done');
    await send('2026-09-02', 13);
    assert.equal(await intake(), 'done');
    await send('2026-11-26', 14);
    assert.equal(await intake(), 'done');
    await send('2026-11-27', 13);
    at('2026-12-05');
    assert.equal(await intake(), 'SOURCE_STALE', 'one that has been in time is expected to be');
    assert.equal(world.identity.directory.of('Users').size, 14);
  });
});
