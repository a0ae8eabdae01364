import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

/** A target's yes may be half of one, and what it held may be gone by somebody's hand. */
describe('a target that says yes', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    await world.quicken();
    await send(1, { members: 2 });
    await world.sync('identity');
  });
  afterEach(() => world.close());

  async function send(night: number, { members = 3, family = 'Ek' }): Promise<void> {
    world.now = Date.parse(`2026-09-0${night}T03:00:00+02:00`);
    const name = `ber-2026090${night}`;
    const { elements: of = [], ...town } = smallTown(name, numbers(1, 3));
    const ofClass = smallTown(name, numbers(1, members)).elements?.at(-1) ?? '';
    const elements = [...of.slice(0, -1), ofClass].map((xml) => xml.replace('>Ek<', `>${family}<`));
    await publish(join(world.folder, 'data', 'register'), { ...town, elements });
  }
  const names = () => world.accounts().map(({ name }) => Object(name).familyName);
  const failures = async () =>
    (await world.withHub(({ control }) => control.failures({ limit: 5 }))).map(
      ({ problem, state }) => `${state} ${problem?.code} ${problem?.text}`,
    );

  it('and shows that it did not take a field is told of it once, until a person asks for more', async () => {
    await send(2, { members: 2, family: 'Nyman' });
    const keeps = { kind: 'keeps' } as const;
    // Each of the three accounts once more in the same night.
    world.identity.failNext(...Array.from({ length: 6 }, () => keeps));
    assert.equal(runOf(await world.sync('identity'), 'identity').counts['failed'], 3);
    assert.deepEqual(names(), ['Ek', 'Ek', 'Ek']);
    const calls = world.identity.calls();
    world.now += 86_400_000;
    await world.sync('identity');
    assert.equal(world.identity.calls(), calls, 'it is not told again each night');
    const [failure, ...others] = await failures();
    assert.match(failure ?? '', /^failed NOT_TAKEN .*User: .*name/);
    assert.equal(others.length, 2);
    const { tried, mended } = await world.withHub(({ control }) =>
      control.retryGroup({
        ...{ target: 'identity:scim', code: 'NOT_TAKEN', who: 'Kim' },
        ...{ onProgress: () => undefined, signal: new AbortController().signal },
      }),
    );
    assert.deepEqual([tried, mended], [3, 3]);
    assert.deepEqual(names(), ['Nyman', 'Nyman', 'Nyman']);
    assert.deepEqual(await failures(), []);
  });

  it('and shows for a while what it held before is believed when it is told once more', async () => {
    await send(2, { members: 2, family: 'Nyman' });
    world.identity.failNext({ kind: 'keeps' }, { kind: 'keeps' });
    const { counts } = runOf(await world.sync('identity'), 'identity');
    assert.deepEqual([counts['failed'], counts['retried']], [0, 2]);
    assert.deepEqual(names(), ['Nyman', 'Nyman', 'Nyman']);
    assert.deepEqual(await failures(), []);
  });

  it('to a member whose account somebody deleted there gets the account and the member anew', async () => {
    const users = world.identity.directory.of('Users');
    const gone = [...users.values()].find(({ userName }) => userName === 'p3@skola.example');
    users.delete(gone?.id ?? '');
    await send(2, { members: 3 });
    const { counts } = runOf(await world.sync('identity'), 'identity');
    assert.deepEqual([counts['failed'], counts['blocked']], [0, 0]);
    const [group] = [...world.identity.directory.of('Groups').values()];
    const members = Object(group)['members'].map(({ value }: { value: string }) => value);
    assert.deepEqual(
      members.sort(),
      world
        .accounts()
        .map(({ id }) => id)
        .sort(),
    );
    assert.equal(members.length, 3);
  });
});
