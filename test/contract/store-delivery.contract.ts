import assert from 'node:assert/strict';
import type { Message } from '../../core/message/message.ts';
import { plainRow } from '../../core/store/ledger-store.ts';
import type { Settlement } from '../../core/store/message-store.ts';
import type { Store } from '../../core/store/store.ts';
import { all, idOf, messageOf, rowOf, TARGET, TROUBLE } from './store-fixtures.ts';

/** What the store promises of the ledger. */
export function describeLedger(getStore: () => Store): void {
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
      assert.deepEqual(byKey.map(plainRow), [rowOf('c', '1')]);
      assert.equal(await ledger.count(TARGET, 'person'), 6);
      assert.deepEqual(await ledger.originKinds(TARGET, 'person'), ['person']);
      assert.deepEqual(await ledger.originKinds('other:scim', 'person'), []);
    });

    it('remembers since when an object is on its way out, until it is wanted again', async () => {
      const { ledger } = getStore();
      const suspended = { ...rowOf('a', '1'), suspendedSince: '2026-09-01' };
      for (const row of [suspended, rowOf('a', '1')]) {
        await ledger.write([row], []);
        assert.deepEqual((await ledger.byKeys(TARGET, 'person', ['a-1'])).map(plainRow), [row]);
      }
    });

    it('remembers which ids of the target its references were sent with, where that is known', async () => {
      const { ledger } = getStore();
      for (const sent of [{ references: { 'User/a': 'id-a' } }, { references: {} }, {}]) {
        const row = { ...rowOf('a', '1'), ...sent };
        await ledger.write([row], []);
        assert.deepEqual((await ledger.byKeys(TARGET, 'person', ['a-1'])).map(plainRow), [row]);
      }
    });

    it('writes a key once, whoever it came from before, and removes by key', async () => {
      const { ledger } = getStore();
      await ledger.write([rowOf('a', '1')], []);
      const moved = rowOf('b', '1');
      const same = { ...moved, ref: { ...moved.ref, key: 'a-1' } };
      await ledger.write([same], []);
      await ledger.write([same], []);
      assert.deepEqual((await ledger.byKeys(TARGET, 'person', ['a-1'])).map(plainRow), [same]);
      await ledger.write([], [same.ref]);
      await ledger.write([], [same.ref]);
      assert.equal(await ledger.count(TARGET, 'person'), 0);
    });

    it('knows on which day the calendar changes what an entity gives, each entity once', async () => {
      const { rechecks } = getStore();
      const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ kind: 'person', id: idOf(name) }));
      assert.ok(a !== undefined && b !== undefined && c !== undefined);
      const note = (origin: typeof a, until: string) => ({ origin, until });
      await rechecks.note(TARGET, [note(a, '2026-09-02'), note(a, '2026-09-01')]);
      await rechecks.note(TARGET, [note(b, '2026-09-03'), note(a, '2026-09-02')]);
      await rechecks.note('other', [note(c, '2026-09-01')]);
      assert.deepEqual(await rechecks.due(TARGET, '2026-08-31'), []);
      assert.deepEqual(await rechecks.due(TARGET, '2026-09-02'), [a]);
      await rechecks.forget(TARGET, '2026-09-02');
      assert.deepEqual(await rechecks.due(TARGET, '2026-12-31'), [b]);
      await rechecks.forget(TARGET);
      assert.deepEqual(await rechecks.due(TARGET, '2026-12-31'), []);
      assert.deepEqual(await rechecks.due('other', '2026-12-31'), [c]);
    });
  });
}

