import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { dateIn } from './calendar.ts';
import { scheduleTurns } from './turns.ts';

describe('turns', () => {
  it('come round at their times, never two at once, until they are stopped', async () => {
    let turns = 0;
    let underWay = 0;
    const second = Promise.withResolvers<void>();
    const schedule = scheduleTurns('* * * * * *', async () => {
      turns += 1;
      underWay += 1;
      assert.equal(underWay, 1);
      await sleep(1200);
      underWay -= 1;
      if (turns === 2) second.resolve();
    });
    await second.promise;
    schedule.stop();
    await sleep(1100);
    assert.equal(turns, 2);
  }).timeout(10_000);
});

describe('the date of an instant', () => {
  it('is the city’s, on both sides of midnight and of summer time', () => {
    const date = (text: string) => dateIn('Europe/Stockholm', Date.parse(text));
    assert.equal(date('2026-08-31T21:59:00Z'), '2026-08-31');
    assert.equal(date('2026-08-31T22:00:00Z'), '2026-09-01');
    assert.equal(date('2026-12-31T22:59:00Z'), '2026-12-31');
    assert.equal(date('2026-12-31T23:00:00Z'), '2027-01-01');
    assert.equal(date('2026-03-29T00:59:59Z'), '2026-03-29');
  });
});
