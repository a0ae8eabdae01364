import assert from 'node:assert/strict';
import type { Lease } from '../../core/store/run-store.ts';
import type { Store } from '../../core/store/store.ts';
import {
  all,
  mergedOf,
  messageOf,
  partOf,
  rowOf,
  runOf,
  SOURCE,
  setOf,
  TARGET,
} from './store-fixtures.ts';

const MINUTE = 60_000;
const ORIGIN = { kind: 'person', id: 'a' };

/** All that writes, by what it is about. */
const WRITES: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  'messages that are put': ({ messages }) => messages.put([messageOf('new')]),
  'a note of doubt': ({ messages }) => messages.settle([], ['m1']),
  'a settlement': ({ messages }) =>
    messages.settle([
      { message: messageOf('m1'), result: { kind: 'delivered', row: rowOf('a', '2') } },
    ]),
  'messages that are void': ({ messages }) => messages.removeStale(TARGET, ['deliver'], 'other'),
  'rows of the ledger': ({ ledger }) => ledger.write([rowOf('b', '1')], []),
  'a row that goes': ({ ledger }) => ledger.write([], [rowOf('a', '1').ref]),
  'whose a row is': ({ ledger }) => ledger.assign([{ ref: rowOf('a', '1').ref, unit: 'u' }]),
  'a proposal': ({ ledger }) => ledger.propose([rowOf('b', '1')], []),
  'a confirmation': ({ ledger }) => ledger.confirm(TARGET),
  'a recheck': ({ rechecks }) => rechecks.note(TARGET, [{ origin: ORIGIN, until: '2026-09-01' }]),
  'a commit': ({ intake }) => intake.commit('run-1', SOURCE, { '': 'x' }),
  'a run that begins': ({ intake }) => intake.open('run-2', SOURCE),
  'entities of a run': ({ intake }) => {
    const part = partOf('kim');
    return intake.apply('run-0', [mergedOf(part.entity, [part])]);
  },
  'the end of an intake': ({ intake }) => intake.finish('run-0'),
  'a value': (store) => store.putValue('value', 'new'),
  'a run': ({ runs }) => runs.put({ ...runOf('run-1', 1), outcome: 'done' }),
  'what is double': ({ entities }) => entities.putDoubles('person', [{ as: 'x', ids: ['a', 'b'] }]),
  'what goes at once': ({ entities }) => entities.markAtOnce([ORIGIN]),
  'a protection': ({ protections }) =>
    protections.put([{ entity: ORIGIN, source: SOURCE, marks: {} }]),
};

/** A process that was thought dead changes nothing when it comes back. */
export function describeFence(getStore: () => Store, reopen: () => Promise<Store>): void {
  describe('fence', () => {
    let other: Store;
    let old: Lease;
    let present: Lease;

    beforeEach(async () => {
      const store = getStore();
      other = await reopen();
      await store.messages.put([messageOf('m1')]);
      await store.ledger.write([rowOf('a', '1')], []);
      await store.ledger.propose([rowOf('c', '1')], []);
      await stage(store, 'run-0');
      await store.intake.commit('run-0', SOURCE, { '': 'before' });
      await store.intake.open('run-1', 'another source');
      await store.putValue('value', 'old');
      old = await take(store, 'one', 0);
      present = await take(other, 'two', 2 * MINUTE);
    });

    for (const [what, write] of Object.entries(WRITES)) {
      it(`refuses ${what} of an older term, and takes it of the newest`, async () => {
        const before = await told(other);
        const late = getStore().fenced(old, () => write(getStore()));
        await assert.rejects(late, { code: 'LEASE_LOST' });
        assert.deepEqual(await told(other), before);
        await other.fenced(present, () => write(other));
      });
    }

    it('minds no other lease, and nobody who has none', async () => {
      const store = getStore();
      const another = await store.runs.lease('target b', 'one', 0, MINUTE);
      assert.ok(another !== null);
      await store.fenced(another, () => store.putValue('value', 'another'));
      assert.equal(await other.getValue('value'), 'another');
      await store.putValue('value', 'a person');
      assert.equal(await other.getValue('value'), 'a person');
    });

    it('lets many writes of one lease pass at once', async () => {
      const names = Array.from({ length: 30 }, (_, at) => `value ${at}`);
      await other.fenced(present, () =>
        Promise.all(names.map((name) => other.putValue(name, name))),
      );
      for (const name of names) assert.equal(await getStore().getValue(name), name);
    });

    it('takes all of a write that is under way when the term ends, or nothing', async () => {
      const ids = Array.from({ length: 500 }, (_, at) => `m${at + 10}`);
      const writes = other.fenced(present, () =>
        Promise.allSettled(
          ids.map((id) => other.messages.put([messageOf(id), messageOf(`${id}b`)])),
        ),
      );
      const next = await take(getStore(), 'three', 4 * MINUTE);
      const seen = (await all(getStore().messages.scan({ target: TARGET }))).length;
      const ends = await writes;
      assert.equal((await all(getStore().messages.scan({ target: TARGET }))).length, seen);
      const done = ends.filter(({ status }) => status === 'fulfilled').length;
      assert.equal(seen, 1 + 2 * done);
      assert.equal(next.term, present.term + 1);
    });
  });
}

async function take({ runs }: Store, owner: string, now: number): Promise<Lease> {
  const lease = await runs.lease('target a', owner, now, MINUTE);
  assert.ok(lease !== null);
  return lease;
}

async function stage({ intake }: Store, run: string): Promise<void> {
  await intake.open(run, SOURCE);
  await intake.stage(run, [partOf('kim')]);
}

/** All that a late write could have changed. */
async function told(store: Store) {
  return {
    messages: await all(store.messages.scan({})),
    rows: (await store.ledger.byKeys(TARGET, 'person', ['a-1', 'a-2', 'b-1', 'c-1'])).length,
    unit: (await store.ledger.byKeys(TARGET, 'person', ['a-1']))[0]?.unit,
    proposed: (await setOf(store)).length,
    rechecks: await store.rechecks.due(TARGET, '2027-01-01'),
    committed: await store.intake.committed(),
    persons: await store.entities.count('person'),
    checkpoint: await store.intake.checkpoint(SOURCE, ''),
    value: await store.getValue('value'),
    runs: await store.runs.list({ limit: 9 }),
    doubles: await store.entities.doubles('person'),
    isMarked: await store.entities.isMarkedAtOnce(ORIGIN),
    protections: await store.protections.all(),
  };
}
