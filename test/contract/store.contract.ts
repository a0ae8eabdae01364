import assert from 'node:assert/strict';
import { digestOf } from '../../core/message/digest.ts';
import type { Entity, EntityRef, Message, ObjectRef } from '../../core/message/message.ts';
import type {
  Hold,
  LedgerRow,
  MergedEntity,
  Part,
  Run,
  Settlement,
  Store,
} from '../../core/store/store.ts';

/** A store that outlives its process. */
export interface StoreWorld {
  readonly store: Store;
  /** Another process over the same data, the first one still open: what a restart sees. */
  reopen(): Promise<Store>;
  close(): Promise<void>;
}

const SOURCE = 'register';
const TARGET = 'lms:itslearning';

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
    describeLedger(() => store);
    describeMessages(() => store);
    describeRuns(() => store);

    it('keeps small values by name', async () => {
      assert.equal(await store.getValue('key'), null);
      await store.putValue('key', { version: 1 });
      await store.putValue('key', { version: 2 });
      assert.deepEqual(await store.getValue('key'), { version: 2 });
      assert.deepEqual(await (await world.reopen()).getValue('key'), { version: 2 });
    });
  });
}

function describeIntake(getStore: () => Store, reopen: () => Promise<Store>): void {
  describe('intake', () => {
    it('changes nothing before a run is sealed and applied', async () => {
      const store = getStore();
      await store.intake.open('run-1', SOURCE);
      await store.intake.stage('run-1', [partOf('p1')]);
      assert.deepEqual(await all(store.entities.scan('person')), []);
      assert.deepEqual(await store.intake.sealed(), []);
      await store.intake.open('run-2', SOURCE);
      await store.intake.seal('run-2', SOURCE, {});
      assert.deepEqual(await all(store.intake.touched('run-2')), [], 'the first run is forgotten');
    });

    it('counts as changed what differs, stages nothing else', async () => {
      const store = getStore();
      assert.deepEqual(await takeIn(store, 'run-1', [partOf('p1'), partOf('p2')]), {
        changed: 2,
        unchanged: 0,
      });
      const again = [partOf('p1'), partOf('p2', { givenName: 'Other' })];
      assert.deepEqual(await takeIn(store, 'run-2', again), { changed: 1, unchanged: 1 });
      assert.equal((await entityOf(store, 'p2'))?.['givenName'], 'Other');
    });

    it('finishes a sealed run after a crash, and applying again changes nothing', async () => {
      const store = getStore();
      await store.intake.open('run-1', SOURCE);
      await store.intake.stage('run-1', [partOf('p1'), partOf('p2')]);
      await store.intake.seal('run-1', SOURCE, { person: { until: 7 } });
      const next = await reopen();
      assert.deepEqual(await next.intake.sealed(), [{ run: 'run-1', source: SOURCE }]);
      const [first] = await all(next.intake.touched('run-1'));
      assert.ok(first !== undefined);
      await next.intake.apply('run-1', [mergedOf(first.entity, first.parts)]);
      await next.intake.apply('run-1', [mergedOf(first.entity, first.parts)]);
      for (const { entity, parts } of await all(next.intake.touched('run-1'))) {
        await next.intake.apply('run-1', [mergedOf(entity, parts)]);
      }
      await next.intake.finish('run-1');
      assert.deepEqual(await next.intake.sealed(), []);
      assert.equal(await next.entities.count('person'), 2);
      assert.deepEqual(await next.intake.checkpoint(SOURCE, 'person'), { until: 7 });
    });

    it('gives the parts of all sources of a touched entity, in order', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      const other = { ...partOf('p1', { nick: 'x' }), source: 'accounts', stream: 'account' };
      await store.intake.open('run-2', 'accounts');
      await store.intake.stage('run-2', [other]);
      await store.intake.seal('run-2', 'accounts', {});
      const [touched] = await all(store.intake.touched('run-2'));
      assert.deepEqual(
        touched?.parts.map(({ source }) => source),
        ['accounts', SOURCE],
      );
    });

    it('names the parts that a full stream did not bring, with the runs that missed them', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1'), partOf('p2')]);
      for (const missed of [0, 1]) {
        const run = `run-${missed + 2}`;
        await store.intake.open(run, SOURCE);
        await store.intake.stage(run, [partOf('p1')]);
        const unseen = await all(store.intake.unseen(run, SOURCE, 'person'));
        assert.deepEqual(
          unseen.map(({ entity, missedRuns }) => [entity.id, missedRuns]),
          [[idOf('p2'), missed]],
        );
        await store.intake.markMissed(run, unseen);
        await store.intake.seal(run, SOURCE, {});
        await applyAll(store, run);
      }
      await takeIn(store, 'run-4', [partOf('p1'), partOf('p2')]);
      await store.intake.open('run-5', SOURCE);
      await store.intake.stage('run-5', [partOf('p1')]);
      const [again] = await all(store.intake.unseen('run-5', SOURCE, 'person'));
      assert.equal(again?.missedRuns, 0, 'a part that was seen begins at 0 again');
    });

    it('keeps what is in quarantine from being gone', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      await store.intake.open('run-2', SOURCE);
      await store.intake.keep('run-2', SOURCE, 'person', 'p1');
      assert.deepEqual(await all(store.intake.unseen('run-2', SOURCE, 'person')), []);
    });

    it('removes an entity that nothing speaks of any more, with its references', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1', { guardian: idOf('p2') })]);
      const to = { kind: 'person', id: idOf('p2') };
      assert.deepEqual(await store.entities.referrers(to), [{ kind: 'person', id: idOf('p1') }]);
      await store.intake.open('run-2', SOURCE);
      const { entity, source, stream, part } = partOf('p1');
      await store.intake.stageRemovals('run-2', [{ entity, source, stream, part }]);
      await store.intake.seal('run-2', SOURCE, {});
      await applyAll(store, 'run-2');
      assert.equal(await store.entities.count('person'), 0);
      assert.deepEqual(await store.entities.referrers(to), []);
      assert.deepEqual(await store.entities.parts(entity), []);
    });

    it("leaves the last good entity where the merge says 'keep'", async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      await store.intake.open('run-2', SOURCE);
      await store.intake.stage('run-2', [partOf('p1', { givenName: 'Bad' })]);
      await store.intake.seal('run-2', SOURCE, {});
      const [touched] = await all(store.intake.touched('run-2'));
      assert.ok(touched !== undefined);
      const kept = { entity: touched.entity, content: 'keep', hash: '', references: [] } as const;
      await store.intake.apply('run-2', [kept]);
      await store.intake.finish('run-2');
      assert.equal((await entityOf(store, 'p1'))?.['givenName'], 'Kim');
      const [part] = await store.entities.parts(touched.entity);
      assert.equal(part?.content['givenName'], 'Bad', 'what was said is known');
    });

    it('finds entities by id, by outside id, and in order of their ids', async () => {
      const store = getStore();
      const names = Array.from({ length: 2500 }, (_, at) => `p${at}`);
      await takeIn(
        store,
        'run-1',
        names.map((one) => partOf(one)),
      );
      const ids = (await all(store.entities.scan('person'))).map(({ entity }) => entity.id);
      assert.deepEqual(ids, names.map(idOf).sort());
      assert.equal(await store.entities.count('person'), 2500);
      assert.equal(await store.intake.countParts(SOURCE, 'person'), 2500);
      const found = await store.entities.get('person', [idOf('p1'), idOf('none'), idOf('p2')]);
      assert.deepEqual(
        found.map(({ entity }) => entity.id).sort(),
        [idOf('p1'), idOf('p2')].sort(),
      );
      const byOutside = await store.entities.byExternalId(SOURCE, 'person', 'p7');
      assert.deepEqual(byOutside, { kind: 'person', id: idOf('p7') });
      assert.equal(await store.entities.byExternalId(SOURCE, 'person', 'nobody'), null);
    });

    it('rewrites entities as a migration does, and leaves their parts', async () => {
      const store = getStore();
      await takeIn(store, 'run-1', [partOf('p1')]);
      const entity = { id: idOf('p1'), givenName: 'Migrated' };
      await store.entities.rewrite([{ kind: 'person', entity, hash: 'new' }]);
      assert.deepEqual(await store.entities.get('person', [entity.id]), [{ entity, hash: 'new' }]);
      assert.equal((await store.entities.parts({ kind: 'person', id: entity.id })).length, 1);
    });
  });
}

