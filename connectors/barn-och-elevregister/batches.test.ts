import assert from 'node:assert/strict';
import { readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RegisterNights } from '../../test/contract/register-nights.ts';

describe('which batches of the register are read', () => {
  let nights: RegisterNights;
  let folder: string;

  beforeEach(async () => {
    nights = await RegisterNights.open();
    folder = nights.folder;
    await send('ber-20260901', '2026-09-01T02:00');
    await night('2026-09-01T03:00');
  });
  afterEach(() => nights.close());

  const send = (...about: Parameters<RegisterNights['send']>) => nights.send(...about);
  const delta = (...about: Parameters<RegisterNights['delta']>) => nights.delta(...about);
  const night = (time: string) => nights.night(time);
  const left = () => nights.left();

  it('all that lie there are, in the order of their moments, each by itself', async () => {
    await delta('ber-20260901T0500-delta', '2026-09-01T04:00', '2026-09-01T05:00');
    await delta('ber-20260901T0300-delta', '2026-09-01T02:00', '2026-09-01T03:00');
    await delta('ber-20260901T0400-delta', '2026-09-01T03:00', '2026-09-01T04:00');
    const hours = ['03', '04', '05'].map((hour) => `ber-20260901T${hour}00-delta`);
    const first = await night('2026-09-01T05:10');
    assert.deepEqual(first, { read: hours, failure: null, unread: [] });
    const again = await night('2026-09-01T05:20');
    assert.deepEqual(again, { read: [], failure: null, unread: [] });
    assert.deepEqual(await left(), []);
  });

  it('a newer full one stands for what lies beside it and was made before', async () => {
    await delta('ber-20260902T0100-delta', '2026-09-01T02:00', '2026-09-02T01:00');
    await send('ber-20260902', '2026-09-02T02:00');
    await send('ber-20260903', '2026-09-03T02:00');
    await delta('ber-20260903T0300-delta', '2026-09-03T02:00', '2026-09-03T03:00');
    const { read, unread } = await night('2026-09-03T03:10');
    assert.deepEqual(read, ['ber-20260903', 'ber-20260903T0300-delta']);
    assert.deepEqual([unread, await left()], [[], []]);
  });

  it('a full one that is damaged is told, and keeps nobody from reading the deltas', async () => {
    await delta('ber-20260902T0100-delta', '2026-09-01T02:00', '2026-09-02T01:00');
    await send('ber-20260902', '2026-09-02T02:00');
    await truncate(join(folder, 'ber-20260902-konto.csv'), 10);
    const { read, failure, unread } = await night('2026-09-02T03:00');
    assert.deepEqual([read, unread], [['ber-20260902T0100-delta'], []]);
    assert.match(failure ?? '', /^FILE_DAMAGED: ber-20260902-konto.csv has 10 bytes/);
    await send('ber-20260902', '2026-09-02T02:00');
    const next = await night('2026-09-02T03:10');
    assert.deepEqual([next.read, next.failure, await left()], [['ber-20260902'], null, []]);
  });

  it('what waits behind a delta that is missing is named', async () => {
    await delta('ber-20260901T0500-delta', '2026-09-01T04:00', '2026-09-01T05:00');
    await delta('ber-20260901T0600-delta', '2026-09-01T05:00', '2026-09-01T06:00');
    const { read, failure, unread } = await night('2026-09-01T06:10');
    assert.deepEqual(read, []);
    assert.match(failure ?? '', /^FILE_MISSING: ber-20260901T0500-delta does not begin where/);
    assert.deepEqual(unread, [
      'ber-20260901T0600-delta.done waits: what comes before it has not been taken in',
    ]);
    await delta('ber-20260901T0400-delta', '2026-09-01T02:00', '2026-09-01T04:00');
    const resolved = await night('2026-09-01T06:20');
    assert.deepEqual([resolved.read.length, resolved.unread, await left()], [3, [], []]);
  });

  it('what waits is given each by itself, without what was read, and the damaged one fails', async () => {
    await delta('ber-20260901T0500-delta', '2026-09-01T04:00', '2026-09-01T05:00');
    await send('ber-20260901T0600-delta', '2026-09-01T06:00', {
      rows: { konto: ['1;p1;p1@skola.example;;Elev'] },
    });
    await delta('ber-20260901T0700-delta', '2026-09-01T06:00', '2026-09-01T07:00');
    await truncate(join(folder, 'ber-20260901T0600-delta-konto.csv'), 10);
    const behindGap = await nights.waiting('2026-09-01T07:10');
    assert.deepEqual(behindGap, ['09-01T03:00', 'FILE_DAMAGED', '09-01T05:00']);
    await send('ber-20260902', '2026-09-02T02:00');
    await delta('ber-20260902T0300-delta', '2026-09-02T02:00', '2026-09-02T03:00');
    const behindFull = await nights.waiting('2026-09-02T03:10');
    assert.deepEqual(behindFull, [...behindGap, '09-02T01:00'], 'the full one was read');
  });

  const WRONG_CLOCKS = [
    ['ber-20270902', '2026-09-02T02:00', 'its name is dated 2027-09-02, which is to come'],
    ['ber-20260902', '2027-09-02T02:00', 'its XML file is dated 2027-09-02, which is to come'],
    ['ber-20270902', '2027-09-02T02:00', 'its name is dated 2027-09-02, which is to come'],
    ['ber-20261002', '2026-10-02T02:00', 'its name is dated 2026-10-02, which is to come'],
    ['ber-20260931', '2026-09-02T02:00', 'what its name has in the place of the date is no date'],
  ] as const;
  for (const [name, made, why] of WRONG_CLOCKS) {
    it(`${name}, made ${made}, is refused by its name, and what comes after it is read`, async () => {
      await send(name, made);
      const { read, failure, unread } = await night('2026-09-02T03:00');
      const text = `${name}.done: ${why}`;
      assert.deepEqual([read, failure, unread], [[], `FILE_UNREAD: ${text}`, [text]]);
      assert.deepEqual(await left(), [`${name}.done`]);
      await delta('ber-20260902T0400-delta', '2026-09-01T02:00', '2026-09-02T01:30');
      const between = await night('2026-09-02T04:10');
      assert.deepEqual(between.read, ['ber-20260902T0400-delta']);
      assert.deepEqual(between.unread, [text]);
      await send('ber-20260903', '2026-09-03T02:00');
      assert.deepEqual((await night('2026-09-03T03:00')).read, ['ber-20260903']);
    });
  }

  it('one whose clock is some hours ahead is, and what comes after it is no older for it', async () => {
    await delta('ber-20260901T2300-delta', '2026-09-01T02:00', '2026-09-01T23:00');
    await night('2026-09-01T09:00');
    await send('ber-20260901T1000-delta', '2026-09-01T10:00');
    const { read, unread } = await night('2026-09-01T10:05');
    assert.deepEqual([read, unread], [['ber-20260901T1000-delta'], []]);
  });

  it('a delta whose marker is being written still waits for the rest of it', async () => {
    const [name, made] = ['ber-20260901T0300-delta', '2026-09-01T03:00'];
    await send(name, made, { rows: { konto: ['1;p1;p1@skola.example;;Elev'] } });
    const marker = join(folder, `${name}.done`);
    const whole = await readFile(marker, 'utf8');
    await writeFile(marker, whole.slice(0, whole.indexOf('\n') + 1));
    const { read, failure } = await night('2026-09-01T03:10');
    const text = `FILE_MISSING: ${name}.done does not name ${name}-konto.csv`;
    assert.deepEqual([read, failure], [[], text]);
    await writeFile(marker, whole);
    assert.deepEqual((await night('2026-09-01T03:20')).read, [name]);
  });

  it('a name of an older day is no reason not to be: its moment decides', async () => {
    await send('ber-20260802', '2026-09-02T02:00', {
      rows: { konto: ['p1;p1@skola.example;;Elev'] },
    });
    const { read, unread } = await night('2026-09-02T03:00');
    assert.deepEqual([read, unread, await left()], [['ber-20260802'], [], []]);
  });

  it('what was made before what has been read is told, and stays where it lies', async () => {
    await send('ber-20260902', '2026-09-02T02:00');
    await night('2026-09-02T03:00');
    await send('ber-20260802T0300-delta', '2026-08-02T03:00');
    await send('ber-20260801', '2026-08-01T02:00', { rows: { program: ['a;b;c;d;e'] } });
    const { read, unread } = await night('2026-09-02T04:00');
    assert.deepEqual(read, []);
    assert.deepEqual(unread, [
      'ber-20260801 was made before ber-20260902, which has been read',
      'ber-20260802T0300-delta was made before ber-20260902, which has been read',
    ]);
    assert.deepEqual(await left(), ['ber-20260801.done', 'ber-20260802T0300-delta.done']);
  });

  it('the last one corrected is read; an older one corrected is told', async () => {
    const [three, four] = ['ber-20260901T0300-delta', 'ber-20260901T0400-delta'];
    await delta(three, '2026-09-01T02:00', '2026-09-01T03:00');
    await delta(four, '2026-09-01T03:00', '2026-09-01T04:00');
    await night('2026-09-01T04:10');
    const corrected = { rows: { konto: ['1;p1;p1@skola.example;;Elev'] } };
    await send(four, '2026-09-01T04:00', corrected);
    assert.deepEqual((await night('2026-09-01T04:20')).read, [four]);
    await send(three, '2026-09-01T03:00', corrected);
    const { read, unread } = await night('2026-09-01T04:30');
    assert.deepEqual(read, []);
    assert.deepEqual(unread, [`${three} was made before ${four}, which has been read`]);
  });

  it('files without their marker and under names of no batch are told, unless they just came', async () => {
    const long = ['ber-20260902.xml', 'ber-20260902-konto.csv', 'BER_20260902.xml'];
    for (const name of [...long, 'ber-20260903.xml', 'notes']) {
      await writeFile(join(folder, name), '');
      const isLong = long.includes(name);
      const at = Date.parse(`2026-09-02T0${isLong ? 1 : 3}:00:00+02:00`) / 1000;
      await utimes(join(folder, name), at, at);
    }
    const { unread } = await night('2026-09-02T03:05');
    assert.deepEqual(unread, [
      'BER_20260902.xml: its name is none of this interface, such as ber-YYYYMMDD.xml',
      'ber-20260902-konto.csv: no marker ber-20260902.done that names it is there',
    ]);
  });

  it('one that stays where it was read is read once, and what comes late beside it is told', async () => {
    nights.isArchiving = false;
    await send('ber-20260902', '2026-09-02T02:00');
    assert.deepEqual((await night('2026-09-02T03:00')).read, ['ber-20260902']);
    assert.deepEqual(await night('2026-09-02T03:10'), { read: [], failure: null, unread: [] });
    await send('ber-20260830', '2026-08-30T02:00', { rows: { program: ['a;b;c;d;e'] } });
    const { unread } = await night('2026-09-02T03:20');
    assert.deepEqual(unread, ['ber-20260830 was made before ber-20260902, which has been read']);
    await send('ber-20260903', '2026-09-03T02:00');
    assert.deepEqual(await night('2026-09-03T03:00'), {
      ...{ read: ['ber-20260903'], failure: null, unread: [] },
    });
  });

  it('what an older version took for the newest for ever is forgotten', async () => {
    const { batch, digest, full, fullDigest, content } = Object(nights.checkpoint);
    const until = Date.parse('2027-09-02T02:00:00+02:00');
    nights.checkpoint = { batch, digest, full, fullDigest, content, until };
    await send('ber-20260902', '2026-09-02T02:00');
    assert.deepEqual((await night('2026-09-02T03:00')).read, ['ber-20260902']);
  });
});
