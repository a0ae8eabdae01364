import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { idOf, rowOf } from '../../test/contract/store-fixtures.ts';
import { openTemporaryStore } from '../../test/contract/temporary-store.ts';
import type { Layout } from '../codec/layout/layout.ts';
import { LayoutSink } from '../codec/writing/layout-sink.ts';
import type { SnapshotSink } from '../connector/sink.ts';
import { openFolderFiles } from '../files/folder-files.ts';
import type { Target } from '../flow/target.ts';
import type { JsonObject } from '../message/message.ts';
import type { LedgerRow } from '../store/ledger-store.ts';
import type { Store } from '../store/store.ts';
import { deliverSnapshot } from './deliver-snapshot.ts';

const SIGNAL = new AbortController().signal;
const KINDS = ['unit', 'pupil', 'mark'] as const;
const MOST = 200;
const RULES = { way: 'full', instead: '?' } as const;
/** Letters that are quoted, of several bytes, and none of the encoding of the pupils. */
const NAMES = ['Åsa', 'Bo;"B"', 'Ćirić', '学生', '', ' Li\n'];

/** Units and pupils stand in one file, marks may repeat in one of their own. */
function layoutOf(separator: ';' | '|'): Layout {
  const lines = { format: 'delimited', file: 'people-{date}.csv', separator } as const;
  const columns = [{ name: 'type' }, { name: 'id' }, { name: 'name' }];
  const typed = (value: string) => ({ ...lines, columns, recordType: { field: 0, value } });
  const latin = { encoding: 'iso-8859-1' } as const;
  const trailer = { prefix: 'END', count: 1 };
  const marks = { format: 'delimited', file: 'marks.csv', columns: [{ name: 'name' }] } as const;
  return {
    write: RULES,
    marker: 'done',
    streams: {
      unit: { ...typed('U'), ...latin },
      pupil: { ...typed('P'), ...latin, trailer },
      mark: { ...marks, write: { mayRepeat: true } },
    },
  };
}

/** What happens before a night's set: to single objects, by their numbers, and to the set before. */
interface Night {
  readonly changes: readonly {
    readonly kind: (typeof KINDS)[number];
    readonly at: number;
    readonly deed: 'write' | 'remove' | 'change hands';
    readonly name: string;
  }[];
  readonly before: 'nothing' | 'another letter' | 'cut off' | 'taken away' | 'other rules';
  readonly day: string;
}

const NIGHT: fc.Arbitrary<Night> = fc.record({
  changes: fc.array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      at: fc.oneof(fc.nat(MOST), fc.constantFrom(0, MOST)),
      deed: fc.constantFrom('write', 'write', 'remove', 'change hands'),
      name: fc.constantFrom(...NAMES),
    }),
    { maxLength: 4 },
  ),
  before: fc.constantFrom(
    ...(['nothing', 'nothing', 'nothing', 'another letter', 'cut off'] as const),
    ...(['taken away', 'other rules'] as const),
  ),
  day: fc.constantFrom('2026-11-27', '2026-11-28'),
});

