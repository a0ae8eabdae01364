import type { OnProgress, Progress } from '../../core/control/control-bus.ts';
import type { Screen } from './terminal.ts';

const WIDTH = 24;
const REDRAW_MS = 100;

/**
 * Shows progress: a bar that is drawn over itself on a terminal, elsewhere one plain line
 * when a step has ended. Personal data never come here: steps and counts only.
 */
export function showProgress(to: Screen): OnProgress {
  let drawnAt = 0;
  const startedAt = new Map<string, number>();
  return (progress) => {
    const now = Date.now();
    if (!startedAt.has(progress.step)) startedAt.set(progress.step, now);
    const seconds = (now - (startedAt.get(progress.step) ?? now)) / 1000;
    if (progress.ended) startedAt.delete(progress.step);
    if (to.isTTY !== true) {
      if (progress.ended) to.write(`${line(progress, seconds)}\n`);
      return;
    }
    if (!progress.ended && now - drawnAt < REDRAW_MS) return;
    drawnAt = now;
    to.write(`\r\u001b[2K${line(progress, seconds)}${progress.ended ? '\n' : ''}`);
  };
}

function line({ step, done, total, ended }: Progress, seconds: number): string {
  const share = ended ? 1 : total === null || total === 0 ? null : Math.min(1, done / total);
  const bar =
    share === null ? '.'.repeat(WIDTH) : '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
  const count = total === null || ended ? String(done) : `${done} of ${total}`;
  return `${step.padEnd(24)} [${bar}] ${count.padStart(9)}  ${seconds.toFixed(1)} s`;
}
