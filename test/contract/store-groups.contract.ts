import assert from 'node:assert/strict';
import type { Message, Place } from '../../core/message/message.ts';
import type {
  MessagePage,
  OfOrigins,
  OfPart,
  PageWish,
  Settlement,
  UnitFilter,
} from '../../core/store/message-store.ts';
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
      const wish = { by: 'number', after: null, limit: 3 } as const;
      const first = await messages.page(group, wish);
      assert.deepEqual(
        first.messages.map(({ id }) => id),
        ['m1', 'm2', 'm3'],
      );
      const rest = await messages.page(group, { ...wish, after: first.next });
      assert.deepEqual([rest.messages.map(({ id }) => id), rest.next], [['m4'], null]);
      assert.deepEqual((await messages.page({ ...group, code: null }, wish)).messages, []);
      const waiting = await messages.waitingFor('m1', 5);
      assert.deepEqual(
        waiting.map(({ id }) => id),
        ['b1'],
      );
    });

    it('gives it in other orders, and parts of it, each once however small a page is', async () => {
      const { messages } = getStore();
      const at = (id: string, updatedAt: number, place: Place | null, more = {}): Message => {
        const problem = { ...TROUBLE, place };
        return { ...messageOf(id), state: 'failed', updatedAt, problem, ...more };
      };
      const name = { file: 'user.yaml', line: null, field: 'name' };
      await messages.put([
        at('m1', 7, name, { unit: 'oak' }),
        at('m2', 9, { file: 'a.csv', line: 12, field: 'kön' }),
        at('m3', 5, null),
        at('m4', 7, { file: 'a.csv', line: 3, field: 'kön' }, { run: 'run-2' }),
        at('m5', 8, { file: 'a.csv', line: 4, field: null }),
      ]);
      const about = { target: TARGET, type: 'deliver', objectKind: 'person' } as const;
      const group = { ...about, state: 'failed', code: TROUBLE.code } as const;
      const listed = async (
        by: PageWish['by'],
        isDown = false,
        of: OfPart & OfOrigins = {},
        limit = 2,
      ) => {
        const found: string[] = [];
        let after: PageWish['after'] = null;
        do {
          const wish: PageWish = { by, isDown, after, limit };
          const page: MessagePage = await messages.page({ ...group, ...of }, wish);
          found.push(...page.messages.map(({ id }) => id));
          after = page.next;
        } while (after !== null);
        return found.join(' ');
      };
      assert.equal(await listed('number', true), 'm5 m4 m3 m2 m1');
      assert.equal(await listed('updated'), 'm3 m1 m4 m5 m2');
      assert.equal(await listed('updated', true, {}, 1), 'm2 m5 m4 m1 m3');
      assert.equal(await listed('place'), 'm3 m5 m4 m2 m1');
      assert.equal(await listed('place', true, {}, 3), 'm1 m2 m4 m5 m3');
      const place = { file: 'a.csv', field: 'kön' };
      assert.equal(await listed('updated', false, { place }), 'm4 m2');
      assert.equal(await listed('place', false, { place: { file: 'a.csv', field: '' } }), 'm5');
      assert.equal(await listed('number', false, { place: { file: '', field: '' } }), 'm3');
      assert.equal(await listed('number', false, { run: 'run-1', place }), 'm2');
      assert.equal(await listed('updated', true, { unit: 'oak' }), 'm1');
      assert.equal(await listed('place', false, { unit: '', run: 'run-1' }, 1), 'm3 m5 m2');
      assert.equal(await listed('number', false, { origins: [idOf('m2'), idOf('m4')] }), 'm2 m4');
      const [parts, units] = [await messages.parts(group), await messages.unitSummary({ place })];
      const said = parts.map((one) => [one.run, one.file, one.field, one.count].join(' '));
      const runs = ['run-1   1', 'run-1 a.csv  1', 'run-1 a.csv kön 1', 'run-1 user.yaml name 1'];
      assert.deepEqual(said.sort(), [...runs, 'run-2 a.csv kön 1']);
      assert.deepEqual([units.length, units[0]?.count], [1, 2]);
      const unitsOf = async (of: OfPart) => (await messages.units({ ...group, ...of })).join();
      assert.equal(await unitsOf({ place: { file: 'user.yaml', field: 'name' } }), 'oak');
      assert.equal(await unitsOf({ run: 'run-2' }), '', 'of none');
      assert.deepEqual([...(await messages.units(group))].sort(), ['', 'oak']);
      assert.deepEqual(await messages.units({ ...group, code: 'ANOTHER' }), []);
      await messages.settle([
        { message: at('m1', 7, name), result: { kind: 'failed', problem: TROUBLE } },
      ]);
      assert.equal(await listed('place', true, {}, 3), 'm2 m4 m5 m3 m1', 'by the newest problem');
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
        const wish = { by: 'number', limit: 1 } as const;
        const first = await messages.page({ ...group, unit }, { ...wish, after: null });
        const after = first.next ?? [Number.MAX_SAFE_INTEGER];
        const rest = await messages.page({ ...group, unit }, { ...wish, after, limit: 5 });
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
