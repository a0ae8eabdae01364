import assert from 'node:assert/strict';
import type { Message } from '../core/control/control-bus.ts';
import { lineOf, momentsOf } from './attempts.ts';
import { languageFor } from './language.ts';

const PROBLEM = { code: 'TIMEOUT', text: 'late', hint: 'wait', place: null };
const MESSAGE: Message = {
  ...{ id: 'm1', type: 'deliver', target: 'lms:scim', objectKind: 'User', key: 'kim@x.example' },
  ...{ origin: { kind: 'person', id: 'p1' }, action: 'create', rank: 0, inDoubt: false },
  ...{ state: 'retrying', attempts: 3, notBefore: 400, problem: PROBLEM, run: 'run-7' },
  ...{ createdAt: 100, updatedAt: 300 },
};
const english = languageFor('en', '', 'Europe/Stockholm');

describe('the attempts of a message', () => {
  it('are told in the order of time: who planned it, the last answer, and until when it waits', () => {
    const moments = momentsOf(english, MESSAGE);
    const said = moments.map(({ at, text }) => `${at} ${text}`);
    const last = '300 3 attempts so far; the last answer was TIMEOUT';
    assert.deepEqual(said, ['100 planned by run run-7', last, '400 the next attempt']);
    assert.ok(!said.join().includes('kim'), 'nobody is named');
    const failed = momentsOf(english, { ...MESSAGE, state: 'failed' });
    assert.equal(failed.length, 2, 'what has failed for good is not tried by itself');
    assert.equal(momentsOf(english, { ...MESSAGE, state: 'waiting', attempts: 0 }).length, 1);
  });

  it('are drawn as far apart as they were, also where all was at once', () => {
    const places = (moments: ReturnType<typeof momentsOf>) =>
      [...String(lineOf(moments, 'x')).matchAll(/cx="([\d.]+)"/g)].map(([, place]) =>
        Number(place),
      );
    const [first = 0, second = 0, third = 0] = places(momentsOf(english, MESSAGE));
    assert.ok(Math.abs((second - first) / (third - first) - 2 / 3) < 0.01);
    const atOnce = places(momentsOf(english, { ...MESSAGE, updatedAt: 100, notBefore: 100 }));
    assert.equal(new Set(atOnce).size, 1);
  });
});