describe('a set that is delivered', () => {
  let folder: string;
  let world: { readonly store: Store; readonly close: () => Promise<void> };
  let town = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-set-'));
    world = await openTemporaryStore();
  });
  after(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  async function sinkIn(name: string, layout: Layout, day: string): Promise<SnapshotSink> {
    const [out, scratch] = [join(folder, name), join(folder, `${name}-scratch`)];
    await mkdir(out, { recursive: true });
    const context = { scratch, today: () => day, now: () => 0 };
    const files = await openFolderFiles(out);
    return new LayoutSink(files, layout, RULES, context);
  }

  /** The bytes of the files of that day by their names. */
  async function filesIn(name: string, day: string) {
    const names = await readdir(join(folder, name));
    const own = names.filter((one) => !one.startsWith('people-') || one.includes(dayIn(day)));
    const entries = own.map(async (one) => {
      return [one, (await readFile(join(folder, name, one))).toString('latin1')] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  it('is byte for byte the set written whole, whatever has changed and became of the one before', async () => {
    let [taken, all] = [0, 0];
    const isSame = fc.asyncProperty(
      fc.array(NIGHT, { minLength: 2, maxLength: 5 }),
      async (nights) => {
        const name = `town-${town++}`;
        // SAFETY: nothing else of a target is looked at.
        const target = { name, kinds: KINDS.map((kind) => ({ kind })) } as unknown as Target;
        const { ledger } = world.store;
        const held = new Map<string, LedgerRow>();
        await ledger.write(
          KINDS.flatMap((kind) => firstRows(name, kind, held)),
          [],
        );
        let separator: ';' | '|' = ';';
        for (const [index, { changes, before, day }] of nights.entries()) {
          if (before === 'other rules') separator = separator === ';' ? '|' : ';';
          else if (index > 0) await spoil(join(folder, name), before);
          await proposeAll(world.store, name, changes, held);
          const layout = layoutOf(separator);
          const sink = await sinkIn(name, layout, day);
          let written = 0;
          const onWritten = (objects: number) => {
            written = objects;
          };
          const context = { signal: SIGNAL, isWhole: false, onWritten };
          await deliverSnapshot(target, sink, { ...context, store: world.store });
          if (index > 0) [taken, all] = [taken + held.size - written, all + held.size];
          // The same ledger once more, by a hub that knows of no set before.
          const forgetful = { ledger, getValue: async () => null, putValue: async () => {} };
          const whole = await sinkIn(`${name}-whole`, layout, day);
          await deliverSnapshot(target, whole, { ...context, isWhole: true, store: forgetful });
          const files = await filesIn(name, day);
          assert.equal(Object.keys(files).length, KINDS.length);
          assert.deepEqual(files, await filesIn(`${name}-whole`, day));
          assert.deepEqual(await readdir(join(folder, `${name}-scratch`)), []);
        }
      },
    );
    await fc.assert(isSame, { numRuns: 15 });
    assert.ok(taken > all / 20, `${taken} of ${all} were taken over`);
  });

  it('is written whole where its wish says so, after a try that failed, and by another store', async () => {
    const target = { name: 'wished', kinds: [{ kind: 'unit' }] } as unknown as Target;
    await world.store.ledger.write(firstRows('wished', 'unit', new Map()), []);
    const deliver = async (isWhole: boolean, through?: (sink: SnapshotSink) => SnapshotSink) => {
      const sink = await sinkIn('wished', layoutOf(';'), '2026-11-28');
      let written = 0;
      const onWritten = (objects: number) => {
        written = objects;
      };
      const context = { signal: SIGNAL, isWhole, onWritten, store: world.store };
      await deliverSnapshot(target, through?.(sink) ?? sink, context);
      return written;
    };
    const all = MOST + 1;
    assert.deepEqual([await deliver(false), await deliver(false)], [all, 0]);
    assert.deepEqual([await deliver(true), await deliver(false)], [all, 0]);
    const failing = (sink: SnapshotSink): SnapshotSink => ({
      ...{ mode: 'full', close: () => sink.close() },
      async begin(signal, memory) {
        const writer = await sink.begin(signal, memory);
        // The answer is lost: the set is in place, and nobody knows.
        const commit = async () => {
          await writer.commit();
          throw new Error('lost');
        };
        return { ...writer, commit };
      },
    });
    await assert.rejects(deliver(false, failing), /lost/);
    assert.deepEqual([await deliver(false), await deliver(false)], [all, 0]);
  });
});

function dayIn(day: string): string {
  return day.replaceAll('-', '');
}

function rowNamed(
  target: string,
  kind: string,
  at: number,
  origin: string,
  name: string,
): LedgerRow {
  const row = rowOf(origin, `${at}`);
  const ref = { ...row.ref, target, objectKind: kind, key: `${kind} ${at}` };
  const object: JsonObject = { id: `${at}`, name };
  return { ...row, ref, object };
}

function firstRows(target: string, kind: string, held: Map<string, LedgerRow>) {
  return Array.from({ length: MOST + 1 }, (_, at) => {
    const row = rowNamed(target, kind, at, `${kind}-${at}`, NAMES[at % NAMES.length] ?? '');
    held.set(row.ref.key, row);
    return row;
  });
}

/** Proposes what a plan would; `held` is what the ledger will hold. */
async function proposeAll(
  { ledger }: Store,
  target: string,
  changes: Night['changes'],
  held: Map<string, LedgerRow>,
): Promise<void> {
  const rows = new Map<string, LedgerRow>();
  const gone = new Map<string, LedgerRow>();
  for (const { kind, at, deed, name } of changes) {
    const key = `${kind} ${at}`;
    if (rows.has(key) || gone.has(key)) continue;
    const row = held.get(key);
    if (deed === 'remove') {
      if (row !== undefined) gone.set(key, row);
      held.delete(key);
      continue;
    }
    const next = rowNamed(target, kind, at, `${kind}-${at}`, name);
    const origin =
      deed === 'write'
        ? (row?.ref.origin ?? next.ref.origin)
        : { kind: 'person', id: idOf(name + key) };
    const wanted = { ...next, ref: { ...next.ref, origin } };
    rows.set(key, wanted);
    held.set(key, wanted);
  }
  await ledger.withdraw(target);
  const refs = [...gone.values()].map(({ ref }) => ref);
  await ledger.propose([...rows.values()], refs);
}

async function spoil(folder: string, how: Night['before']): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('people-'));
  for (const name of names) {
    const file = join(folder, name);
    if (how === 'taken away') await rm(file);
    else if (how === 'cut off') await writeFile(file, (await readFile(file)).subarray(0, -40));
    else if (how === 'another letter') {
      const bytes = await readFile(file);
      bytes[bytes.length >> 1] = 88;
      await writeFile(file, bytes);
    }
  }
}
