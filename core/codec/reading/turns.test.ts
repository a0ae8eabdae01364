import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DeclaredFolder } from '../../../test/contract/declared-folder.ts';
import type { Layout } from '../layout/layout.ts';

const COLUMNS = [{ name: 'id', required: true }, { name: 'name' }];
const ROWS = 'id;name\na;Kim\nb;Bo\n';

function layoutOf(file: string, mode: 'full' | 'delta' = 'delta'): Layout {
  return { streams: { pupil: { format: 'delimited', file, mode, columns: COLUMNS } } };
}

describe('the turns of files', () => {
  let lying: DeclaredFolder;

  beforeEach(async () => {
    lying = await DeclaredFolder.open();
  });
  afterEach(() => lying.close());

  const write = async (...names: readonly string[]) => {
    for (const name of names) await lying.write(name, ROWS);
  };

  it('follow their running numbers, and a new number is read', async () => {
    const layout = layoutOf('p-{number}.csv');
    await write('p-9.csv', 'p-10.csv', 'p-008.csv');
    const { reads, checkpoint } = await lying.readAll(layout);
    assert.deepEqual(reads, [['p-008.csv'], ['p-9.csv'], ['p-10.csv']]);
    assert.deepEqual((await lying.read(layout, checkpoint)).names, []);
    await write('p-11.csv');
    const next = await lying.read(layout, checkpoint);
    assert.deepEqual(next.names, ['p-11.csv']);
    assert.deepEqual(await lying.unread(layout, next.checkpoint), []);
  });

  it('follow the number within a day', async () => {
    const layout = layoutOf('p-{date}-{number}.csv');
    await write('p-20260901-2.csv', 'p-20260902-1.csv', 'p-20260901-10.csv');
    const { reads, checkpoint } = await lying.readAll(layout);
    assert.deepEqual(reads, [['p-20260901-2.csv'], ['p-20260901-10.csv'], ['p-20260902-1.csv']]);
    await write('p-20260902-7.csv');
    const next = await lying.read(layout, checkpoint);
    assert.deepEqual(next.names, ['p-20260902-7.csv']);
    assert.deepEqual(await lying.unread(layout, next.checkpoint), [], 'numbers of a day may jump');
  });

  it('tell of a number that never came, until something newer is read, and of one that came late', async () => {
    const layout = layoutOf('p-{number}.csv');
    await write('p-1.csv');
    const first = await lying.readAll(layout);
    await write('p-4.csv', 'p-6.csv');
    const { reads, checkpoint } = await lying.readAll(layout, first.checkpoint);
    assert.deepEqual(reads, [['p-4.csv'], ['p-6.csv']]);
    assert.deepEqual(await lying.unread(layout, checkpoint), [
      'p-{number}.csv: no file came with the number 2; 3; 5, and those after it were read',
    ]);
    await write('p-3.csv');
    assert.deepEqual(await lying.unread(layout, checkpoint), [
      'p-{number}.csv: no file came with the number 2; 5, and those after it were read',
      'p-3.csv: its number, 3, is below that of p-6.csv, which was read',
    ]);
    await write('p-7.csv');
    const next = await lying.read(layout, checkpoint);
    assert.deepEqual(await lying.unread(layout, next.checkpoint), [
      'p-3.csv: its number, 3, is below that of p-7.csv, which was read',
    ]);
  });

  it('are the highest number where they are whole sets; a lower one alone is refused', async () => {
    const layout = layoutOf('p-{number}.csv', 'full');
    await write('p-9.csv', 'p-10.csv');
    const { names, checkpoint } = await lying.read(layout);
    assert.deepEqual(names, ['p-10.csv']);
    assert.deepEqual(await lying.unread(layout, checkpoint), []);
    await rm(join(lying.folder, 'p-10.csv'));
    await assert.rejects(lying.read(layout, checkpoint), /p-9.csv: its number, 9, is below that/);
  });

  it('are vouched for by the marker of their number', async () => {
    const layout = { ...layoutOf('p-{number}.csv'), marker: 'p-{number}.done' };
    await write('p-1.csv', 'p-1.done', 'p-2.csv');
    const { reads, checkpoint } = await lying.readAll(layout);
    assert.deepEqual(reads, [['p-1.csv']]);
    assert.deepEqual(await lying.unread(layout, checkpoint), ['p-2.csv: its marker is not there']);
  });

  it('are to come for a day that lies ahead, or is none: who is protected there is heard of now', async () => {
    const layout = layoutOf('p-{date}.csv');
    await write('p-20260901.csv', 'p-20261201.csv', 'p-20261301.csv');
    const { reads, checkpoint } = await lying.readAll(layout);
    assert.deepEqual(reads, [['p-20260901.csv']]);
    const waiting = await lying.waiting(layout, checkpoint);
    assert.deepEqual(waiting, ['p-20261201.csv', 'p-20261301.csv']);
  });

  it('are the same for two files of one day: deltas are both read, of whole sets one is named', async () => {
    await write('p-20260901.csv', 'p-2026-09-01.csv');
    const { reads } = await lying.readAll(layoutOf('p-{date}.csv'));
    assert.deepEqual(reads.flat().sort(), ['p-2026-09-01.csv', 'p-20260901.csv']);
    const full = layoutOf('p-{date}.csv', 'full');
    const { names, checkpoint } = await lying.read(full);
    const [left = '', ...more] = await lying.unread(full, checkpoint);
    assert.deepEqual(more, []);
    assert.match(left, new RegExp(`it is of the same day as ${names[0]}, which was read`));
  });

  it('have passed for a delta that is sent again, corrected, after a later one was read', async () => {
    const layout = layoutOf('p-{date}.csv');
    await write('p-20260901.csv', 'p-20260902.csv');
    const { checkpoint } = await lying.readAll(layout);
    assert.deepEqual(await lying.unread(layout, checkpoint), []);
    await lying.write('p-20260901.csv', 'id;name\na;Kim\nb;Bea\n', '2026-09-02T09:00:00Z');
    const said = [
      'p-20260901.csv: it was changed after it had its turn: p-20260902.csv was read after it',
    ];
    assert.deepEqual(await lying.unread(layout, checkpoint), said);
    assert.deepEqual(await lying.waiting(layout, checkpoint), ['p-20260901.csv']);
    await write('p-20260903.csv');
    const next = await lying.readAll(layout, checkpoint);
    assert.deepEqual(next.reads, [['p-20260903.csv']]);
    assert.match(
      (await lying.unread(layout, next.checkpoint)).join(),
      /^p-20260901.csv: it was changed/,
    );
  });
});
