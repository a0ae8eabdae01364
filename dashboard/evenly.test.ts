import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { evenly, LEAST_MS } from './evenly.ts';
import { html } from './html.ts';
import { type Answer, type Ask, type House, page } from './route.ts';

/** How long an answer is waited for that takes so long to be found, in milliseconds. */
async function took(answer: Answer, workMs: number): Promise<number> {
  const told = evenly(async () => {
    await sleep(workMs);
    return answer;
  });
  const begunAt = performance.now();
  // SAFETY: the answer looks at neither.
  assert.equal(await told({} as Ask, {} as House), answer);
  return performance.now() - begunAt;
}

describe('the answer that nobody was found', () => {
  it('comes as late where nothing was to be looked at as where somebody is kept from the reader', async () => {
    const nobody = page('Person', html``, 404);
    for (const workMs of [0, 20]) assert.ok((await took(nobody, workMs)) >= LEAST_MS, `${workMs}`);
    assert.ok((await took({ kind: 'missing' }, 0)) >= LEAST_MS);
  });

  it('is the only one that waits', async () => {
    const times = [];
    for (let time = 0; time < 5; time++) times.push(await took(page('Person', html``), 0));
    assert.ok(Math.min(...times) < 40);
  });
});
