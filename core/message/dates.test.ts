import assert from 'node:assert/strict';
import fc from 'fast-check';
import { daysAfter, daysBetween, FOREVER, isDate, isOpenEnd } from './dates.ts';

const day = fc
  .date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const days = fc.oneof(fc.integer({ min: -4000, max: 4000 }), fc.maxSafeInteger());

describe('sums of dates and days', () => {
  it('never leave the calendar, and keep its order', () => {
    fc.assert(
      fc.property(day, days, (date, add) => {
        const sum = daysAfter(date, add);
        assert.ok(isDate(sum), sum);
        assert.ok(add < 0 ? sum <= date : sum >= date, `${date} + ${add} is ${sum}`);
      }),
    );
  });

  it('come back from where they went, and are so many days apart', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 4000 }), (date, add) => {
        const sum = daysAfter(date, add);
        if (sum === FOREVER) return;
        assert.equal(daysAfter(sum, -add), date);
        assert.equal(daysBetween(date, sum), add);
      }),
    );
  });

  it('end with the last day there is', () => {
    assert.equal(daysAfter(FOREVER, 1), FOREVER);
    assert.equal(daysAfter('9999-12-30', 1), FOREVER);
    assert.equal(daysAfter('0000-01-01', -1), '0000-01-01');
  });

  it('are none of what is no date', () => {
    for (const text of ['', '0', '2026-02-30', '2026-13-01', '10000-01-01', '2026-9-1']) {
      assert.equal(daysAfter(text, 1), '', text);
      assert.ok(Number.isNaN(daysBetween(text, '2026-09-01')), text);
    }
  });
});

describe('a last day', () => {
  it('that registers write for none is an open end, and no other is', () => {
    for (const text of ['9999-12-31', '2999-12-31', '9999-12-31T23:59:59', '0', '00000000'])
      assert.equal(isOpenEnd(text), true, text);
    for (const text of ['0000-00-00', '00.00.0000', '00/00/0000 00:00'])
      assert.equal(isOpenEnd(text), true, text);
    for (const text of ['99999999', '9999-99-99', '99.99.9999'])
      assert.equal(isOpenEnd(text), true, text);
    for (const text of [
      '2027-06-11',
      '99',
      '990909',
      '2099-12-31',
      '',
      '1',
      '0001-01-01',
      '20270611',
    ])
      assert.equal(isOpenEnd(text), false, text);
  });
});