/** What the store promises of messages. */
export function describeMessages(getStore: () => Store): void {
  const settle = (message: Message, result: Settlement['result']) =>
    getStore().messages.settle([{ message, result }]);

  describe('messages', () => {
    it('keeps one message per id: a new plan takes its place, its age stays', async () => {
      const { messages } = getStore();
      await messages.put([messageOf('m1')]);
      await settle(messageOf('m1'), { kind: 'retrying', notBefore: 50, problem: TROUBLE });
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

    it('keeps the message of what was delivered in part, until all of it is there', async () => {
      const { messages, ledger } = getStore();
      await messages.put([messageOf('m1')]);
      await messages.settle([], ['m1']);
      const [told] = await messages.get(['m1']);
      assert.ok(told !== undefined);
      const row = rowOf('a', '1');
      const stays = { state: 'blocked', problem: TROUBLE } as const;
      await settle(told, { kind: 'delivered', row, stays });
      assert.equal(await ledger.count(TARGET, 'person'), 1);
      const [left] = await messages.get(['m1']);
      assert.deepEqual([left?.state, left?.inDoubt, left?.problem], ['blocked', false, TROUBLE]);
      await settle(messageOf('m1'), { kind: 'delivered', row });
      assert.deepEqual(await messages.get(['m1']), []);
    });

    it('puts the new key in the place of the replaced one', async () => {
      const { messages, ledger } = getStore();
      await ledger.write([rowOf('a', '1')], []);
      await messages.put([messageOf('m1')]);
      const row = rowOf('a', '2');
      await settle(messageOf('m1'), { kind: 'delivered', row, replacedKey: 'a-1' });
      assert.deepEqual((await all(ledger.scan(TARGET, 'person', 'person'))).map(plainRow), [row]);
    });

    it('keeps what the target said when it confirmed, until it confirms anew', async () => {
      const { messages, ledger } = getStore();
      await messages.put([messageOf('m1')]);
      const row = { ...rowOf('a', '1'), remark: 'HTTP 201' };
      await settle(messageOf('m1'), { kind: 'delivered', row });
      assert.deepEqual((await ledger.byKeys(TARGET, 'person', ['a-1'])).map(plainRow), [row]);
      await ledger.write([rowOf('a', '1')], []);
      assert.deepEqual((await ledger.byKeys(TARGET, 'person', ['a-1'])).map(plainRow), [
        rowOf('a', '1'),
      ]);
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
      await settle(messageOf('failed'), { kind: 'failed', problem: TROUBLE });
      await settle(messageOf('due'), { kind: 'retrying', notBefore: 500, problem: TROUBLE });
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
      await settle(messageOf('m1'), { kind: 'failed', problem: TROUBLE });
      await settle(messageOf('m2'), { kind: 'failed', problem: TROUBLE });
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
      assert.ok((await messages.summary()).every(({ state }) => state !== 'waiting'));
    });

    it('knows what the target may have made without saying so, until it is settled', async () => {
      const { messages } = getStore();
      await messages.put(['told', 'refused', 'lost', 'quiet'].map((id) => messageOf(id)));
      await messages.put([messageOf('over')]);
      const over = { message: messageOf('over'), result: { kind: 'superseded' } } as const;
      await messages.settle([over], ['told', 'refused', 'lost']);
      assert.deepEqual(await messages.get(['over']), [], 'in the same step another is settled');
      await messages.put([{ ...messageOf('lost'), run: 'run-2' }]);
      const inDoubt = async () => {
        const found = await all(messages.scan({ inDoubt: true }));
        return found.map(({ id }) => id).sort();
      };
      assert.deepEqual(await inDoubt(), ['lost', 'refused', 'told']);
      const [told] = await messages.get(['told']);
      assert.ok(told !== undefined);
      const failed = { kind: 'failed', problem: TROUBLE } as const;
      await messages.settle([
        { message: told, result: { kind: 'retrying', notBefore: 5, problem: TROUBLE } },
        { message: messageOf('refused'), result: failed },
      ]);
      assert.deepEqual(await inDoubt(), ['lost', 'told']);
      assert.equal(await messages.count({ inDoubt: false }), 2);
    });

    it('takes away what this run did not put again', async () => {
      const { messages } = getStore();
      await messages.put([messageOf('resolved'), { ...messageOf('parked'), type: 'parked' }]);
      await messages.put([{ ...messageOf('again'), run: 'run-2' }]);
      assert.equal(await messages.removeStale(TARGET, ['deliver'], 'run-2'), 1);
      const left = await all(messages.scan({}));
      assert.deepEqual(left.map(({ id }) => id).sort(), ['again', 'parked']);
    });
  });
}
