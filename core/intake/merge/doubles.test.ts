import assert from 'node:assert/strict';
import type { Entity } from '../../message/message.ts';
import type { MergedEntity } from '../../store/intake-store.ts';
import type { IntakeContext } from '../intake-task.ts';
import { Doubles } from './doubles.ts';

const NOBODY: ReadonlyMap<string, Entity> = new Map();

describe('what only one may have', () => {
  /** How often everybody was looked at. */
  let searches: number;
  let doubles: Doubles;

  beforeEach(() => {
    searches = 0;
    const values = new Map<string, unknown>();
    const schema = { 'x-unique': [{ as: 'number', path: 'civicNo.value' }] };
    const store = {
      getValue: async (name: string) => values.get(name),
      putValue: async (name: string, value: unknown) => void values.set(name, value),
      entities: {
        doubles: async () => [],
        searchDoubles: async () => {
          searches += 1;
          return [];
        },
      },
    };
    const canonical = { kinds: ['person'], get: () => ({ schema }) };
    // SAFETY: nothing else is asked.
    doubles = new Doubles({ store, canonical } as unknown as IntakeContext);
  });
  const person = (id: string, value: string): MergedEntity => {
    const nothing = { references: [], lookups: [], isProtected: false, goesAtOnce: false };
    const content = { id, civicNo: { value } };
    return { entity: { kind: 'person', id }, content, hash: id, ...nothing };
  };

  it('is not looked for in the store where a first load has shown that nobody shares it', async () => {
    doubles.look([person('a', '20140101-1234')], NOBODY, true);
    doubles.look([person('b', '20140101-1235')], NOBODY, true);
    await doubles.settle();
    assert.equal(searches, 0);
    doubles.look([person('c', '20140101-1236')], NOBODY, false);
    await doubles.settle();
    assert.equal(searches, 1, 'a night after it');
  });

  it('is looked for where two of a first load have it, however it is written', async () => {
    doubles.look([person('a', '20140101-TF34')], NOBODY, true);
    doubles.look([person('b', '20140101 tf34')], NOBODY, true);
    await doubles.settle();
    assert.equal(searches, 1);
  });

  it('is looked for where a crash has left a part of a first load stored', async () => {
    doubles.look([person('b', '20140101-1235')], NOBODY, false);
    await doubles.settle();
    assert.equal(searches, 1);
  });

  it('is looked for where everybody was stored before, and nothing is known of it', async () => {
    await doubles.settle();
    assert.equal(searches, 1);
  });
});