function describeLedger(getStore: () => Store): void {
  describe('ledger', () => {
    it('gives rows in order of entity, then key, and by origin and key', async () => {
      const { ledger } = getStore();
      const rows = ['b', 'a', 'c'].flatMap((origin) => [rowOf(origin, '2'), rowOf(origin, '1')]);
      await ledger.write(rows, []);
      const keys = (await all(ledger.scan(TARGET, 'person', 'person'))).map(({ ref }) => ref.key);
      const inOrder = ['a', 'b', 'c']
        .sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1))
        .flatMap((origin) => [`${origin}-1`, `${origin}-2`]);
      assert.deepEqual(keys, inOrder);
      const origin = { kind: 'person', id: idOf('b') };
      const byOrigin = await ledger.byOrigins(TARGET, 'person', [origin]);
      assert.deepEqual(byOrigin.map(({ ref }) => ref.key).sort(), ['b-1', 'b-2']);
      const byKey = await ledger.byKeys(TARGET, 'person', ['c-1', 'none']);
      assert.deepEqual(byKey.map(plain), [rowOf('c', '1')]);
      assert.equal(await ledger.count(TARGET, 'person'), 6);
      assert.deepEqual(await ledger.originKinds(TARGET, 'person'), ['person']);
      assert.deepEqual(await ledger.originKinds('other:scim', 'person'), []);
    });

    it('writes a key once, whoever it came from before, and removes by key', async () => {
      const { ledger } = getStore();
      await ledger.write([rowOf('a', '1')], []);
      const moved = rowOf('b', '1');
      const same = { ...moved, ref: { ...moved.ref, key: 'a-1' } };
      await ledger.write([same], []);
      await ledger.write([same], []);
      assert.deepEqual((await ledger.byKeys(TARGET, 'person', ['a-1'])).map(plain), [same]);
      await ledger.write([], [same.ref]);
      await ledger.write([], [same.ref]);
      assert.equal(await ledger.count(TARGET, 'person'), 0);
    });
  });
}

