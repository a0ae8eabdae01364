import assert from 'node:assert/strict';
import { answeringWith, create, failureOf, person } from '../../test/contract/answering-sink.ts';
import { describeObjectSink } from '../../test/contract/object-sink.contract.ts';
import { HeldFailure, RefusedFailure, TransientFailure } from '../failure/failure.ts';
import type { JsonObject } from '../message/message.ts';
import { oneByOne, type SingleObjects } from './one-by-one.ts';
import type { Write, Written } from './written.ts';

const SIGNAL = new AbortController().signal;
const REFERS = { type: 'string', 'x-reference': 'person' };
const SCHEMAS: Readonly<Record<string, JsonObject>> = {
  group: { properties: { members: { type: 'array', items: REFERS } } },
  seat: { required: ['person'], properties: { person: REFERS } },
};
const SURROUNDINGS = { objectSchema: (kind: string) => SCHEMAS[kind] ?? {} };

/** A target that gives its own ids, and can be asked in the given ways. */
class Registry {
  readonly objects = new Map<string, JsonObject>();
  readonly writes: Write[] = [];
  /** The next change is answered with 404, and not carried out. */
  denies = false;
  /** What the next writes are answered with, after they have been carried out. */
  readonly lost: Written[] = [];
  #ids = 0;

  sink(...ways: readonly ('list' | 'find')[]) {
    return oneByOne({ write: (one) => this.#write(one), ...this.#asked(ways) })(SURROUNDINGS);
  }

  of(kind: string): readonly JsonObject[] {
    return [...this.objects.values()].filter((one) => one['kind'] === kind);
  }

  #asked(ways: readonly string[]): Pick<SingleObjects, 'list' | 'find'> {
    const of = (kind: string, key?: string) =>
      this.of(kind).filter((one) => key === undefined || one['externalId'] === key);
    return {
      ...(ways.includes('list')
        ? {
            list: async function* (kind) {
              yield of(kind);
            },
          }
        : {}),
      ...(ways.includes('find')
        ? {
            find: async function* (kind, key) {
              yield of(kind, key);
            },
          }
        : {}),
    };
  }

  async #write(one: Write): Promise<Written> {
    this.writes.push(one);
    if (this.denies) {
      this.denies = false;
      return { status: 404 };
    }
    const done = this.#carryOut(one);
    return this.lost.shift() ?? done;
  }

  #carryOut({ kind, remoteId, object, isNew }: Write): Written {
    if (!isNew && !this.objects.has(remoteId ?? '')) return { status: 404 };
    if (object === null) {
      this.objects.delete(remoteId ?? '');
      return { status: 204 };
    }
    if (object['familyName'] === undefined && kind === 'person') return refusal(object);
    const id = remoteId ?? `t${++this.#ids}`;
    this.objects.set(id, { ...object, id, kind });
    return { status: isNew ? 201 : 200, id, body: { ...object, id } };
  }
}

function refusal(object: JsonObject): Written {
  const failure = new RefusedFailure('TARGET_REFUSED', 'POST /persons: the target answers 422.');
  return { status: 422, failure, detail: `unknown name ${object['givenName']}` };
}

for (const ways of [['list'], ['find'], ['list', 'find']] as const) {
  describeObjectSink(`one by one, of a target with ${ways.join(' and ')}`, async () => {
    const registry = new Registry();
    const texts = (kind: string) => registry.of(kind).map((one) => JSON.stringify(one));
    return {
      sink: registry.sink(...ways),
      objectKind: 'person',
      object: person,
      shut: (key) => ({ ...person(key, 1), isShut: true }),
      refused: (key, secret) => ({ externalId: key, givenName: secret }),
      lists: {
        objectKind: 'group',
        object: (key, members) => ({ externalId: key, members }),
        held: async () =>
          registry
            .of('group')
            .flatMap(({ members }) => Object(members))
            .sort(),
      },
      held: async () => texts('person'),
      denyNext: () => {
        registry.denies = true;
      },
      loseNextAnswer: () => {
        const failure = new TransientFailure('TARGET_BROKEN', 'lost');
        registry.lost.push({ status: 500, failure });
      },
      close: async () => {},
    };
  });
}

