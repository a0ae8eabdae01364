import assert from 'node:assert/strict';
import {
  answeringWith,
  create,
  failureOf,
  person,
  SURROUNDINGS,
} from '../../test/contract/answering-sink.ts';
import { ForbiddenFailure, RefusedFailure } from '../failure/failure.ts';
import { oneByOne, type SingleObjects } from './one-by-one.ts';
import type { Written } from './written.ts';

const SIGNAL = new AbortController().signal;
const GONE = new RefusedFailure('TARGET_REFUSED', 'it is gone');

describe('the answer of a target that is told of single objects', () => {
  const answering = (answer: Written | Error, more: Partial<SingleObjects> = {}) =>
    answeringWith(answer, more)(SURROUNDINGS);

  it('refuses one object that is not ours to change, and holds a target that lets us change none', async () => {
    const failure = new ForbiddenFailure('CREDENTIALS', 'the target answers 403.');
    for (const sideBySide of [true, false]) {
      const admins = new Set(['b', 'c', 'd', 'e', 'f', 'g']);
      const sink = oneByOne({
        sideBySide,
        write: async ({ key }) => {
          if (!admins.has(key)) return { status: 201, id: key };
          return { status: 403, failure, detail: 'Kim1 is an administrator' };
        },
      })(SURROUNDINGS);
      const outcomes = await sink.apply(
        ['a', ...admins].map((key) => create(key)),
        SIGNAL,
      );
      assert.equal(outcomes[0]?.kind, 'done');
      for (const one of outcomes.slice(1))
        assert.match(failureOf(one) ?? '', /^TARGET_REFUSED: .*403\. \*\*\* is an administrator$/);
      admins.add('a');
      const fresh = oneByOne({
        sideBySide,
        write: async () => {
          throw failure;
        },
      })(SURROUNDINGS);
      const all = [...admins].map((key) => create(key));
      await assert.rejects(fresh.apply(all, SIGNAL), failure);
    }
    const list = () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }),
    });
    const shut = answering({ status: 403, failure }, { list });
    await assert.rejects(shut.apply([create('a', { remoteId: '1', action: 'update' })], SIGNAL));
  });

  it('goes by the list where one cannot be looked up, or is answered with 404', async () => {
    const held = [{ id: '7', externalId: 'a' }];
    let lists = 0;
    const sink = answering(
      { status: 201, id: '8' },
      {
        find: () => ({
          [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(GONE) }),
        }),
        list: async function* () {
          lists += 1;
          yield held;
        },
      },
    );
    const outcomes = await sink.apply([create('a'), create('b'), create('c')], SIGNAL);
    assert.deepEqual(outcomes.map((one) => [one.kind, Object(one).remoteId]).slice(0, 2), [
      ['already', '7'],
      ['done', '8'],
    ]);
    assert.equal(lists, 1);
  });

  it('makes anew what is gone, and has nothing to delete of it, by 404 and by 410', async () => {
    for (const status of [404, 410]) {
      const told: string[] = [];
      const sink = oneByOne({
        write: async ({ isNew }) => {
          told.push(isNew ? 'new' : 'old');
          return isNew ? { status: 201, id: 'n' } : { status, failure: GONE };
        },
      })(SURROUNDINGS);
      const known = { remoteId: '1', previous: person('a', 1) };
      const [made] = await sink.apply([create('a', { action: 'update', ...known })], SIGNAL);
      const gone = create('a', { action: 'delete', object: null, ...known });
      const [deleted] = await sink.apply([gone], SIGNAL);
      assert.deepEqual([Object(made).remoteId, deleted?.kind], ['n', 'already']);
      assert.deepEqual(told, ['old', 'new', 'old']);
    }
  });

  it('believes no answer with the id of another, and takes the new id of its own', async () => {
    const known = { action: 'update', remoteId: '1', previous: person('a', 1) } as const;
    const { externalId: _key, ...bare } = person('a', 2);
    for (const [body, said] of [
      [{ id: '2', ...bare }, 'TARGET_ANSWER_UNREADABLE'],
      [{ id: '2', ...person('a', 2) }, '2'],
      [{ id: 1, ...bare }, undefined],
    ] as const) {
      const sink = answering({ status: 200, body });
      const [outcome] = await sink.apply(
        [create('a', { ...known, object: person('a', 2) })],
        SIGNAL,
      );
      const told = outcome?.kind === 'failed' ? outcome.failure.code : outcome?.remoteId;
      assert.equal(told, said);
    }
    const late = answering({ status: 201, body: { id: '7' } });
    await late.apply([create('a')], SIGNAL);
    const [mixed] = await late.apply([create('b')], SIGNAL);
    assert.match(failureOf(mixed) ?? '', /^TARGET_ANSWER_UNREADABLE/, 'two were given one id');
  });
});
