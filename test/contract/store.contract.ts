import assert from 'node:assert/strict';
import { checkChain } from '../../core/store/shared/audit-chain.ts';
import type { Store } from '../../core/store/store.ts';
import { describeLedger, describeMessages } from './store-delivery.contract.ts';
import { describeEntities } from './store-entities.contract.ts';
import { describeFence } from './store-fence.contract.ts';
import { HOLD, runOf } from './store-fixtures.ts';
import { describeGroups } from './store-groups.contract.ts';
import { describeInbox } from './store-inbox.contract.ts';
import { describeIntake } from './store-intake.contract.ts';
import { describeKnown } from './store-known.contract.ts';
import { describeOverrides } from './store-overrides.contract.ts';
import { describeProposals } from './store-proposals.contract.ts';
import { describeQuarantine } from './store-quarantine.contract.ts';
import { describeServed } from './store-served.contract.ts';

/** A store that outlives its process. */
export interface StoreWorld {
  readonly store: Store;
  /** Another process over the same data, the first one still open: what a restart sees. */
  reopen(): Promise<Store>;
  close(): Promise<void>;
}

/** Every sentence of the Store port as a test, for whatever keeps the data. */
export function describeStore(name: string, make: () => Promise<StoreWorld>): void {
  describe(`the store contract: ${name}`, () => {
    let world: StoreWorld;
    let store: Store;

    beforeEach(async () => {
      world = await make();
      store = world.store;
    });
    afterEach(() => world.close());

    describeIntake(
      () => store,
      () => world.reopen(),
    );
    describeKnown(() => store);
    describeEntities(() => store);
    describeInbox(
      () => store,
      () => world.reopen(),
    );
    describeQuarantine(
      () => store,
      () => world.reopen(),
    );
    describeLedger(() => store);
    describeProposals(() => store);
    describeServed(() => store);
    describeMessages(() => store);
    describeGroups(() => store);
    describeRuns(() => store);
    describeFence(
      () => store,
      () => world.reopen(),
    );
    describeOverrides(
      () => store,
      () => world.reopen(),
    );

    it('keeps by whose word an entity is protected, until all of it is forgotten', async () => {
      const { protections } = store;
      const said = (id: string, source: string, level: string) => {
        return { entity: { kind: 'person', id }, source, marks: { level } };
      };
      await protections.put([said('b', 'register', '1'), said('a', 'zone', '1')]);
      await protections.put([said('b', 'register', '2'), said('b', 'aside', '1')]);
      const kept = [said('a', 'zone', '1'), said('b', 'aside', '1'), said('b', 'register', '2')];
      assert.deepEqual(await (await world.reopen()).protections.all(), kept);
      await protections.remove({ kind: 'person', id: 'b' });
      assert.deepEqual(await protections.all(), kept.slice(0, 1));
    });

    it('remembers who was here, until that is purged', async () => {
      const { formers } = store;
      const gone = (id: string, goneAt: number) => {
        return { entity: { kind: 'person', id }, traits: [`name ${id}`], goneAt };
      };
      await formers.put([gone('a', 1), gone('b', 1)]);
      await formers.put([gone('b', 7)]);
      const found = await (await world.reopen()).formers.get('person', ['a', 'b', 'c']);
      assert.deepEqual(found, [gone('a', 1), gone('b', 7)]);
      assert.equal(await formers.purge(7), 1);
      assert.deepEqual(await formers.get('person', ['a', 'b']), [gone('b', 7)]);
    });

    it('keeps small values by name', async () => {
      assert.equal(await store.getValue('key'), null);
      await store.putValue('key', { version: 1 });
      await store.putValue('key', { version: 2 });
      assert.deepEqual(await store.getValue('key'), { version: 2 });
      assert.deepEqual(await (await world.reopen()).getValue('key'), { version: 2 });
    });

    it('keeps the first value that is offered under a name, and tells all the same', async () => {
      const other = await world.reopen();
      const [one, two] = await Promise.all([
        store.offerValue('key', 1),
        other.offerValue('key', 2),
      ]);
      assert.ok(one === 1 || one === 2);
      assert.equal(two, one);
      assert.equal(await other.offerValue('key', 7), one);
      await store.putValue('key', null);
      assert.equal(await other.offerValue('key', 3), 3, 'null is no value');
      assert.equal(await store.getValue('key'), 3);
    });

    it('replaces a value by what was made of it, unless another stands there by now', async () => {
      const other = await world.reopen();
      const firsts = [store.replaceValue('key', null, [1]), other.replaceValue('key', null, [2])];
      assert.deepEqual((await Promise.all(firsts)).sort(), [false, true]);
      const read = await store.getValue('key');
      assert.equal(await other.replaceValue('key', read, { is: 'changed' }), true);
      assert.equal(await store.replaceValue('key', read, 'late'), false);
      assert.equal(await store.replaceValue('key', null, 'late'), false);
      assert.deepEqual(await store.getValue('key'), { is: 'changed' });
      await store.putValue('key', null);
      assert.equal(await store.replaceValue('key', null, 5), true, 'null is no value');
      assert.equal(await other.replaceValue('absent', 1, 2), false);
      assert.equal(await other.getValue('absent'), null);
    });
  });
}

