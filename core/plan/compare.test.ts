import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOf } from '../message/digest.ts';
import type { JsonObject, Problem } from '../message/message.ts';
import type { LedgerRow } from '../store/ledger-store.ts';
import { compare, type Entry } from './compare.ts';
import type { Projected } from './project.ts';

const ORIGIN = { kind: 'person', id: 'p' };
const TROUBLE: Problem = { code: 'VALUE_MISSING', text: 'no name', hint: '', place: null };

/** What a target holds, by our key. */
type Held = ReadonlyMap<string, JsonObject>;

const key = fc.constantFrom<string>('a', 'b', 'c', 'd', 'e');
const object = fc.record(
  { name: fc.constantFrom('Kim', 'Robin'), level: fc.nat({ max: 2 }) },
  { noNullPrototype: true },
);
const held = fc.dictionary(key, object).map((one): Held => new Map(Object.entries(one)));
/** What cannot be made now: of a key, or (null) of one that not even the key is known of. */
const parked = fc.uniqueArray(fc.option(key), { maxLength: 3 });
const rekey = fc.boolean();

function rowOf(name: string, value: JsonObject): LedgerRow {
  const ref = { target: 't', objectKind: 'user', origin: ORIGIN, key: name };
  const about = { unit: '', remoteId: null, run: 'r', confirmedAt: 0, suspendedSince: null };
  return { ref, ...about, hash: digestOf(value), object: value };
}

function plan(wanted: Held, ledger: Held, canRekey: boolean, waiting: readonly (string | null)[]) {
  const projected: Omit<Projected, 'until'> = {
    ...{ unit: '', atOnce: true },
    wanted: [...wanted]
      .filter(([name]) => !waiting.includes(name))
      .map(([name, value]) => ({ key: name, object: value, hash: digestOf(value) })),
    parked: waiting.map((name) => ({ key: name, problem: TROUBLE })),
  };
  const rows = [...ledger].map(([name, value]) => rowOf(name, value));
  const kind = { rekey: canRekey, leave: null, references: [] };
  return compare(kind, ORIGIN, projected, rows, '2026-09-01');
}

/** A sink's operation, and likewise what becomes of the ledger: repeating it is harmless. */
function applied(to: Held, { action, key: name, formerKey, object: value }: Entry): Held {
  const after = new Map(to);
  if (action === 'same' || action === 'kept') return after;
  if (formerKey !== null) after.delete(formerKey);
  if (value === null) after.delete(name);
  else after.set(name, value);
  return after;
}

const open = (entries: readonly Entry[]) =>
  entries.filter(({ action }) => action !== 'same' && action !== 'kept');

describe('the algebra of plan and ledger, for any objects', () => {
  it('planning twice is empty', () => {
    fc.assert(
      fc.property(held, held, parked, rekey, (wanted, ledger, waiting, canRekey) => {
        const after = plan(wanted, ledger, canRekey, waiting).reduce(applied, ledger);
        assert.deepEqual(open(plan(wanted, after, canRekey, waiting)), []);
      }),
    );
  });

  it('any order of crash, retry and repeat ends in the same ledger, and the target agrees', () => {
    const step = fc.record({
      which: fc.nat(),
      /** Sent, and killed before the ledger heard of it; or settled; or not sent at all. */
      ends: fc.constantFrom('lost', 'settled', 'unsent'),
      times: fc.integer({ min: 1, max: 2 }),
    });
    const story = fc.array(step, { maxLength: 20 });
    fc.assert(
      fc.property(held, held, rekey, story, (wanted, begin, canRekey, steps) => {
        let [target, ledger] = [begin, begin];
        const take = (entry: Entry | undefined, ends: string, times: number) => {
          if (entry === undefined || ends === 'unsent') return;
          for (let time = 0; time < times; time++) target = applied(target, entry);
          if (ends === 'settled') ledger = applied(ledger, entry);
        };
        for (const { which, ends, times } of steps) {
          const entries = open(plan(wanted, ledger, canRekey, []));
          take(entries[which % Math.max(1, entries.length)], ends, times);
        }
        for (const entry of plan(wanted, ledger, canRekey, [])) take(entry, 'settled', 1);
        assert.deepEqual(
          ledger,
          new Map([...ledger.keys()].map((name) => [name, wanted.get(name)])),
        );
        assert.equal(ledger.size, wanted.size);
        for (const [name, value] of wanted) assert.deepEqual(target.get(name), value);
        for (const name of target.keys()) assert.ok(wanted.has(name), name);
      }),
    );
  });

  it('a failing record never deletes', () => {
    fc.assert(
      fc.property(held, held, parked, rekey, (wanted, ledger, waiting, canRekey) => {
        const after = plan(wanted, ledger, canRekey, waiting).reduce(applied, ledger);
        for (const [name, value] of ledger) {
          const isWaiting = waiting.includes(null) ? !wanted.has(name) : waiting.includes(name);
          if (isWaiting) assert.deepEqual(after.get(name), value);
        }
      }),
    );
  });
});
