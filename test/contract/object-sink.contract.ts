import assert from 'node:assert/strict';
import type { Operation } from '../../core/connector/sink.ts';
import { applyHalving } from '../../core/dispatch/batch/operate.ts';
import { Failure } from '../../core/failure/failure.ts';
import { pending } from '../pending.ts';
import type { ServiceMissing } from '../services.ts';
import {
  applied,
  kinds,
  type ListedObjects,
  type ObjectSinkWorld,
  operationIn,
  SIGNAL,
  went,
} from './object-sink-world.ts';

/** Every sentence of the ObjectSink port as a test. */
export function describeObjectSink(
  name: string,
  make: () => Promise<ObjectSinkWorld | ServiceMissing>,
): void {
  describe(`the object sink contract: ${name}`, () => {
    let world: ObjectSinkWorld;
    let opened: ObjectSinkWorld | null = null;
    const ids = new Map<string, string>();

    beforeEach(async function () {
      opened = null;
      const made = await make();
      if ('missing' in made) pending(this, made.missing);
      world = made;
      opened = made;
      ids.clear();
    });
    afterEach(async () => {
      await opened?.sink.close();
      await opened?.close();
    });

    const operation = (action: Operation['action'], key: string, version = 1): Operation =>
      operationIn(world, ids, { action, key, version });

    const apply = (operations: readonly Operation[], sink = world.sink) =>
      applied(sink, operations, ids);

    it('creates, updates and deletes, and answers for each in order', async () => {
      const created = await apply([operation('create', 'a'), operation('create', 'b')]);
      assert.deepEqual(kinds(created), ['done', 'done']);
      const before = await world.held();
      assert.equal(before.length, 2);
      assert.deepEqual(kinds(await apply([operation('update', 'a', 2)])), ['done']);
      const after = await world.held();
      assert.equal(after.length, 2);
      assert.notDeepEqual(after, before);
      assert.deepEqual(kinds(await apply([operation('delete', 'a', 2)])), ['done']);
      assert.equal((await world.held()).length, 1);
    });

    it('takes every operation twice without harm', async () => {
      for (const one of [
        () => operation('create', 'a'),
        () => operation('update', 'a', 2),
        () => operation('delete', 'a', 3),
      ]) {
        went(await apply([one()]));
        const once = await world.held();
        went(await apply([one()]));
        assert.deepEqual(await world.held(), once);
      }
    });

    it('does not make a second object where the first create was not remembered', async () => {
      went(await apply([operation('create', 'a')]));
      ids.clear();
      went(await apply([operation('create', 'a')]));
      assert.equal((await world.held()).length, 1);
    });

    it('brings about the whole object where what the target holds is not known', async () => {
      went(await apply([operation('create', 'a')]));
      const before = await world.held();
      went(await apply([{ ...operation('update', 'a', 2), previous: null }]));
      const after = await world.held();
      assert.notDeepEqual(after, before);
      went(await apply([operation('update', 'a', 2)]));
      assert.deepEqual(await world.held(), after);
    });

    it('takes back by its key alone what it made and was not heard to confirm', async () => {
      went(await apply([operation('create', 'a'), operation('create', 'b')]));
      const unknown = { ...operation('delete', 'a'), previous: null, remoteId: null };
      went(await apply([unknown]));
      assert.equal((await world.held()).length, 1);
      went(await apply([unknown]));
      assert.equal((await world.held()).length, 1);
    });

    it('makes an object anew that is gone from the target when it is updated', async () => {
      went(await apply([operation('create', 'a')]));
      const gone = operation('delete', 'a', 2);
      went(await apply([gone]));
      went(await apply([operation('update', 'a', 2)]));
      assert.equal((await world.held()).length, 1);
    });

    it('shuts an object, and does not make it anew for that where it is gone', async function () {
      if (world.shut === undefined) pending(this, 'the target shuts nothing');
      const shutting = { ...operation('update', 'a', 2), object: world.shut('a'), suspends: true };
      went(await apply([shutting]));
      assert.deepEqual(await world.held(), []);
      went(await apply([operation('create', 'a')]));
      const before = await world.held();
      went(await apply([{ ...shutting, remoteId: ids.get('a') ?? null }]));
      assert.equal((await world.held()).length, 1);
      assert.notDeepEqual(await world.held(), before);
      went(await apply([operation('delete', 'a', 2)]));
      went(await apply([{ ...shutting, remoteId: ids.get('a') ?? null }]));
      assert.deepEqual(await world.held(), []);
    });

    describe('of lists of others', () => {
      let lists: ListedObjects;
      beforeEach(function () {
        if (world.lists === undefined) pending(this, 'the target has no means for it');
        lists = world.lists;
      });

      const references = (...keys: readonly string[]) =>
        Object.fromEntries(
          keys.flatMap((key) => {
            const id = ids.get(key);
            return id === undefined ? [] : [[`${world.objectKind}/${key}`, id]];
          }),
        );
      /** How the target calls them. */
      const called = (...keys: readonly string[]) => keys.map((key) => ids.get(key) ?? key).sort();
      const make = async (...members: readonly string[]) => {
        for (const key of new Set(members)) went(await apply([operation('create', key)]));
        went(await apply([list('create', [], members)]));
      };
      const list = (
        action: 'create' | 'update',
        before: readonly string[],
        members: readonly string[],
        formerReferences = references(...before),
      ): Operation => ({
        ...{ action, objectKind: lists.objectKind, key: 'list', formerKey: null },
        object: lists.object('list', members),
        previous: action === 'create' ? null : lists.object('list', before),
        remoteId: ids.get('list') ?? null,
        ...{ references: references(...members), formerReferences },
      });

      it('takes one out that is gone, by the name that the target had for it', async () => {
        await make('a', 'b');
        const former = references('a', 'b');
        const [a] = called('a');
        went(await apply([operation('delete', 'b')]));
        ids.delete('b');
        went(await apply([list('update', ['a', 'b'], ['a'], former)]));
        assert.deepEqual(await lists.held(), [a]);
      });

      it('is told the new name of one that was made anew', async () => {
        await make('a', 'b');
        const former = references('a', 'b');
        went(await apply([operation('delete', 'b')]));
        ids.delete('b');
        went(await apply([operation('create', 'b')]));
        went(await apply([list('update', ['a', 'b'], ['a', 'b'], former)]));
        assert.deepEqual(await lists.held(), called('a', 'b'));
      });

      it('is not changed, and it is a failure, where the target’s name of one is not known', async function () {
        await make('a', 'b');
        if (ids.size === 0) pending(this, 'the target has no means for it');
        const before = await lists.held();
        ids.delete('b');
        const [unknown] = await apply([list('update', ['a'], ['a', 'b'])]);
        assert.ok(unknown?.kind === 'failed');
        assert.equal(unknown.failure.code, 'REFERENCE_WITHOUT_ID');
        assert.deepEqual(await lists.held(), before);
        // Who is to go by a name that is not known stays, and that is said; or goes with the rest.
        const [outcome] = await apply([list('update', ['a', 'b'], ['a'])]);
        assert.deepEqual(await lists.held(), outcome?.kind === 'failed' ? before : called('a'));
      });

      it('holds one once that is named twice, as long as it is named at all', async () => {
        await make('a', 'b', 'b');
        assert.deepEqual(await lists.held(), called('a', 'b'));
        went(await apply([list('update', ['a', 'b', 'b'], ['a', 'b'])]));
        assert.deepEqual(await lists.held(), called('a', 'b'));
        went(await apply([list('update', ['a', 'b'], ['a'])]));
        assert.deepEqual(await lists.held(), called('a'));
      });
    });

    it('lets one refused object not spoil the others, and tells no value of it', async () => {
      const secret = 'Qxsecret';
      const refused = { ...operation('create', 'b'), object: world.refused('b', secret) };
      const outcomes = await apply([operation('create', 'a'), refused, operation('create', 'c')]);
      assert.deepEqual(kinds(outcomes), ['done', 'failed', 'done']);
      const [, failed] = outcomes;
      assert.ok(failed?.kind === 'failed');
      assert.equal(failed.failure.recovery, 'dead-letter');
      assert.doesNotMatch(failed.failure.message, new RegExp(secret, 'i'));
      assert.equal((await world.held()).length, 2);
    });

    it('lets a sign that cannot be written fail its own object at most', async () => {
      const bad = operation('create', 'b');
      const [name = ''] = Object.keys(bad.object ?? {}).filter((field) => field.endsWith('Name'));
      const spoilt = { ...bad, object: { ...bad.object, [name]: 'Bo\u0001' } };
      const outcomes = await apply([operation('create', 'a'), spoilt, operation('create', 'c')]);
      const [first, , last] = kinds(outcomes);
      assert.deepEqual([first, last], ['done', 'done']);
      assert.equal((await world.held()).length, outcomes[1]?.kind === 'failed' ? 2 : 3);
    });

    it('does not count as delivered what an answer shows was not taken, and tells no value', async function () {
      if (world.takeLess === undefined) pending(this, 'the target cannot be made to show that');
      const secret = 'Kim2';
      went(await apply([operation('create', 'a')]));
      world.takeLess();
      const [outcome] = await apply([operation('update', 'a', 2)]);
      assert.ok(outcome?.kind === 'failed', JSON.stringify(outcome));
      assert.notEqual(outcome.failure.recovery, 'hold');
      assert.doesNotMatch(outcome.failure.message, new RegExp(secret, 'i'));
      went(await apply([operation('update', 'a', 2)]));
      assert.match((await world.held()).join(), new RegExp(secret));
    });

    it('is not believed that something is not there which it shows', async function () {
      if (world.denyNext === undefined) pending(this, 'the target cannot be made to say that');
      went(await apply([operation('create', 'a')]));
      for (const action of ['update', 'delete'] as const) {
        world.denyNext();
        const [outcome] = await apply([operation(action, 'a', 2)]);
        const isTold = outcome?.kind !== 'failed' || outcome.failure.recovery === 'retry';
        assert.ok(isTold, JSON.stringify(outcome));
        assert.equal((await world.held()).length, 1, 'not made twice, and not gone');
        if (action === 'delete') assert.equal(outcome?.kind, 'failed', 'it is there still');
        went(await apply([operation(action, 'a', 2)]));
      }
      assert.deepEqual(await world.held(), []);
    });

    it('has its calls halved where they are refused, until one object alone is', async () => {
      const keys = ['a', 'b', 'c', 'd', 'e'];
      const operations = keys.map((key) => operation('create', key));
      const isRefusedInCalls = world.refuseCallsWith !== undefined;
      world.refuseCallsWith?.('b');
      const bad = { ...operation('create', 'b'), object: world.refused('b', 'Qxsecret') };
      if (!isRefusedInCalls) operations[1] = bad;
      const { outcomes } = await applyHalving(operations, { sink: world.sink, signal: SIGNAL });
      assert.deepEqual(kinds(outcomes), ['done', 'failed', 'done', 'done', 'done']);
      assert.equal((await world.held()).length, 4);
    });

    it('is as wanted after an answer was lost and the operation repeated', async function () {
      if (world.loseNextAnswer === undefined) pending(this, 'no call of this target can be lost');
      world.loseNextAnswer();
      for (let attempt = 1; attempt <= 5; attempt++) {
        const said = await apply([operation('create', 'a')]).catch((failure: unknown) => failure);
        const outcome = Array.isArray(said) ? said[0] : said;
        if (outcome.kind === 'done' || outcome.kind === 'already') break;
        const failure = outcome instanceof Failure ? outcome : outcome.failure;
        assert.equal(failure.recovery, 'retry');
        assert.notEqual(attempt, 5);
      }
      assert.equal((await world.held()).length, 1);
    });

    it('holds as a whole where the target refuses the login', async function () {
      const sink = await world.withWrongSecret?.();
      if (sink === undefined) pending(this, 'the target has no login of its own');
      const refusal = (error: unknown) =>
        error instanceof Failure && error.recovery === 'hold' && error.code === 'CREDENTIALS';
      await assert.rejects(sink.apply([operation('create', 'a')], SIGNAL), refusal);
      await sink.close();
    });

    it('reads back what it wrote, where the target can be asked', async function () {
      if (world.sink.readBack === undefined) pending(this, 'the target cannot be asked');
      await apply([operation('create', 'a'), operation('create', 'b')]);
      const keys: (string | null)[] = [];
      for await (const { key } of world.sink.readBack(world.objectKind, SIGNAL)) keys.push(key);
      assert.deepEqual(keys.sort(), ['a', 'b']);
    });

    it('stops when the signal fires', async () => {
      const fired = AbortSignal.abort(new Error('stop'));
      await assert.rejects(world.sink.apply([operation('create', 'a')], fired));
      assert.deepEqual(await world.held(), []);
    });
  });
}
