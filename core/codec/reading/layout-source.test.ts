import assert from 'node:assert/strict';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DeclaredFolder } from '../../../test/contract/declared-folder.ts';
import { Failure } from '../../failure/failure.ts';
import type { Json } from '../../message/message.ts';
import type { Layout } from '../layout/layout.ts';
import type { LayoutSource } from './layout-source.ts';

const NEVER = new AbortController().signal;
const COLUMNS = [{ name: 'id', required: true }, { name: 'name' }];
const FULL: Layout = {
  streams: { pupil: { format: 'delimited', file: 'pupils-{date}.csv', columns: COLUMNS } },
};
const UNDATED: Layout = {
  streams: { pupil: { format: 'delimited', file: 'pupils.csv', columns: COLUMNS } },
};
const DELTA: Layout = {
  streams: {
    school: { format: 'delimited', file: 'schools.csv', columns: COLUMNS },
    pupil: { format: 'delimited', file: 'pupils-{date}.csv', mode: 'delta', columns: COLUMNS },
  },
};
const ROWS = 'id;name\na;Kim\nb;Bo\n';
const lowFirst = (text: string) => Buffer.from(text, 'utf16le');
const highFirst = (text: string) => lowFirst(text).swap16();

describe('files that a layout declares', () => {
  let lying: DeclaredFolder;

  beforeEach(async () => {
    lying = await DeclaredFolder.open();
  });
  afterEach(() => lying.close());

  const write = (name: string, text: string | Buffer = ROWS, at?: string) =>
    lying.write(name, text, at);
  const withSource = <T>(layout: Layout, use: (source: LayoutSource) => Promise<T>) =>
    lying.withSource(layout, use);
  const read = (layout: Layout, since: Json = null) => lying.read(layout, since);
  const unread = (layout: Layout, since: Json) => lying.unread(layout, since);
  const failsWith = (code: string, text: RegExp) => (error: unknown) => {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, text);
    return true;
  };

  it('that wait are given each by itself, without those that were read', async () => {
    await write('pupils-20260901.csv');
    await write('pupils-20260902.csv');
    const waiting = () =>
      withSource(DELTA, async (source) => {
        const names: string[] = [];
        for await (const _ of source.read(null, NEVER)) names.length = 0;
        for await (const delivery of source.waiting(null, NEVER)) {
          for await (const { records } of delivery) names.push(records[0]?.file ?? '');
        }
        return names;
      });
    await assert.rejects(waiting(), failsWith('FILE_MISSING', /schools/));
    const heard = await withSource(DELTA, async (source) => {
      const deliveries = [];
      for await (const delivery of source.waiting(null, NEVER)) deliveries.push(delivery);
      return deliveries.length;
    });
    assert.equal(heard, 2);
    await write('schools.csv');
    assert.deepEqual(await waiting(), ['pupils-20260902.csv']);
  });

  it('are the newest whose day has come; one that is ahead of it is left and named', async () => {
    await write('pupils-20260902.csv');
    await write('pupils-20270902.csv');
    await write('pupils-20261302.csv');
    const first = await read(FULL);
    assert.deepEqual(first.names, ['pupils-20260902.csv']);
    assert.deepEqual(await unread(FULL, first.checkpoint), [
      'pupils-20261302.csv: what its name has in the place of the date is no date',
      'pupils-20270902.csv: its day, 2027-09-02, is yet to come',
    ]);
    await write('pupils-20260903.csv');
    assert.deepEqual((await read(FULL, first.checkpoint)).names, ['pupils-20260903.csv']);
    lying.now = Date.parse('2027-09-02T02:00:00Z');
    assert.deepEqual((await read(FULL, first.checkpoint)).names, ['pupils-20270902.csv']);
  });

  it('are missing with the file named that was almost it', async () => {
    await write('pupils-2026.csv');
    await assert.rejects(
      read(FULL),
      failsWith('FILE_MISSING', /pupils-2026.csv is, but .* no date/),
    );
  });

  it('are read again after an earlier version has read a day that is yet to come', async () => {
    await write('pupils-20260903.csv');
    const spoilt = { dates: { pupil: '2062-11-02' } };
    assert.deepEqual((await read(FULL, spoilt)).names, ['pupils-20260903.csv']);
  });

  it('are refused where only older ones are there, and named where they come late', async () => {
    await write('pupils-20260831.csv');
    await write('pupils-20260902.csv');
    const { checkpoint } = await read(FULL);
    assert.deepEqual(await unread(FULL, checkpoint), [], 'what lay there before is history');
    await write('pupils-20260901.csv');
    await write('pupils-2026-09-02.csv');
    const late = await unread(FULL, checkpoint);
    assert.match(late.join('\n'), /pupils-20260901.csv: .* is before 2026-09-02/);
    assert.match(late.join('\n'), /pupils-2026-09-02.csv: .* of the same day/);
    await rm(join(lying.folder, 'pupils-20260902.csv'));
    await rm(join(lying.folder, 'pupils-2026-09-02.csv'));
    await assert.rejects(
      read(FULL, checkpoint),
      failsWith('SOURCE_STALE', /pupils-20260901.csv is of 2026-09-01, before 2026-09-02/),
    );
  });

  it('are quiet of days that a newer one has overtaken', async () => {
    await write('pupils-20260901.csv');
    const { checkpoint } = await read(FULL);
    await write('pupils-20260902.csv');
    await write('pupils-20260903.csv');
    const next = await read(FULL, checkpoint);
    assert.deepEqual(next.names, ['pupils-20260903.csv']);
    assert.deepEqual(await unread(FULL, next.checkpoint), []);
  });

  it('wait for their marker, and are named as long as they do', async () => {
    const marked = { ...FULL, marker: 'ready-{date}.done' };
    await write('pupils-20260901.csv');
    await write('ready-20260901.done', '');
    const { checkpoint } = await read(marked);
    await write('pupils-20260902.csv');
    assert.deepEqual(await unread(marked, checkpoint), [
      'pupils-20260902.csv: its marker is not there',
    ]);
  });

  it('are all read one after the other where they are deltas, whole sets once', async () => {
    await write('schools.csv');
    for (const day of ['0831', '0901', '0902']) await write(`pupils-2026${day}.csv`);
    const { reads, checkpoint } = await lying.readAll(DELTA);
    assert.deepEqual(reads, [
      ['schools.csv', 'pupils-20260831.csv'],
      ['pupils-20260901.csv'],
      ['pupils-20260902.csv'],
    ]);
    assert.deepEqual((await read(DELTA, checkpoint)).names, ['schools.csv']);
    await write('pupils-20260902.csv', 'id;name\na;Kim\n', '2026-09-02T01:00:00Z');
    const again = await read(DELTA, checkpoint);
    assert.deepEqual(again.names, ['schools.csv', 'pupils-20260902.csv'], 'sent again, corrected');
  });

  it('are not whole while they grow between two looks', async () => {
    await write('pupils.csv', ROWS, new Date(lying.now).toISOString());
    let looks = 0;
    lying.sleep = async () => {
      looks += 1;
      await appendFile(join(lying.folder, 'pupils.csv'), 'c;Cem\n');
    };
    await assert.rejects(read(UNDATED), failsWith('FILE_GROWING', /^pupils.csv changed/));
    assert.equal(looks, 1);
    lying.now += 60_000_000_000;
    assert.deepEqual((await read(UNDATED)).names, ['pupils.csv'], 'one that is old stands still');
    assert.equal(looks, 1);
  });

  it('are not whole where they no longer end as the one before did', async () => {
    await write('pupils.csv');
    const { checkpoint } = await read(UNDATED);
    await write('pupils.csv', ROWS.slice(0, -2));
    await assert.rejects(
      read(UNDATED, checkpoint),
      failsWith('FILE_DAMAGED', /last line has no end/),
    );
    const open: Layout = {
      streams: {
        pupil: { format: 'delimited', file: 'pupils.csv', end: 'open', columns: COLUMNS },
      },
    };
    assert.deepEqual((await read(open, checkpoint)).names, ['pupils.csv']);
    const first = await read(UNDATED);
    assert.deepEqual(first.names, ['pupils.csv'], 'some systems never end it');
    assert.deepEqual((await read(UNDATED, first.checkpoint)).names, ['pupils.csv']);
  });

  it('are cut off in UTF-16, too, where the last value is', async () => {
    const pupil = { format: 'delimited', encoding: 'utf-16', columns: COLUMNS } as const;
    const layout: Layout = { streams: { pupil: { ...pupil, file: 'pupils.csv' } } };
    for (const encode of [lowFirst, highFirst]) {
      await write('pupils.csv', encode(`\ufeff${ROWS}`));
      const { checkpoint } = await read(layout);
      await write('pupils.csv', encode(`\ufeff${ROWS}c;Cem\n`));
      assert.deepEqual((await read(layout, checkpoint)).names, ['pupils.csv']);
      await write('pupils.csv', encode(`\ufeff${ROWS}c;Ce`));
      await assert.rejects(
        read(layout, checkpoint),
        failsWith('FILE_DAMAGED', /last line has no end/),
      );
    }
  });

  it('are cut off inside a packed file, too', async () => {
    const pupil = { format: 'delimited', file: 'pupils.csv.gz', columns: COLUMNS } as const;
    const layout: Layout = { streams: { pupil } };
    await write('pupils.csv.gz', gzipSync(ROWS));
    const { checkpoint } = await read(layout);
    await write('pupils.csv.gz', gzipSync(`${ROWS}c;Ce`));
    await assert.rejects(read(layout, checkpoint), failsWith('FILE_DAMAGED', /has no end/));
    await write('pupils.csv.gz', gzipSync(`${ROWS}c;Cem\n`));
    assert.deepEqual((await read(layout, checkpoint)).names, ['pupils.csv.gz']);
  });

  const toldBy = async (layout: Layout, since: Json) => {
    const remarks: string[] = [];
    let checkpoint = since;
    await withSource(layout, async (source) => {
      for await (const batch of source.read(since, NEVER)) {
        remarks.push(...(batch.remarks ?? []).map((one) => `${one.code} ${one.text}`));
        checkpoint = batch.checkpoint ?? checkpoint;
      }
    });
    return { remarks, checkpoint };
  };

  for (const mode of ['full', 'delta'] as const) {
    it(`are told of where a column is lost that few had values in (${mode})`, async () => {
      const columns = [...COLUMNS, { name: 'end' }, { name: 'mark' }];
      const file = mode === 'full' ? 'pupils.csv' : 'pupils-{date}.csv';
      const layout: Layout = { streams: { pupil: { format: 'delimited', file, mode, columns } } };
      const rows = ['p1;Kim', 'p2;Bo', 'p3;Mo', 'p4;Jo', 'p5;Al', 'p6;Li'];
      const send = (day: string, header: string, lines: readonly string[]) =>
        write(file.replace('{date}', day), [header, ...lines, ''].join('\n'));
      const ended = rows.map((row, at) => `${row};${at === 0 ? '2026-08-20' : ''};`);
      await send('2026-09-01', 'id;name;end;mark', ended);
      const first = await toldBy(layout, null);
      await send('2026-09-02', 'id;name', rows);
      const { remarks, checkpoint } = await toldBy(layout, first.checkpoint);
      const name = file.replace('{date}', '2026-09-02');
      const text = `${name}: has no column end any more, in which the file before had values`;
      assert.deepEqual([first.remarks, remarks], [[], [`FILE_DRIFT ${text}`]]);
      await send('2026-09-03', 'id;name', rows);
      const isKnown = mode === 'delta';
      assert.equal((await toldBy(layout, checkpoint)).remarks.length, isKnown ? 1 : 0);
    });
  }

  it('are told of where all records have what told them apart in the file before', async () => {
    const columns = [...COLUMNS, { name: 'account' }, { name: 'mark' }];
    const layout: Layout = { streams: { pupil: { format: 'delimited', file: 'p.csv', columns } } };
    const told = async (since: Json, account: (at: number) => string, mark: string) => {
      const rows = Array.from({ length: 6 }, (_, at) => `p${at};Kim;${account(at)};${mark}`);
      await write('p.csv', ['id;name;account;mark', ...rows, ''].join('\n'));
      return toldBy(layout, since);
    };
    const first = await told(null, (at) => `kim${at}`, 'N');
    const alike = await told(first.checkpoint, () => 'kim', 'S');
    const text =
      'p.csv: all records have the same account, by which those of the file before differed';
    assert.deepEqual([first.remarks, alike.remarks], [[], [`FILE_DRIFT ${text}`]]);
    const twoOnly = await told(first.checkpoint, (at) => (at === 3 ? 'kim3' : 'kim'), 'N');
    assert.deepEqual(twoOnly.remarks, [], 'one who differs is enough');
  });

  it('are told of where no record has any more what most of the file before had', async () => {
    const columns = [...COLUMNS, { name: 'born' }, { name: 'mark' }];
    const file = 'pupils.json';
    const layout: Layout = { streams: { pupil: { format: 'json', file, columns } } };
    const rows = (born: string, count = 6) =>
      JSON.stringify(
        Array.from({ length: count }, (_, at) => {
          return { id: `p${at}`, name: 'Kim', [born]: '2013', mark: at === 0 ? 'x' : '' };
        }),
      );
    const told = async (since: Json, text: string) => {
      await write(file, text);
      return toldBy(layout, since);
    };
    const first = await told(null, rows('born'));
    assert.deepEqual(first.remarks, []);
    const renamed = await told(first.checkpoint, rows('birth').replace('"x"', '""'));
    const text = `${file}: no record has born any more, which most of the file before had`;
    assert.deepEqual(renamed.remarks, [`FILE_DRIFT ${text}`]);
    assert.deepEqual((await told(renamed.checkpoint, rows('birth'))).remarks, []);
    assert.deepEqual((await told(first.checkpoint, rows('birth', 2))).remarks, []);
  });

  it('are news only where they are others than those that were read', async () => {
    await write('pupils.csv');
    const { checkpoint } = await read(UNDATED);
    const news = (since: Json) => withSource(UNDATED, (source) => source.fingerprint(since));
    assert.notEqual(await news(null), null);
    assert.equal(await news(checkpoint), null);
    await write('pupils.csv', ROWS, '2026-09-02T00:00:00Z');
    assert.notEqual(await news(checkpoint), null);
  });
});
