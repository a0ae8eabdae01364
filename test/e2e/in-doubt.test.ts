import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

const NOTHING = { create: 0, update: 0, delete: 0 };

/** A target that made an object and could not say so holds it, whoever wants it by then. */
describe('an object that a target made without saying so', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    await world.quicken();
    await send(1, 3);
    await world.sync();
    // What the hub asks before it tells the service of a user; then the user is made, and no more.
    const asked = { kind: 'slow', ms: 0 } as const;
    world.identity.failNext(asked, asked, { kind: 'error-after' }, ...many('error-before'));
    world.lms.failNext({ kind: 'error-after' }, ...many('error-before'));
    await send(2, 4);
    await world.sync();
    assert.deepEqual([users(), persons()], [4, 4]);
    assert.equal(await confirmed('identity:scim', 'User'), 3);
    assert.equal(await confirmed('lms:itslearning', 'person'), 3);
    for (const target of [world.identity, world.lms]) target.heal();
  });
  afterEach(() => world.close());

  async function send(night: number, pupils: number, family = 'Ek'): Promise<void> {
    world.now = Date.parse(`2026-09-0${night}T03:00:00+02:00`);
    const town = smallTown(`ber-2026090${night}`, numbers(1, pupils));
    const elements = (town.elements ?? []).map((xml) => xml.replace('>Ek<', `>${family}<`));
    await publish(join(world.folder, 'data', 'register'), { ...town, elements });
  }
  /** More than the hub has patience for. */
  const many = (kind: 'error-before') => Array.from({ length: 60 }, () => ({ kind }));
  const users = () => world.identity.directory.of('Users').size;
  const persons = () => [...world.lms.site.persons.values()].filter((one) => !one.inTrash).length;
  const confirmed = (target: string, kind: string) =>
    world.withHub((hub) => hub.engine.store.ledger.count(target, kind));
  const failed = async () =>
    (await world.withHub(({ control }) => control.failures({ limit: 5 }))).length;
  async function assertQuiet(): Promise<void> {
    const plans = await world.plan();
    assert.deepEqual(
      plans.map(({ counts }) => counts),
      [NOTHING, NOTHING, NOTHING],
    );
    assert.equal(await failed(), 0);
  }

  it('is taken back where it is not wanted any more', async () => {
    await send(3, 3);
    await world.sync();
    assert.deepEqual([users(), persons()], [3, 3]);
    await assertQuiet();
  });

  it('stays while nobody can say whether it is wanted: its school waits for a person', async () => {
    await world.guard('{ maxUpdate: 10%, minimum: 0 }');
    await send(3, 4, 'Nyman');
    await world.sync();
    assert.deepEqual([users(), persons()], [4, 4]);
    assert.notEqual(await failed(), 0);
    await world.guard('{}');
    await send(4, 3);
    await world.sync();
    assert.deepEqual([users(), persons()], [3, 3]);
    await assertQuiet();
  });

  it('is confirmed where it is wanted still, and not made twice', async () => {
    await send(3, 4);
    await world.sync();
    assert.deepEqual([users(), persons()], [4, 4]);
    await assertQuiet();
  });
});