function describeRuns(getStore: () => Store): void {
  describe('runs, holds, audit, leases', () => {
    it('lists runs newest first, and puts one again under its id', async () => {
      const { runs } = getStore();
      for (const at of [1, 2, 3]) await runs.put(runOf(`run-${at}`, at));
      await runs.put({ ...runOf('run-2', 2), outcome: 'done' });
      const ids = async (filter: Parameters<typeof runs.list>[0]) =>
        (await runs.list(filter)).map(({ id }) => id);
      assert.deepEqual(await ids({ limit: 2 }), ['run-3', 'run-2']);
      assert.deepEqual(await ids({ outcome: 'done', limit: 9 }), ['run-2']);
      assert.deepEqual(await ids({ subject: 'other', limit: 9 }), []);
      assert.deepEqual(await ids({ from: 1, until: 3, limit: 9 }), ['run-2', 'run-1']);
    });

    it('keeps holds by id, subject and state', async () => {
      const { runs } = getStore();
      await runs.putHold(HOLD);
      await runs.putHold({ ...HOLD, state: 'approved', decidedBy: 'Kim' });
      assert.deepEqual(await runs.holds({ state: 'open' }), []);
      const [approved] = await runs.holds({ subject: HOLD.subject, state: 'approved' });
      assert.equal(approved?.decidedBy, 'Kim');
    });

    it('replaces a hold only as long as nobody else has put it since it was read', async () => {
      const { runs } = getStore();
      await runs.putHold(HOLD);
      const [read] = await runs.holds({});
      assert.ok(read !== undefined);
      assert.equal(await runs.replaceHold({ ...read, state: 'approved' }), true);
      assert.equal(await runs.replaceHold({ ...read, state: 'rejected' }), false);
      assert.deepEqual(await runs.holds({}), [{ ...read, state: 'approved', version: 1 }]);
      await runs.putHold(read);
      assert.equal(await runs.replaceHold({ ...read, version: 1 }), false, 'it was put again');
      assert.equal(await runs.replaceHold({ ...read, version: 2 }), true);
    });

    it('keeps an audit trail, newest first', async () => {
      const { runs } = getStore();
      for (const at of [1, 2]) {
        await runs.audit({ at, who: 'Kim', action: 'retry', subject: 'm1', reason: '' });
      }
      assert.deepEqual(
        (await runs.auditTrail(5)).map(({ at }) => at),
        [2, 1],
      );
    });

    it('chains each entry to the one before it, whoever writes at the same time', async () => {
      const { runs } = getStore();
      const entry = { at: 1, who: 'Kim', action: 'retry', subject: 'm1', reason: '' };
      await Promise.all([1, 2, 3, 4, 5].map((at) => runs.audit({ ...entry, at })));
      const [newest, other] = await runs.auditTrail(2);
      assert.equal(newest?.previous, other?.digest);
      const older = await runs.auditTrail(9, { before: other?.number ?? 0 });
      assert.equal(older.length, 3);
      const whole = await checkChain(runs.auditScan(), other?.digest ?? '');
      const { entries, brokenAt, head, hasNoted } = whole;
      assert.deepEqual([entries, brokenAt, head, hasNoted], [5, null, newest?.digest, true]);
      await runs.audit({ ...entry, at: 10 });
      await runs.purge({ runs: 0, audit: 9 });
      await runs.audit(entry);
      const after = await checkChain(runs.auditScan(), 'of elsewhere');
      assert.deepEqual([after.entries, after.brokenAt, after.hasNoted], [2, null, false]);
    });

    it('tells of the trail who did it, what, and from when on, as it is asked', async () => {
      const { runs } = getStore();
      for (const [at, who, action] of [
        [1, 'Kim', 'trace'],
        [2, 'Kim', 'retry'],
        [3, 'Alex', 'trace'],
      ] as const) {
        await runs.audit({ at, who, action, subject: 'm1', reason: '' });
      }
      const told = async (of: Parameters<typeof runs.auditTrail>[1]) =>
        (await runs.auditTrail(9, of)).map(({ at }) => at);
      assert.deepEqual(await told({ who: 'Kim' }), [2, 1]);
      assert.deepEqual(await told({ action: 'trace' }), [3, 1]);
      assert.deepEqual(await told({ from: 2 }), [3, 2]);
      assert.deepEqual(await told({ who: 'Kim', action: 'trace', from: 2 }), []);
    });

    it('forgets ended runs, decided holds and audit entries from before an instant', async () => {
      const { runs } = getStore();
      for (const at of [1, 2, 3]) await runs.put({ ...runOf(`run-${at}`, at), outcome: 'done' });
      await runs.put(runOf('under-way', 1));
      await runs.putHold({ ...HOLD, id: 'open' });
      await runs.putHold({ ...HOLD, id: 'decided', state: 'rejected' });
      for (const at of [1, 2]) {
        await runs.audit({ at, who: 'Kim', action: 'retry', subject: 'm1', reason: '' });
      }
      assert.deepEqual(await runs.purge({ runs: 3, audit: 2 }), { runs: 2, holds: 1, audit: 1 });
      const left = (await runs.list({ limit: 9 })).map(({ id }) => id);
      assert.deepEqual(left, ['run-3', 'under-way']);
      assert.deepEqual(
        (await runs.holds({})).map(({ id }) => id),
        ['open'],
      );
      assert.deepEqual(
        (await runs.auditTrail(9)).map(({ at }) => at),
        [2],
      );
    });

    it('gives a lease to one owner until it ends or is given back', async () => {
      const { runs } = getStore();
      const take = async (owner: string, now: number) =>
        (await runs.lease('sync', owner, now, 100))?.term ?? null;
      assert.equal(await take('one', 0), 1);
      assert.equal(await take('two', 50), null);
      assert.equal(await take('one', 50), 1, 'the owner renews');
      assert.equal(await take('two', 120), null, 'it was renewed until 150');
      assert.equal(await take('two', 151), 2);
      await runs.release('sync', 'one');
      assert.equal(await take('one', 160), null, 'not his to give back');
      await runs.lease('target a', 'one', 160, 100);
      assert.deepEqual(await runs.leased(255), [
        { name: 'target a', owner: 'one', term: 1, until: 260 },
      ]);
      assert.equal((await runs.leased(200))[0]?.owner, 'two');
      await runs.release('sync', 'two');
      assert.equal((await runs.leased(0)).length, 1, 'what was given back is nobody’s');
      assert.equal(await take('one', 160), 3, 'a term is never had twice');
    });

    it('knows who works here, as they last said themselves', async () => {
      const { runs } = getStore();
      const worker = { owner: 'b', role: 'worker', startedAt: 1, seenAt: 2, steps: [] };
      await runs.putWorker(worker);
      await runs.putWorker({ ...worker, owner: 'a' });
      await runs.putWorker({ ...worker, seenAt: 9 });
      assert.deepEqual(await runs.workers(), [
        { ...worker, owner: 'a' },
        { ...worker, seenAt: 9 },
      ]);
      await runs.removeWorker('a');
      assert.deepEqual(await runs.workers(), [{ ...worker, seenAt: 9 }]);
    });
  });
}