function describeMessages(getStore: () => Store): void {
  const settle = (message: Message, result: Settlement['result']) =>
    getStore().messages.settle([{ message, result }]);

  describe('messages', () => {
    it('keeps one message per id: a new plan takes its place, its age stays', async () => {
      const { messages } = getStore();
      await messages.put([messageOf('m1')]);
      await settle(messageOf('m1'), { kind: 'retrying', notBefore: 50, trouble: TROUBLE });
      await messages.put([{ ...messageOf('m1'), run: 'run-2', createdAt: 99 }]);
      const [same] = await messages.get(['m1']);
      assert.deepEqual(
        [same?.run, same?.createdAt, same?.attempts],
        ['run-2', 1, 1],
        'the same action keeps its attempts',
      );
      await messages.put([{ ...messageOf('m1'), action: 'delete' }]);
      const [changed] = await messages.get(['m1']);
      assert.deepEqual([changed?.action, changed?.attempts], ['delete', 0]);
      assert.equal(await messages.count({}), 1);
    });

    it('settles message and ledger in one step, and repeating it changes nothing', async () => {
      const { messages, ledger } = getStore();
      await messages.put([messageOf('m1'), messageOf('m2')]);
      const delivered = { kind: 'delivered', row: rowOf('a', '1') } as const;
      for (let time = 0; time < 2; time++) await settle(messageOf('m1'), delivered);
      assert.deepEqual(await messages.get(['m1']), []);
      assert.equal(await ledger.count(TARGET, 'person'), 1);
      const { origin } = rowOf('a', '1').ref;
      const removal = { ...messageOf('m2'), origin, key: 'a-1', action: 'delete' } as const;
      for (let time = 0; time < 2; time++) await settle(removal, { kind: 'removed' });
      assert.equal(await ledger.count(TARGET, 'person'), 0);
      assert.equal(await messages.count({}), 0);
    });

    it('puts the new key in the place of the replaced one', async () => {
      const { messages, ledger } = getStore();
      await ledger.write([rowOf('a', '1')], []);
      await messages.put([messageOf('m1')]);
      const row = rowOf('a', '2');
      await settle(messageOf('m1'), { kind: 'delivered', row, replacedKey: 'a-1' });
      assert.deepEqual((await all(ledger.scan(TARGET, 'person', 'person'))).map(plain), [row]);
    });

    it('takes superseded and discarded messages off, and leaves the ledger', async () => {
      const { messages, ledger } = getStore();
      await ledger.write([rowOf('a', '1')], []);
      await messages.put([messageOf('m1'), messageOf('m2')]);
      await settle(messageOf('m1'), { kind: 'superseded' });
      await settle(messageOf('m2'), { kind: 'discarded' });
      assert.equal(await messages.count({}), 0);
      assert.equal(await ledger.count(TARGET, 'person'), 1);
    });

    it('gives what is ready, lowest rank first, and what is due when it is due', async () => {
      const { messages } = getStore();
      await messages.put([
        { ...messageOf('late'), rank: 2 },
        { ...messageOf('early'), rank: 1 },
        { ...messageOf('failed'), rank: 0 },
        { ...messageOf('due'), rank: 0 },
      ]);
      await settle(messageOf('failed'), { kind: 'failed', trouble: TROUBLE });
      await settle(messageOf('due'), { kind: 'retrying', notBefore: 500, trouble: TROUBLE });
      assert.equal(await messages.nextRank(TARGET, 100), 1);
      assert.deepEqual(await all(messages.ready(TARGET, 1, 100)), [{ messageId: 'early' }]);
      assert.equal(await messages.nextDue(TARGET), 500);
      assert.equal(await messages.nextRank(TARGET, 500), 0);
      assert.deepEqual(await all(messages.ready(TARGET, 0, 500)), [{ messageId: 'due' }]);
      assert.equal(await messages.nextRank('other:scim', 500), null);
    });

    it('counts and groups by target, state and code, oldest first', async () => {
      const { messages } = getStore();
      await messages.put([messageOf('m1'), { ...messageOf('m2'), createdAt: 2 }, messageOf('m3')]);
      await settle(messageOf('m1'), { kind: 'failed', trouble: TROUBLE });
      await settle(messageOf('m2'), { kind: 'failed', trouble: TROUBLE });
      assert.equal(await messages.count({ state: ['failed'] }), 2);
      assert.equal(await messages.count({ code: TROUBLE.code, target: TARGET }), 2);
      assert.equal(await messages.count({ type: ['parked'] }), 0);
      const failed = await all(messages.scan({ state: ['failed'] }));
      assert.deepEqual(
        failed.map(({ id, attempts }) => [id, attempts]),
        [
          ['m1', 1],
          ['m2', 1],
        ],
      );
      const group = (await messages.summary()).find(({ state }) => state === 'failed');
      assert.deepEqual([group?.count, group?.code, group?.target], [2, TROUBLE.code, TARGET]);
    });

    it('takes away what this run did not put again', async () => {
      const { messages } = getStore();
      await messages.put([messageOf('healed'), { ...messageOf('parked'), type: 'parked' }]);
      await messages.put([{ ...messageOf('again'), run: 'run-2' }]);
      assert.equal(await messages.removeStale(TARGET, ['deliver'], 'run-2'), 1);
      const left = await all(messages.scan({}));
      assert.deepEqual(left.map(({ id }) => id).sort(), ['again', 'parked']);
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
    });

    it('keeps holds by id, subject and state', async () => {
      const { runs } = getStore();
      await runs.putHold(HOLD);
      await runs.putHold({ ...HOLD, state: 'approved', decidedBy: 'Kim' });
      assert.deepEqual(await runs.holds({ state: 'open' }), []);
      const [approved] = await runs.holds({ subject: HOLD.subject, state: 'approved' });
      assert.equal(approved?.decidedBy, 'Kim');
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

    it('gives a lease to one owner until it ends or is given back', async () => {
      const { runs } = getStore();
      assert.equal(await runs.lease('sync', 'one', 0, 100), true);
      assert.equal(await runs.lease('sync', 'two', 50, 100), false);
      assert.equal(await runs.lease('sync', 'one', 50, 100), true, 'the owner renews');
      assert.equal(await runs.lease('sync', 'two', 120, 100), false, 'it was renewed until 150');
      assert.equal(await runs.lease('sync', 'two', 151, 100), true);
      await runs.release('sync', 'one');
      assert.equal(await runs.lease('sync', 'one', 160, 100), false, 'not his to give back');
      await runs.release('sync', 'two');
      assert.equal(await runs.lease('sync', 'one', 160, 100), true);
    });
  });
}

// --- what the tests are made of --------------------------------------------------------------

const TROUBLE = { code: 'TIMEOUT', text: 'late', hint: 'wait', place: null };

const HOLD: Hold = {
  ...{ id: 'hold-1', subject: 'lms', run: 'run-1', reasons: [TROUBLE], digest: 'd' },
  ...{ counts: { delete: 7 }, state: 'open', createdAt: 1, decidedAt: null, decidedBy: null },
  reason: null,
};

/** A UUID made of a short name; the order of ids is not that of the names. */
function idOf(name: string): string {
  const hex = Buffer.from(digestOf({ name })).toString('hex').slice(0, 32).padEnd(32, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function partOf(name: string, content: Record<string, string> = { givenName: 'Kim' }): Part {
  return {
    entity: { kind: 'person', id: idOf(name) },
    ...{ source: SOURCE, stream: 'person', part: '', externalId: name },
    ...{ file: 'persons.xml', line: 1, hash: digestOf(content), content },
  };
}

function mergedOf(entity: EntityRef, parts: readonly Part[]): MergedEntity {
  if (parts.length === 0) return { entity, content: null, hash: '', references: [] };
  const content: Entity = Object.assign({ id: entity.id }, ...parts.map((part) => part.content));
  const guardian = content['guardian'];
  const references = typeof guardian === 'string' ? [{ kind: 'person', id: guardian }] : [];
  return { entity, content, hash: digestOf(content), references };
}

async function takeIn(store: Store, run: string, parts: readonly Part[]) {
  await store.intake.open(run, SOURCE);
  const counts = await store.intake.stage(run, parts);
  await store.intake.seal(run, SOURCE, {});
  await applyAll(store, run);
  return counts;
}

async function applyAll(store: Store, run: string): Promise<void> {
  for await (const touched of store.intake.touched(run)) {
    const merged = touched.map(({ entity, parts }) => mergedOf(entity, parts));
    await store.intake.apply(run, merged);
  }
  await store.intake.finish(run);
}

async function entityOf(store: Store, name: string): Promise<Entity | undefined> {
  return (await store.entities.get('person', [idOf(name)]))[0]?.entity;
}

function rowOf(origin: string, key: string): LedgerRow {
  const ref: ObjectRef = {
    ...{ target: TARGET, objectKind: 'person', key: `${origin}-${key}` },
    origin: { kind: 'person', id: idOf(origin) },
  };
  return { ref, hash: 'h', object: { name: origin }, remoteId: null, run: 'run-1', confirmedAt: 1 };
}

function messageOf(id: string): Message {
  return {
    ...{ id, type: 'deliver', target: TARGET, objectKind: 'person', key: `${id}-key` },
    ...{ origin: { kind: 'person', id: idOf(id) }, action: 'create', rank: 0, state: 'waiting' },
    ...{ attempts: 0, notBefore: 0, trouble: null, run: 'run-1', createdAt: 1, updatedAt: 1 },
  };
}

function runOf(id: string, startedAt: number): Run {
  return {
    ...{ id, type: 'flow', subject: 'lms', startedAt, endedAt: null, outcome: 'running' },
    ...{ counts: {}, trouble: null },
  };
}

/** A row may be read lazily: only what it says counts. */
function plain({ ref, hash, object, remoteId, run, confirmedAt }: LedgerRow): LedgerRow {
  return { ref, hash, object, remoteId, run, confirmedAt };
}

async function all<T>(batches: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const batch of batches) found.push(...batch);
  return found;
}
