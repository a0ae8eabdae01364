import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import type { Trace } from '../../core/control/explain/trace.ts';
import { answerOf } from '../../scripts/terminal/trace-answer.ts';
import { batchOf, type Town } from '../situations/town.ts';
import { World } from './world.ts';

const MOST = 20;

/** The first line says whether the person is there; the targets themselves say whether it is so. */
describe('the first line of a trace', () => {
  let world: World;

  before(async () => {
    world = await World.open();
    await world.night(1, 60);
  });
  after(() => world.close());

  async function traces(): Promise<readonly Trace[]> {
    return world.withHub(async ({ control, engine }) => {
      const ids: string[] = [];
      for await (const batch of engine.store.entities.scan('person')) {
        ids.push(...batch.map(({ entity }) => entity.id));
      }
      const step = Math.max(1, Math.floor(ids.length / MOST));
      const found: Trace[] = [];
      for (const id of ids.filter((_, index) => index % step === 0).slice(0, MOST)) {
        found.push(await control.trace({ kind: 'person', id }, 'Kim'));
      }
      return found;
    });
  }

  async function areThere(): Promise<Readonly<Record<string, (id: string) => boolean>>> {
    const { identity, lms } = await world.picture();
    const users = await world.delivered('users.csv').catch(() => '');
    return {
      collaboration: (id) => users.includes(id),
      identity: (id) => identity?.includes(id) === true,
      lms: (id) => lms?.includes(id) === true,
    };
  }

  async function seesTruth(isDelivered: boolean): Promise<void> {
    const isThere = await areThere();
    const all = await traces();
    assert.equal(all.length, MOST);
    let count = 0;
    for (const { entity, targets, isProtected } of all) {
      for (const target of targets) {
        const { flow } = target;
        const answer = answerOf(target, 'Europe/Stockholm');
        const there = isThere[flow]?.(entity.id) === true;
        count += Number(there);
        if (isProtected) assert.match(answer, /^Protected/);
        else assert.match(answer, there ? new RegExp(`^In ${flow}: `) : /^Not in /);
        assert.doesNotMatch(answer, /blocked|not wanted/);
      }
    }
    assert.equal(count > MOST / 2, isDelivered);
  }

  it('is right for twenty persons before anything is delivered, and after', async () => {
    const signal = new AbortController().signal;
    const request = { flow: null, onProgress: () => undefined, signal, patienceMs: 2000 };
    await world.withHub(({ control }) => control.sync({ ...request, deliver: false }));
    await seesTruth(false);
    await world.sync();
    await seesTruth(true);
  });
});

describe('whoever is set aside', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  /** A record of which the number cannot be read. */
  async function night(privacy?: number): Promise<void> {
    const anna = { given: 'Anna', family: 'Berg', number: '20130412-12', born: '2013-04-12' };
    const marks = privacy === undefined ? {} : { privacy };
    const town: Town = { persons: { anna: { ...anna, ...marks }, bo: {} } };
    await publish(join(world.folder, 'data', 'register'), batchOf('2026-09-01', town));
    await world.sync();
  }
  const find = (word: string) =>
    world.withHub(({ control }) => control.findPersons(word, 'Kim', ''));

  it('is found by name, number and id, and the trace says why nothing is taken in', async () => {
    await night();
    const [found] = await find('Anna Berg');
    assert.equal(found?.name, '(set aside)');
    const id = found.id;
    for (const word of ['register:anna', '2013041212', id]) {
      assert.deepEqual(
        (await find(word)).map((one) => one.id),
        [id],
        word,
      );
    }
    assert.deepEqual(await find('Bert Berg'), []);
    const { targets, notTaken } = await world.withHub(({ control }) =>
      control.trace({ kind: 'person', id }, 'Kim'),
    );
    assert.equal(notTaken[0]?.code, 'VALUE_NOT_ALLOWED');
    for (const target of targets) {
      const answer = answerOf(target, 'Europe/Stockholm');
      assert.match(answer, /^Not in \w+: set aside, .*VALUE_NOT_ALLOWED .*ber-20260901\.xml:\d+/);
    }
  });

  it('is not found by name where protected, and nothing is told but that', async () => {
    await night(3);
    assert.deepEqual(await find('Anna Berg'), []);
    const [found] = await find('register:anna');
    const trace = await world.withHub(({ control }) =>
      control.trace({ kind: 'person', id: found?.id ?? '' }, 'Kim'),
    );
    assert.deepEqual([trace.isProtected, trace.sources, trace.notTaken], [true, [], []]);
    for (const { verdict } of trace.targets) assert.equal(verdict, 'protected');
  });
});
