import assert from 'node:assert/strict';
import type { Guards } from '../config/rules/guards.ts';
import { alwaysPasses, type DayCounts, type GuardedCounts, judgePlan } from './plan-guard.ts';

const GUARDS: Guards = {
  ...{ maxCreate: 1, maxDelete: 0.02, maxUpdate: 0.2, maxReplace: 0.02 },
  ...{ minimum: 10, approvals: 1, windows: [] },
  perUnit: { maxCreate: 1, maxDelete: 0.2, maxUpdate: 1, maxReplace: 0.2, minimum: 10 },
};
const QUIET = { User: { create: 3, update: 20, delete: 1, replace: 0 } };

const days = (count: number) => Array.from({ length: count }, () => QUIET);

/** One school of 10,000 users, on a day whose runs are usually quiet. */
function judge(
  counts: Partial<GuardedCounts>,
  history: readonly DayCounts[] = days(5),
  guards = GUARDS,
) {
  const nothing = { create: 0, update: 0, delete: 0, replace: 0 };
  const kinds = new Map([['User', { ...nothing, held: 10_000, ...counts }]]);
  return judgePlan(
    {
      ...{ target: 'identity:scim', today: '2026-09-01', nameOf: (unit: string) => unit },
      units: new Map([['oak', { kinds }]]),
      without: (units) => (units.has('oak') ? new Map() : kinds),
      history,
    },
    guards,
  );
}

describe('the guard of a plan', () => {
  it('lets a usual night pass', () => {
    assert.deepEqual(judge({ update: 150 }).reasons, []);
  });

  it('holds what is far beyond the weekday’s habit, before the limit is reached', () => {
    const { reasons, withheld } = judge({ update: 1100 });
    assert.match(
      reasons[0]?.text ?? '',
      /update 1100 User; runs of this weekday usually update 20/,
    );
    assert.deepEqual([...withheld], ['oak']);
    assert.deepEqual(judge({ update: 900 }).reasons, [], 'less than half the limit');
  });

  it('lets much pass where it is usual and holds it where it is not, as no limit could', () => {
    const busy = { User: { create: 3, update: 1900, delete: 1, replace: 0 } };
    const mondays = Array.from({ length: 5 }, () => busy);
    assert.deepEqual(judge({ update: 1900 }, mondays).reasons, []);
    assert.match(judge({ update: 1900 }, days(5)).reasons[0]?.text ?? '', /usually update 20/);
  });

  it('lets a handful of changes of each kind pass, and asks for no habit', () => {
    const counts = { create: 10, update: 10, delete: 10, replace: 10, held: 12 };
    const kinds = (more: Partial<GuardedCounts>) =>
      new Map([
        ['User', counts],
        ['Group', { ...counts, ...more }],
      ]);
    assert.ok(alwaysPasses(kinds({}), GUARDS));
    for (const verb of ['create', 'update', 'delete', 'replace']) {
      assert.ok(!alwaysPasses(kinds({ [verb]: 11 }), GUARDS), verb);
    }
  });

  it('knows no habit from three days', () => {
    assert.deepEqual(judge({ update: 1100 }, days(3)).reasons, []);
  });

  it('holds at the limit whatever the habit is', () => {
    assert.match(judge({ delete: 201 }, days(0)).reasons[0]?.text ?? '', /maxDelete allows 2 %/);
    assert.deepEqual(judge({ delete: 200 }, days(0)).reasons, []);
  });

  it('calls as many out as in a replacement, with a limit of its own', () => {
    const lenient = { ...GUARDS, maxDelete: 1 };
    const { reasons } = judge({ create: 500, delete: 500, replace: 500 }, days(0), lenient);
    assert.deepEqual(
      reasons.map(({ text }) => text),
      [
        'identity:scim: the plan would replace 500 of 10000 User (5 %), 500 out and 500 in; ' +
          'maxReplace allows 2 %',
      ],
    );
    assert.deepEqual(judge({ replace: 200 }, days(0), lenient).reasons, []);
  });

  it('knows the habit of each kind by itself', () => {
    const busy = { Group: { create: 0, update: 5000, delete: 0, replace: 0 } };
    const history = Array.from({ length: 5 }, () => ({ ...QUIET, ...busy }));
    assert.match(judge({ update: 1100 }, history).reasons[0]?.text ?? '', /usually update 20/);
  });

  it('leaves all of it to a window while that is open', () => {
    const window = { from: '2026-09-01', to: '2026-09-01', reason: 'a new school year' };
    const lifted = { ...window, maxCreate: 100, maxDelete: 0.5, maxUpdate: 1, maxReplace: 1 };
    const guards = { ...GUARDS, windows: [lifted] };
    assert.deepEqual(judge({ update: 9000, delete: 4000 }, days(5), guards).reasons, []);
    assert.match(judge({ delete: 5001 }, days(5), guards).reasons[0]?.text ?? '', /allows 50 %/);
  });
});
