import assert from 'node:assert/strict';
import type { Guards } from './limits.ts';
import { type GuardedCounts, judgePlan } from './plan-guard.ts';

const GUARDS: Guards = {
  ...{ maxCreate: 1, maxDelete: 0.02, maxUpdate: 0.2, minimum: 10, approvals: 1, windows: [] },
  perUnit: { maxCreate: 1, maxDelete: 0.2, maxUpdate: 1 },
};
const QUIET = { create: 3, update: 20, delete: 1 };

/** One school of 10,000 users, on a day whose runs are usually quiet. */
function judge(counts: Partial<GuardedCounts>, runs = 5, guards = GUARDS) {
  const kinds = new Map([['User', { create: 0, update: 0, delete: 0, held: 10_000, ...counts }]]);
  return judgePlan(
    {
      ...{ target: 'identity:scim', today: '2026-09-01', nameOf: (unit: string) => unit },
      units: new Map([['oak', { kinds }]]),
      without: (units) => (units.has('oak') ? new Map() : kinds),
      history: Array.from({ length: runs }, () => QUIET),
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
    assert.match(reasons[0]?.text ?? '', /update 1100; runs of this weekday usually update 20/);
    assert.deepEqual([...withheld], ['oak']);
    assert.deepEqual(judge({ update: 900 }).reasons, [], 'less than half the limit');
  });

  it('knows no habit from three runs', () => {
    assert.deepEqual(judge({ update: 1100 }, 3).reasons, []);
  });

  it('holds at the limit whatever the habit is', () => {
    assert.match(judge({ delete: 201 }, 0).reasons[0]?.text ?? '', /maxDelete allows 2 %/);
    assert.deepEqual(judge({ delete: 200 }, 0).reasons, []);
  });

  it('leaves all of it to a window while that is open', () => {
    const window = { from: '2026-09-01', to: '2026-09-01', reason: 'a new school year' };
    const lifted = { ...window, maxCreate: 100, maxDelete: 0.5, maxUpdate: 1 };
    const guards = { ...GUARDS, windows: [lifted] };
    assert.deepEqual(judge({ update: 9000, delete: 4000 }, 5, guards).reasons, []);
    assert.match(judge({ delete: 5001 }, 5, guards).reasons[0]?.text ?? '', /allows 50 %/);
  });
});
