import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHold } from '../guard/holds.ts';
import type { Engine } from '../run/engine.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { decideHolds } from './decide-holds.ts';

describe('a hold that needs two persons', () => {
  it('loses no word when both approve at once, each from a process of its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skolnav-holds-'));
    const file = join(folder, 'skolnav.db');
    const stores = [await openSqliteStore({ file }), await openSqliteStore({ file })] as const;
    const subject = 'flow lms';
    const held = { subject, run: 'run-1', reasons: [], digest: 'd', counts: {}, needs: 2 } as const;
    await openHold(stores[0], held, 1);
    const [hold] = await stores[0].runs.holds({});
    const approve = (store: (typeof stores)[number], who: string) => {
      // SAFETY: deciding takes the store and the clock of an engine, and nothing else.
      const engine = { store, now: () => 2 } as unknown as Engine;
      const decision = { approve: true, who, reason: 'right', units: null };
      return decideHolds(engine, [hold?.id ?? ''], decision);
    };
    await Promise.all([approve(stores[0], 'Kim'), approve(stores[1], 'Alex')]);
    const [after] = await stores[0].runs.holds({});
    assert.deepEqual(after?.approvals.map(({ who }) => who).sort(), ['Alex', 'Kim']);
    assert.equal(after?.state, 'approved');
    for (const store of stores) await store.close();
    await rm(folder, { recursive: true });
  });
});
