import assert from 'node:assert/strict';
import { inEnglish } from '../failure/saying.ts';
import { wallClockIn } from './calendar.ts';
import { cronFault, latestTurn, nextTurn } from './cron.ts';

const MINUTE_MS = 60_000;

/** The turns that a clock meets which is looked at every minute, with the instants of them. */
function turnsBetween(expression: string, from: string, to: string): readonly string[] {
  const found: string[] = [];
  let last = latestTurn(expression, wallClockIn('Europe/Stockholm', Date.parse(from))) ?? '';
  for (let at = Date.parse(from); at <= Date.parse(to); at += MINUTE_MS) {
    const turn = latestTurn(expression, wallClockIn('Europe/Stockholm', at)) ?? '';
    if (turn <= last) continue;
    last = turn;
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

describe('the latest turn of a schedule', () => {
  it('is the last time at or before the clock on the wall', () => {
    assert.equal(latestTurn('15 2 * * *', '2026-09-01T02:15'), '2026-09-01T02:15');
    assert.equal(latestTurn('15 2 * * *', '2026-09-01T02:14'), '2026-08-31T02:15');
    assert.equal(latestTurn('*/20 6-18 * * 1-5', '2026-09-06T12:00'), '2026-09-04T18:40');
    assert.equal(latestTurn('0 4 29 2 *', '2026-09-01T00:00'), '2024-02-29T04:00');
    assert.equal(latestTurn('0 4 31 2 *', '2026-09-01T00:00'), null);
  });

  it('takes either of day and weekday where both are limited, and 7 for Sunday', () => {
    assert.equal(latestTurn('0 1 13 * 5', '2026-09-12T00:00'), '2026-09-11T01:00');
    assert.equal(latestTurn('0 1 13 * 5', '2026-09-13T02:00'), '2026-09-13T01:00');
    assert.equal(latestTurn('0 1 * * 7', '2026-09-08T00:00'), '2026-09-06T01:00');
  });

  it('comes once in the night when summer time ends, in the hour that comes twice', () => {
    const turns = turnsBetween('30 2 * * *', '2026-10-24T20:00Z', '2026-10-25T20:00Z');
    assert.deepEqual(turns, ['2026-10-25T00:30']);
  });

  it('comes once in the night when summer time begins, though its hour does not exist', () => {
    const turns = turnsBetween('30 2 * * *', '2026-03-28T20:00Z', '2026-03-29T20:00Z');
    assert.deepEqual(turns, ['2026-03-29T01:00']);
  });
});

describe('the next turn', () => {
  it('is the first after a time on the wall, and none where none ever comes', () => {
    assert.equal(nextTurn('15 2 * * *', '2026-09-01T02:14'), '2026-09-01T02:15');
    assert.equal(nextTurn('15 2 * * *', '2026-09-01T02:15'), '2026-09-02T02:15');
    assert.equal(nextTurn('*/20 6-18 * * 1-5', '2026-09-04T18:40'), '2026-09-07T06:00');
    assert.equal(nextTurn('0 4 29 2 *', '2026-09-01T00:00'), '2028-02-29T04:00');
    assert.equal(nextTurn('0 4 31 2 *', '2026-09-01T00:00'), null);
  });
});

describe('a cron expression', () => {
  it('is refused where a field cannot be meant', () => {
    for (const good of ['0 2 * * *', '*/5 0-23/2 1,15 * 1-5']) assert.equal(cronFault(good), null);
    for (const bad of ['0 2 * *', '60 2 * * *', '0 2 * * mon', '5-1 * * * *', '*/0 * * * *']) {
      assert.notEqual(cronFault(bad), null, bad);
    }
    assert.equal(inEnglish(cronFault('0 2 31 2 *') ?? ''), 'no such day ever comes');
    for (const good of ['0 2 29 2 *', '0 2 31 2 1']) assert.equal(cronFault(good), null);
  });
});
