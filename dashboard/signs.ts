import type { FlowOutcome, Run } from '../core/control/control-bus.ts';

/** How something goes, as a page shows it: a sign and a word, and a colour beside them. */
export type Sign = 'good' | 'wait' | 'bad';

export const SIGNS: Readonly<Record<Sign, string>> = { good: '✓', wait: '…', bad: '✕' };

/** Of how a run ended, or that it has not. */
export const SIGN_OF: Readonly<Record<Run['outcome'], Sign>> = {
  running: 'wait',
  done: 'good',
  held: 'wait',
  failed: 'bad',
};

/** Of a flow: what is open now counts as well, whatever its last run left behind. */
export function signOfFlow({ run, failed, waiting }: FlowOutcome): Sign {
  if (run?.outcome === 'failed' || failed > 0) return 'bad';
  return run?.outcome === 'done' && waiting === 0 ? 'good' : 'wait';
}
