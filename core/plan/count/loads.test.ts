import assert from 'node:assert/strict';
import { openTemporaryStore } from '../../../test/contract/temporary-store.ts';
import type { Store } from '../../store/store.ts';
import { beyond, keepLoad, readLoad } from './loads.ts';
import { none } from './totals.ts';

const kinds = (held: number, create: number, shut = 0) =>
  new Map([['User', { ...none(), held, create, delete: shut, shut }]]);

describe('a load that was allowed to begin', () => {
  let store: Store;
  let close: () => Promise<void>;
  beforeEach(async () => {
    ({ store, close } = await openTemporaryStore());
  });
  afterEach(() => close());

  const allow = async (held: number, create: number) =>
    keepLoad(
      store,
      't',
      await readLoad(store, 't'),
      kinds(held, create),
      new Map([['oak', kinds(held, create)]]),
    );
  const left = async (held: number, create: number) => {
    const { whole, units } = await readLoad(store, 't');
    return [whole, units.get('oak')].map(
      (allowed) => beyond(kinds(held, create), allowed).get('User')?.create,
    );
  };

  it('goes on wherever it was interrupted, and only what goes beyond it is judged', async () => {
    assert.deepEqual(await left(0, 20_000), [20_000, 20_000]);
    await allow(0, 20_000);
    assert.deepEqual(await left(6018, 13_982), [0, 0]);
    assert.deepEqual(await left(6018, 14_000), [18, 18]);
    assert.deepEqual(await left(20_000, 5000), [5000, 5000], 'it is done: nothing is left of it');
  });

  it('fills its groups, and whatever else is updated beside it is judged', () => {
    const allowed = new Map([
      ['Group', 40],
      ['Group.members', 600],
    ]);
    const updates = (update: number, filled: number, members: number) => {
      const counts = new Map([
        ['Group', { ...none(), held: 40, update, filled }],
        ['Group.members', { ...none(), held: 200, create: members }],
      ]);
      return beyond(counts, allowed).get('Group')?.update;
    };
    assert.equal(updates(40, 40, 400), 0, 'members that the load still lacks');
    assert.equal(updates(40, 10, 400), 30, 'thirty are changed otherwise');
    assert.equal(updates(40, 40, 403), 3, 'three members more than were allowed');
    assert.equal(updates(40, 40, 900), 40);
    assert.equal(beyond(new Map(), allowed).size, 0);
  });

  it('is the same whether what is shut is shut already: that is held until its grace is over', async () => {
    await keepLoad(store, 't', await readLoad(store, 't'), kinds(12, 3, 3), new Map());
    assert.deepEqual([...(await readLoad(store, 't')).whole], [['User', 15]]);
    await keepLoad(store, 't', await readLoad(store, 't'), kinds(12, 3), new Map());
    assert.deepEqual([...(await readLoad(store, 't')).whole], [['User', 15]]);
  });

  it('is what the last plan was allowed: what is withheld of a plan is as it was', async () => {
    await allow(0, 20_000);
    await keepLoad(store, 't', await readLoad(store, 't'), kinds(100, 0), new Map());
    assert.deepEqual(await left(6000, 14_000), [14_000, 0]);
  });
});
