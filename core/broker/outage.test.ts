import assert from 'node:assert/strict';
import { waitOut } from '../dispatch/wait-out.ts';
import { TransientFailure } from '../failure/failure.ts';
import type { Json } from '../message/message.ts';
import { askBroker, knownOutage } from './outage.ts';

const OUT = new TransientFailure('BROKER_OUT', 'refused');

describe('an outage of the broker', () => {
  let values: Map<string, Json>;
  let now: number;
  const noting = () => ({
    store: {
      getValue: async (name: string) => values.get(name) ?? null,
      putValue: async (name: string, value: Json) => void values.set(name, value),
    },
    now: () => now,
  });
  beforeEach(() => {
    values = new Map();
    now = 1000;
  });

  it('is known since it was noticed first, until the broker is reached again', async () => {
    const out = { reach: () => Promise.reject(OUT) };
    assert.equal((await askBroker(out, noting()))?.since, 1000);
    now = 2000;
    assert.equal((await askBroker(out, noting()))?.since, 1000);
    assert.equal((await knownOutage(noting().store))?.problem.code, 'BROKER_OUT');
    assert.equal(await askBroker({ reach: async () => undefined }, noting()), null);
    assert.equal(await knownOutage(noting().store), null);
  });

  it('is told while a run waits for the broker, and no more once the run goes on', async () => {
    const told: (number | undefined)[] = [];
    const { store, now: clock } = noting();
    const log = { warn: () => undefined };
    const { signal } = new AbortController();
    const sleep = async (ms: number) => {
      now += ms;
      told.push((await knownOutage(store))?.since);
    };
    const context = { store, now: clock, patienceMs: 60_000, log, sleep, signal } as never;
    let attempts = 0;
    await waitOut({ name: 'lms:itslearning' } as never, context, async () => {
      attempts += 1;
      if (attempts < 3) throw OUT;
      return null;
    });
    assert.deepEqual([told, await knownOutage(store)], [[1000, 1000], null]);
  });
});
