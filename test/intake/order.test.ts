import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rulesOf } from '../../core/config/rules/source-rules.ts';
import { IntakeTown } from './intake-town.ts';

const AT_ONCE = rulesOf({ missing: { '*': 'delete' } });

const PERSON = (condition: string) => `to: person.v1
entity: { identity: id, of: register }
${condition}
fields: { givenName: { take: name, missing: park }, familyName: { const: Ek } }`;

const change = fc.record({
  id: fc.constantFrom('p1', 'p2'),
  /** A record without a name cannot be taken in: what it gave before stays. */
  way: fc.constantFrom('in', 'out', 'bad'),
  name: fc.constantFrom('Kim', 'Robin'),
});
const night = fc.record({
  mode: fc.constantFrom<'full' | 'delta'>('full', 'delta'),
  changes: fc.array(change, { maxLength: 5 }),
});

describe('the order of records', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
    town.rules = AT_ONCE;
  });
  afterEach(() => town.close());

  it('decides: the last record of a part counts, in whole sets and in deltas', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(night, { minLength: 1, maxLength: 5 }), async (nights) => {
        await town.close();
        town = await IntakeTown.open();
        town.rules = AT_ONCE;
        town.map('register', 'person', PERSON(''));
        let kept = new Map<string, string>();
        for (const { mode, changes } of nights) {
          const before = kept;
          const last = new Map(changes.map((one) => [one.id, one]));
          const told = changes.map(({ id, way, name }) => {
            if (way === 'out') return { gone: { id } };
            return way === 'bad' ? { id } : { id, name };
          });
          const run = await town.take('register', mode, 'person', told);
          if (run.outcome !== 'done') continue;
          kept = mode === 'delta' ? new Map(before) : new Map();
          for (const [id, { way, name }] of last) {
            const good = changes.filter((one) => one.id === id && one.way !== 'bad');
            const word = way === 'bad' ? wordBefore(before, id, good) : way === 'in' ? name : null;
            if (word === null) kept.delete(id);
            else kept.set(id, word);
          }
          const found = (await town.persons()).map(({ givenName }) => String(givenName)).sort();
          assert.deepEqual(found, [...kept.values()].sort());
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is that of the file: out and in again is in, night after night', async () => {
    town.map('register', 'person', PERSON(''));
    const told = [{ gone: { id: 'p1' } }, { id: 'p1', name: 'Kim' }, { id: 'p2', name: 'Kim' }];
    for (const _night of [1, 2, 3]) {
      await town.take('register', 'full', 'person', told);
      assert.equal((await town.persons()).length, 2);
    }
  });

  it('says nothing where `when` leaves a deletion out; one that names only an id counts', async () => {
    town.map('register', 'person', PERSON("when: kind == 'pupil'"));
    const kim = { id: 'p1', name: 'Kim', kind: 'pupil' };
    await town.take('register', 'delta', 'person', [kim]);
    await town.take('register', 'delta', 'person', [{ gone: { id: 'p1', kind: 'teacher' } }]);
    assert.equal((await town.persons()).length, 1);
    await town.take('register', 'delta', 'person', [{ gone: { id: 'p1' } }]);
    assert.equal((await town.persons()).length, 0);
  });
});

/** What stands of a record whose last version is bad: the last good one, or what was before. */
function wordBefore(
  before: ReadonlyMap<string, string>,
  id: string,
  good: readonly { readonly way: string; readonly name: string }[],
): string | null {
  const last = good.at(-1);
  if (last?.way === 'in') return last.name;
  return before.get(id) ?? null;
}