describe('a sink of single objects', () => {
  const answering = (answer: Written | Error, more: Partial<SingleObjects> = {}) =>
    answeringWith(answer, more)(SURROUNDINGS);

  it('hands over the target’s ids, of now and of then', async () => {
    const registry = new Registry();
    const seat = { objectKind: 'seat', key: 's', object: { person: 'b' }, remoteId: 't9' };
    const before = { previous: { person: 'a' }, formerReferences: { 'person/a': 't1' } };
    const update = { action: 'update', references: { 'person/b': 't2' }, ...before } as const;
    await registry.sink().apply([create('s', { ...seat, ...update })], SIGNAL);
    const [write] = registry.writes;
    assert.deepEqual([write?.object, write?.previous], [{ person: 't2' }, { person: 't1' }]);
    await registry
      .sink()
      .apply([create('s', { ...seat, ...update, formerReferences: {} })], SIGNAL);
    assert.equal(registry.writes.at(-1)?.previous, null, 'what it was is not known any more');
  });

  it('never sends our key as an id: a reference without one is a failure of that object', async () => {
    const registry = new Registry();
    const seat = create('s', { objectKind: 'seat', object: { person: 'a' } });
    const [bad, good] = await registry.sink().apply([seat, create('b')], SIGNAL);
    assert.match(failureOf(bad) ?? '', /^REFERENCE_WITHOUT_ID: .*person/);
    assert.equal(good?.kind, 'done');
    assert.deepEqual(
      registry.writes.map(({ key }) => key),
      ['b'],
    );
  });

  it('throws what holds the whole target, whether it is answered or thrown', async () => {
    const failure = new HeldFailure('CREDENTIALS', 'the target answers 401.');
    for (const answer of [failure, { status: 401, failure }]) {
      await assert.rejects(answering(answer).apply([create('a')], SIGNAL), failure);
    }
  });

  it('takes a status alone for nothing where the answer shows other values', async () => {
    const shown = { ...person('a', 1), isActive: false };
    const object = { ...person('a', 1), isActive: true };
    const sink = answering({ status: 200, id: '1', body: shown });
    const [outcome] = await sink.apply([create('a', { object })], SIGNAL);
    assert.match(failureOf(outcome) ?? '', /NOT_TAKEN: .*did not take .*: isActive$/);
    const changed = { action: 'update', remoteId: '1', previous: person('a', 1) } as const;
    const stale = answering({ status: 200, body: person('a', 1) });
    const update = create('a', { ...changed, object: person('a', 2) });
    assert.match(failureOf((await stale.apply([update], SIGNAL))[0]) ?? '', /: givenName$/);
  });

  it('believes no answer about another object', async () => {
    const sink = answering({ status: 200, id: '7', body: person('b', 1) });
    const [outcome] = await sink.apply([create('a')], SIGNAL);
    assert.match(failureOf(outcome) ?? '', /^TARGET_ANSWER_UNREADABLE/);
  });

  it('tells the target’s words without any value of the object, then or now', async () => {
    const failure = new RefusedFailure('TARGET_REFUSED', 'PUT /persons: the target answers 422.');
    const detail = 'Kim1 Ek (was Robin) has no place';
    const previous = { givenName: 'Robin' };
    const sink = answering({ status: 422, failure, detail });
    const update = create('a', { action: 'update', remoteId: '1', previous });
    const [outcome] = await sink.apply([update], SIGNAL);
    assert.match(failureOf(outcome) ?? '', /422\. \*\*\* Ek \(was \*\*\*\) has no place$/);
  });

  it('finds by its key what was made while nobody heard, and makes it as it is wanted', async () => {
    const registry = new Registry();
    await registry.sink('list').apply([create('a')], SIGNAL);
    const [outcome] = await registry
      .sink('list')
      .apply([create('a', { object: person('a', 2) })], SIGNAL);
    assert.deepEqual([outcome?.kind, Object(outcome).remoteId], ['already', 't1']);
    assert.deepEqual(
      registry.of('person').map(({ givenName }) => givenName),
      ['Kim2'],
    );
  });

  it('finds by its key what came back under another id, to change and to delete it', async () => {
    const registry = new Registry();
    const sink = registry.sink('find');
    const { remoteId, object } = create('a');
    registry.objects.set('anew', { ...object, id: 'anew', kind: 'person', externalId: 'a' });
    const known = { ...create('a'), remoteId: 'before', previous: object };
    const [changed] = await sink.apply([{ ...known, action: 'update' }], SIGNAL);
    assert.deepEqual([remoteId, changed?.kind], [null, 'already']);
    assert.equal(changed?.kind === 'already' && changed.remoteId, 'anew');
    assert.deepEqual([...registry.objects.keys()], ['anew']);
    const [gone] = await sink.apply([{ ...known, action: 'delete', object: null }], SIGNAL);
    assert.deepEqual([gone?.kind, registry.objects.size], ['done', 0]);
  });

  it('reads a list once, however many are made, and anew where one is in doubt', async () => {
    let lists = 0;
    const answers: Written[] = [
      { status: 201, id: '1' },
      { status: 201, id: '2' },
    ];
    const broken = new TransientFailure('TARGET_BROKEN', 'broken');
    answers.push({ status: 500, failure: broken }, { status: 201, id: '3' });
    const sink = oneByOne({
      write: async () => answers.shift() ?? { status: 500 },
      list: async function* () {
        lists += 1;
        yield [];
      },
    })(SURROUNDINGS);
    await sink.apply([create('a'), create('b'), create('c')], SIGNAL);
    assert.equal(lists, 1);
    await sink.apply([create('c')], SIGNAL);
    assert.equal(lists, 2);
  });

  it('believes no list in which an object comes twice or has no id', async () => {
    for (const page of [
      [{ id: 1 }, { id: '1' }],
      [{ externalId: 'a' }],
      [{ id: '..' }],
      [{ id: 2 ** 53 }],
    ]) {
      const list = async function* () {
        yield page;
      };
      const [outcome] = await answering({ status: 201 }, { list }).apply([create('a')], SIGNAL);
      assert.match(failureOf(outcome) ?? '', /^TARGET_ANSWER_UNREADABLE/);
    }
  });

  it('tells the objects of a call side by side where the target wants that, and answers in order', async () => {
    const waiting: (() => void)[] = [];
    const sink = oneByOne({
      sideBySide: true,
      write: async ({ key }) => {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length === 3) for (const go of waiting.toReversed()) go();
        });
        if (key === 'b') throw new RefusedFailure('TARGET_REFUSED', 'no');
        return { status: 201, id: `t-${key}` };
      },
    })(SURROUNDINGS);
    const operations = ['a', 'b', 'c'].map((key) => create(key));
    const outcomes = await sink.apply(operations, SIGNAL);
    assert.deepEqual(
      outcomes.map((one) => (one.kind === 'failed' ? one.failure.code : one.remoteId)),
      ['t-a', 'TARGET_REFUSED', 't-c'],
    );
  });

  it('gives up a write as soon as the signal fires', async () => {
    const stop = new AbortController();
    const sink = oneByOne({ write: () => new Promise(() => {}) })(SURROUNDINGS);
    const applied = sink.apply([create('a')], stop.signal);
    stop.abort(new Error('stop'));
    await assert.rejects(applied, /stop/);
  });
});
