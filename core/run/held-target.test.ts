import assert from 'node:assert/strict';
import type { Target } from '../flow/target.ts';
import type { FlowContext } from './flow-task.ts';
import { refuseHeldTarget } from './held-target.ts';

describe('a target that waits for a person', () => {
  for (const [kept, told] of [
    ['CONFIG_INVALID', 'CONFIG_INVALID'],
    ['CREDENTIALS', 'CREDENTIALS'],
    ['OF_AN_OLDER_VERSION', 'CREDENTIALS'],
  ] as const) {
    it(`says each night why it waits, not that our credentials are refused: ${kept}`, async () => {
      const runs = { holds: async () => [{ createdAt: 0, reasons: [{ code: kept }] }] };
      // SAFETY: of both nothing else is looked at.
      const context = { store: { runs }, dateOf: () => '2026-09-01' } as unknown as FlowContext;
      const target = { name: 'identity:scim' } as Target;
      await assert.rejects(refuseHeldTarget(target, context), { code: told, recovery: 'hold' });
    });
  }
});
