import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

const NOTHING = { create: 0, update: 0, delete: 0 };

/** What a target has done without saying so is done, whatever the register says by then. */
describe('a target that did as it was told, and could not say so', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    await world.quicken();
    await send(1, 3);
    await world.sync();
  });
  afterEach(() => world.close());

  async function send(night: number, pupils: number, family = 'Ek'): Promise<void> {
    world.now = Date.parse(`2026-09-0${night}T03:00:00+02:00`);
    const town = smallTown(`ber-2026090${night}`, numbers(1, pupils));
    const elements = (town.elements ?? []).map((xml) => xml.replace('>Ek<', `>${family}<`));
    await publish(join(world.folder, 'data', 'register'), { ...town, elements });
  }
  /** Both do what the first calls after so many ask, do not answer, and are out from there on. */
  async function syncAndLose(calls: { readonly identity: number; readonly lms: number }) {
    const well = { kind: 'slow', ms: 0 } as const;
    for (const name of ['identity', 'lms'] as const) {
      const before = Array.from({ length: calls[name] }, () => well);
      world[name].failNext(...before, { kind: 'error-after' });
    }
    await syncInVain();
  }
  /** Both are out, once they have done what they are to do before that. */
  async function syncInVain(): Promise<void> {
    const out = Array.from({ length: 60 }, () => ({ kind: 'error-before' }) as const);
    const targets = [world.identity, world.lms];
    for (const target of targets) target.failNext(...out);
    await world.sync();
    for (const target of targets) target.heal();
  }
  const users = () => world.accounts();
  const persons = () => [...world.lms.site.persons.values()].filter((one) => !one.inTrash);
  const sizes = () => [users().length, persons().length];
  const names = () => [
    ...users().map(({ name }) => Object(name).familyName),
    ...persons().map(({ familyName }) => familyName),
  ];
  const confirmed = (target: string, kind: string) =>
    world.withHub((hub) => hub.engine.store.ledger.count(target, kind));
  const failed = async () =>
    (await world.withHub(({ control }) => control.failures({ limit: 5 }))).length;
  const open = () =>
    world.withHub(async ({ engine }) => {
      const found: string[] = [];
      for await (const messages of engine.store.messages.scan({ type: ['deliver'] })) {
        found.push(...messages.map(({ objectKind, action }) => `${objectKind} ${action}`));
      }
      return found.sort();
    });
  async function assertQuiet(): Promise<void> {
    const plans = await world.plan();
    assert.deepEqual(
      plans.map(({ counts }) => counts),
      [NOTHING, NOTHING, NOTHING],
    );
    assert.equal(await failed(), 0);
  }

  describe('of a new object', () => {
    beforeEach(async () => {
      await send(2, 4);
      await syncAndLose({ identity: 2, lms: 0 });
      assert.deepEqual(sizes(), [4, 4]);
      assert.equal(await confirmed('identity:scim', 'User'), 3);
      assert.equal(await confirmed('lms:itslearning', 'person'), 3);
    });

    it('takes it back where it is not wanted any more', async () => {
      await send(3, 3);
      await world.sync();
      assert.deepEqual(sizes(), [3, 3]);
      await assertQuiet();
    });

    it('takes it back, however often the target is out meanwhile', async () => {
      for (const night of [3, 4]) {
        await send(night, 3);
        await syncInVain();
        assert.deepEqual(sizes(), [4, 4]);
        assert.deepEqual(await open(), ['User delete', 'person delete']);
      }
      await send(5, 3);
      await world.sync();
      assert.deepEqual(sizes(), [3, 3]);
      await assertQuiet();
    });

    it('keeps it while nobody can say whether it is wanted: its school waits for a person', async () => {
      await world.guard('{ maxUpdate: 10%, minimum: 0 }');
      await send(3, 4, 'Nyman');
      await world.sync();
      assert.deepEqual(sizes(), [4, 4]);
      assert.notEqual(await failed(), 0);
      await world.guard('{}');
      await send(4, 3);
      await world.sync();
      assert.deepEqual(sizes(), [3, 3]);
      await assertQuiet();
    });

    it('confirms it where it is wanted still, and makes no second one', async () => {
      await send(3, 4);
      await world.sync();
      assert.deepEqual(sizes(), [4, 4]);
      await assertQuiet();
    });
  });

  it('changes an object back where its change is not wanted any more', async () => {
    await send(2, 3, 'Nyman');
    await syncAndLose({ identity: 2, lms: 0 });
    assert.ok(names().includes('Nyman'));
    await send(3, 3);
    await world.sync();
    assert.deepEqual(new Set(names()), new Set(['Ek']));
    await assertQuiet();
  });

  it('makes an object again whose deletion is not wanted any more', async () => {
    await send(2, 2);
    await syncAndLose({ identity: 3, lms: 1 });
    assert.deepEqual(sizes(), [2, 2]);
    await send(3, 3);
    await world.sync();
    assert.deepEqual(sizes(), [3, 3]);
    await assertQuiet();
  });
});
