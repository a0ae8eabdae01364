import assert from 'node:assert/strict';
import type { Message } from '../../core/message/message.ts';
import type { Settlement, UnitFilter } from '../../core/store/message-store.ts';
import type { Store } from '../../core/store/store.ts';
import { all, idOf, messageOf, TARGET, TROUBLE } from './store-fixtures.ts';

/** What the store promises of messages with a problem, for pages that must be quick. */
export function describeGroups(getStore: () => Store): void {
  describe('groups of messages', () => {
    it('gives a group page by page, oldest first, and knows who waits for whom', async () => {
      const { messages } = getStore();
      const ids = ['m1', 'm2', 'm3', 'm4'];
      const settle = (id: string, result: Settlement['result']) =>
        messages.settle([{ message: messageOf(id), result }]);
      await messages.put(ids.map((id) => messageOf(id)));
      for (const id of ids) await settle(id, { kind: 'failed', problem: TROUBLE });
      const behind = { ...TROUBLE, waitsFor: 'm1' };
      await messages.put([messageOf('b1'), messageOf('b2')]);
      await settle('b1', { kind: 'blocked', problem: behind });
      await settle('b2', { kind: 'blocked', problem: { ...behind, waitsFor: 'm2' } });
      const about = { target: TARGET, type: 'deliver', objectKind: 'person' } as const;
      const group = { ...about, state: 'failed', code: TROUBLE.code } as const;
      const first = await messages.page(group, 0, 3);
      assert.deepEqual(
        first.messages.map(({ id }) => id),
        ['m1', 'm2', 'm3'],
      );
      const rest = await messages.page(group, first.next ?? 0, 3);
      assert.deepEqual([rest.messages.map(({ id }) => id), rest.next], [['m4'], null]);
      assert.deepEqual((await messages.page({ ...group, code: null }, 0, 3)).messages, []);
      const waiting = await messages.waitingFor('m1', 5);
      assert.deepEqual(
        waiting.map(({ id }) => id),
        ['b1'],
      );
    });

    it('knows how long the oldest of a target has waited; what has failed waits for a person', async () => {
      const { messages } = getStore();
      await messages.put([
        { ...messageOf('young'), createdAt: 20 },
        { ...messageOf('old'), createdAt: 10 },
        { ...messageOf('failed'), createdAt: 5, state: 'failed' },
        { ...messageOf('blocked'), createdAt: 6, state: 'blocked' },
        { ...messageOf('other'), target: 'identity:scim', createdAt: 30 },
      ]);
      assert.deepEqual(await messages.waitingSince(), [
        { target: 'identity:scim', since: 30 },
        { target: TARGET, since: 10 },
      ]);
    });

    it('remembers how those ended that had a problem, until they come again', async () => {
      const { messages } = getStore();
      const failed = { ...messageOf('m1'), state: 'failed', problem: TROUBLE } as const;
      const stale = { ...failed, id: 'm2', type: 'parked' } as const;
      await messages.put([failed, stale, messageOf('m3')]);
      const result = { kind: 'discarded' } as const;
      await messages.settle([failed, messageOf('m3')].map((message) => ({ message, result })));
      await messages.removeStale(TARGET, ['parked'], 'run-2');
      const ids = ['m1', 'm2', 'm3'];
      const told = async () =>
        (await messages.ended(ids)).map(({ message, how, run }) => [message.id, how, run]);
      const second = ['m2', 'superseded', 'run-2'];
      assert.deepEqual(await told(), [['m1', 'discarded', 'run-1'], second]);
      assert.deepEqual((await messages.ended(['m1']))[0]?.message, failed);
      const discarded = await all(messages.scanEnded('discarded', 0));
      assert.deepEqual(
        discarded.map(({ message }) => message.id),
        ['m1'],
      );
      assert.deepEqual(await all(messages.scanEnded('discarded', Number.MAX_SAFE_INTEGER)), []);
      await messages.put([failed]);
      assert.deepEqual(await told(), [second]);
      await messages.settle([{ message: failed, result }]);
      await messages.forgetEnded(['m1']);
      assert.equal(await messages.purgeEnded(0), 0);
      assert.equal(await messages.purgeEnded(Number.MAX_SAFE_INTEGER), 1);
      assert.deepEqual(await told(), []);
    });

    it('tells of each group since when it is there, and when one was last met', async () => {
      const { messages } = getStore();
      const at = (id: string, createdAt: number, updatedAt: number) => {
        return {
          ...messageOf(id),
          state: 'failed',
          problem: TROUBLE,
          createdAt,
          updatedAt,
        } as const;
      };
      await messages.put([at('m1', 5, 9), at('m2', 3, 7), { ...at('m3', 1, 99), objectKind: 'x' }]);
      const about = { target: TARGET, type: 'deliver', objectKind: 'person' } as const;
      const group = { ...about, state: 'failed', code: TROUBLE.code } as const;
      assert.deepEqual(await messages.seen(group), { first: 3, last: 9 });
      assert.equal(await messages.seen({ ...group, code: 'ANOTHER' }), null);
    });

    it('tells of which school units a group is, and of those of some origins alone', async () => {
      const { messages } = getStore();
      const of = (id: string, unit: string | null, action: Message['action'] = 'create') => {
        const failed = { ...messageOf(id), state: 'failed', problem: TROUBLE, action } as const;
        return unit === null ? failed : { ...failed, unit };
      };
      await messages.put([of('m1', 'oak'), of('m2', 'elm', 'delete'), of('m3', null)]);
      await messages.put([of('m4', 'oak'), { ...messageOf('m5'), unit: 'oak' }]);
      const said = async (of?: UnitFilter) => {
        const found = await messages.unitSummary(of);
        return found
          .map(({ unit, originKind, action, count }) => [unit, originKind, action, count].join())
          .sort();
      };
      assert.deepEqual(await said(), [
        ',person,create,1',
        'elm,person,delete,1',
        'oak,person,create,2',
      ]);
      assert.deepEqual(await said({ origins: [idOf('m4')] }), ['oak,person,create,1']);
      assert.deepEqual(await said({ origins: [] }), []);
      assert.deepEqual(await said({ unit: '', target: TARGET }), [',person,create,1']);
      assert.deepEqual(await said({ unit: 'elm', state: 'failed' }), ['elm,person,delete,1']);
      assert.deepEqual(await said({ code: null }), []);
      const about = { target: TARGET, type: 'deliver', objectKind: 'person' } as const;
      const group = { ...about, state: 'failed', code: TROUBLE.code } as const;
      const idsOf = async (unit: string) => {
        const first = await messages.page({ ...group, unit }, 0, 1);
        const rest = await messages.page(
          { ...group, unit },
          first.next ?? Number.MAX_SAFE_INTEGER,
          5,
        );
        return [...first.messages, ...rest.messages].map((one) => [one.id, one.unit].join());
      };
      assert.deepEqual(await idsOf('oak'), ['m1,oak', 'm4,oak']);
      assert.deepEqual(await idsOf(''), ['m3,']);
      await messages.put([of('m1', 'elm'), of('m4', null)]);
      assert.deepEqual(await said(), [
        ',person,create,2',
        'elm,person,create,1',
        'elm,person,delete,1',
      ]);
    });
  });
}
