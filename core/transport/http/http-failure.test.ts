import assert from 'node:assert/strict';
import type { Json } from '../../message/message.ts';
import { failureOfStatus, refusalInside } from './http-failure.ts';

const of = (status: number, headers: Record<string, string> = {}) =>
  failureOfStatus({ status, headers: new Headers(headers), text: '' }, 'make a person');

describe('what an answer means that is no success', () => {
  for (const [what, code, recovery, statuses] of [
    ['who must be let in by a person', 'CREDENTIALS', 'hold', [401, 403, 407]],
    ['what passes by itself', 'TARGET_BUSY', 'retry', [412, 423, 424, 425, 429, 503]],
    ['what is broken over there', 'TARGET_BROKEN', 'retry', [500, 502, 504, 507, 520]],
    ['what leads elsewhere', 'TARGET_ANSWER_UNREADABLE', 'retry', [301, 302, 307, 308]],
    ['a success of which a part is none', 'TARGET_ANSWER_UNREADABLE', 'retry', [206, 207]],
    ['what is refused', 'TARGET_REFUSED', 'dead-letter', [400, 402, 409, 413, 422, 451]],
  ] as const) {
    it(`tells ${what}: ${statuses.join(', ')}`, () => {
      for (const status of statuses) {
        const failure = of(status);
        assert.deepEqual([status, failure.code, failure.recovery], [status, code, recovery]);
      }
    });
  }

  it('waits for whoever says when to come again, whatever the status', () => {
    for (const status of [400, 403, 409, 423]) {
      const { code, retryAfterMs } = of(status, { 'retry-after': '7' });
      assert.deepEqual([code, retryAfterMs], ['TARGET_BUSY', 7000], String(status));
    }
    assert.equal(of(401, { 'retry-after': '7' }).recovery, 'hold', 'not where nobody is let in');
  });
});

describe('a success that says inside that it is none', () => {
  for (const [body, status, detail] of [
    [{ error: 'no such class' }, 400, 'no such class'],
    [
      { error: { code: 'Forbidden', message: 'not yours', status: 403 } },
      403,
      'Forbidden: not yours',
    ],
    [
      { errors: [{ message: 'name too long' }, { message: 'no role' }] },
      400,
      'name too long; no role',
    ],
    [{ success: false, message: 'try later' }, 400, 'try later'],
    [{ ok: false }, 400, ''],
    [{ status: 503, title: 'Busy' }, 503, 'Busy'],
    [{ statusCode: '429', message: 'slow down' }, 429, 'slow down'],
  ] as const) {
    it(`is found: ${JSON.stringify(body)}`, () => {
      assert.deepEqual(refusalInside(body), { status, detail });
    });
  }

  it('is nothing that an object may hold', () => {
    const bodies: readonly Json[] = [
      null,
      'error',
      [],
      { id: '1', error: null, errors: [], success: true, status: 'active', code: 404 },
      { status: 401, givenName: 'Kim' },
      { title: 'Teacher', status: 'active' },
    ];
    for (const body of bodies) assert.equal(refusalInside(body), null, JSON.stringify(body));
    const own = { error: 'a field of ours' };
    assert.equal(refusalInside({ id: '1', ...own }, own), null);
  });
});
