import assert from 'node:assert/strict';
import type { Run } from '../store/run-store.ts';
import { weekdayHabit } from './weekday-habit.ts';

const TARGET = 'identity:scim';

function run(at: string, update: number, target = TARGET): Run {
  const changes = { create: 0, update, delete: 0, replace: 0 };
  return {
    ...{ id: at, type: 'flow', subject: 'identity', endedAt: null, outcome: 'done' },
    ...{ startedAt: Date.parse(at), counts: {}, problem: null },
    planned: { target, kinds: { User: changes } },
  };
}

describe('the habit of a weekday', () => {
  const habit = (runs: readonly Run[]) =>
    weekdayHabit(runs, TARGET, '2026-09-15', (at) => new Date(at).toISOString().slice(0, 10)).map(
      (day) => day['User']?.update,
    );

  it('is what earlier days of the same weekday changed at most, the newest first', () => {
    const runs = [
      ...[run('2026-09-15T01:00Z', 900), run('2026-09-14T01:00Z', 800)],
      ...[run('2026-09-08T13:00Z', 2), run('2026-09-08T01:00Z', 50), run('2026-09-01T01:00Z', 40)],
    ];
    assert.deepEqual(habit(runs), [50, 40]);
  });

  it('is that of the same target: another vendor’s first night is no habit', () => {
    assert.deepEqual(habit([run('2026-09-08T01:00Z', 5000, 'identity:other')]), []);
  });
});
