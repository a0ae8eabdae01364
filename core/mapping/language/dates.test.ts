import assert from 'node:assert/strict';
import fc from 'fast-check';
import { daysAfter, FOREVER } from '../../message/dates.ts';
import {
  isActive,
  isActiveOn,
  isNotEnded,
  isOfSchoolAge,
  isRecent,
  isWithin,
  judgedUntil,
  monthlyDays,
  wholeYears,
} from './dates.ts';

const BEGIN = '2026-08-01';
const LAST = 900;

const day = fc.integer({ min: -800, max: LAST }).map((days) => daysAfter(BEGIN, days));
/** What registers write where there is no last day, and what no calendar has. */
const open = fc.constantFrom('9999-12-31', '2999-12-31', '0', '0000-00-00', '00000000');
const item = fc.record(
  {
    startDate: day,
    endDate: fc.oneof({ weight: 4, arbitrary: day }, open),
    cancelled: fc.boolean(),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const judge = fc.oneof(
  fc.tuple(item, day).map(([one, on]) => (today: string) => {
    return monthlyDays(15, 3, today).some((each) => each <= on && isActiveOn(one, each));
  }),
  day.map((one) => (today: string) => isOfSchoolAge(daysAfter(one, -2500), today)),
  item.map((one) => (today: string) => isActive(one, today)),
  item.map((one) => (today: string) => isNotEnded(one, today)),
  fc
    .tuple(item, fc.oneof(fc.nat({ max: 400 }), fc.maxSafeNat()))
    .map(([one, days]) => (today: string) => {
      return isRecent(one, days, today);
    }),
  item.map(
    ({ startDate, endDate }) =>
      (today: string) =>
        isWithin(startDate, endDate, today),
  ),
  day.map((date) => (today: string) => wholeYears(date, today)),
);

describe('a judgement by dates', () => {
  it('stands until the day that is told with it, whatever else is judged', () => {
    const several = fc.array(judge, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(several, fc.nat({ max: LAST }), fc.nat({ max: LAST }), (judges, at, later) => {
        const today = daysAfter(BEGIN, at);
        const all = (on: string) => judges.map((one) => one(on));
        const { result, until } = judgedUntil(() => all(today));
        assert.ok(until > today, 'what is told is still to come');
        const other = daysAfter(today, later);
        if (other < until) assert.deepEqual(all(other), result);
      }),
      { numRuns: 2000 },
    );
  });

  it('is another on that very day, where one date alone decides', () => {
    const kim = { startDate: '2026-08-18', endDate: '2027-06-11' };
    for (const [today, until] of [
      ['2026-08-17', '2026-08-18'],
      ['2026-08-18', '2027-06-12'],
      ['2027-06-12', FOREVER],
    ] as const) {
      assert.equal(judgedUntil(() => isActive(kim, today)).until, until);
    }
    assert.equal(judgedUntil(() => isRecent(kim, 90, '2026-09-01')).until, '2027-09-10');
    assert.equal(judgedUntil(() => wholeYears('2009-03-01', '2027-02-28')).until, '2027-03-01');
    assert.equal(judgedUntil(() => wholeYears('2009-03-01', '2027-03-01')).until, '2028-03-01');
  });

  it('has no day where no date was asked for', () => {
    assert.equal(judgedUntil(() => 1).until, FOREVER);
    assert.equal(judgedUntil(() => isActive({}, BEGIN)).until, FOREVER);
  });

  it('never ends by a last day that stands for none, whatever the day and the grace', () => {
    fc.assert(
      fc.property(open, fc.nat({ max: 900_000 }), fc.maxSafeNat(), (endDate, at, days) => {
        const today = daysAfter('2026-01-01', at);
        assert.equal(isNotEnded({ endDate }, today), true);
        assert.equal(isRecent({ endDate }, days, today), true);
        assert.equal(isWithin(undefined, endDate, today), true);
        assert.equal(judgedUntil(() => isActive({ endDate }, today)).until, FOREVER);
      }),
    );
  });
});

describe('days of the month', () => {
  it('are the last that have come, over the turn of a year', () => {
    assert.deepEqual(monthlyDays(15, 3, '2026-02-15'), ['2026-02-15', '2026-01-15', '2025-12-15']);
    assert.deepEqual(monthlyDays(15, 2, '2026-01-14'), ['2025-12-15', '2025-11-15']);
  });
});

describe('the age at which a child has to go to school', () => {
  it('begins with the autumn term of the year of the sixth birthday, and lasts ten years', () => {
    assert.equal(isOfSchoolAge('2020-12-31', '2026-07-31'), false);
    assert.equal(isOfSchoolAge('2020-12-31', '2026-08-01'), true);
    assert.equal(isOfSchoolAge('2010-01-01', '2026-07-31'), true);
    assert.equal(isOfSchoolAge('2010-01-01', '2026-08-01'), false);
    assert.equal(isOfSchoolAge(null, '2026-08-01'), false);
  });
});
