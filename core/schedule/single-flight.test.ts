import assert from 'node:assert/strict';
import { singleFlight } from './single-flight.ts';

describe('collapsed work', () => {
  it('is done once more, however often it is asked for meanwhile, and never twice at once', async () => {
    const gates: PromiseWithResolvers<void>[] = [];
    const work = singleFlight(async () => {
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
    }, assert.ifError);
    work.ask();
    for (let ring = 0; ring < 1000; ring++) work.ask();
    assert.equal(gates.length, 1);
    gates[0]?.resolve();
    await new Promise(setImmediate);
    assert.equal(gates.length, 2);
    gates[1]?.resolve();
    await work.idle();
    assert.equal(gates.length, 2);
    work.ask();
    assert.equal(gates.length, 3);
  });

  it('tells what it has thrown, and can be asked for again', async () => {
    const thrown: unknown[] = [];
    const work = singleFlight(
      async () => {
        throw new Error(`no ${thrown.length}`);
      },
      (error) => thrown.push(error),
    );
    for (let time = 0; time < 2; time++) {
      work.ask();
      await work.idle();
    }
    assert.deepEqual(thrown.map(String), ['Error: no 0', 'Error: no 1']);
  });
});
