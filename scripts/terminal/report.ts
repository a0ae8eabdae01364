import type { SyncReport } from '../../core/control/control-bus.ts';
import type { Run } from '../../core/store/run-store.ts';
import { EXIT } from './exit-codes.ts';
import { formatTable } from './table.ts';

/** What a sync read, planned, delivered, held and failed, and how long it took. */
export function formatSync(report: SyncReport): string {
  const count = (run: Run, name: string) => run.counts[name] ?? 0;
  const intakes = report.intakes.map((run) => [
    run.subject,
    run.outcome,
    count(run, 'records'),
    count(run, 'changed'),
    count(run, 'removed'),
    count(run, 'quarantined') + count(run, 'invalid'),
    seconds(run),
  ]);
  const flows = report.flows.map((run) => [
    run.subject,
    run.outcome,
    count(run, 'create') + count(run, 'update') + count(run, 'delete'),
    count(run, 'delivered') + count(run, 'removed'),
    count(run, 'parked'),
    count(run, 'blocked'),
    count(run, 'failed'),
    count(run, 'healed'),
    seconds(run),
  ]);
  const troubled = [...report.intakes, ...report.flows].filter((run) => run.trouble !== null);
  return [
    formatTable(
      ['source', 'outcome', 'read', 'changed', 'removed', 'bad records', 'time'],
      intakes,
    ),
    '',
    formatTable(
      ['flow', 'outcome', 'planned', 'delivered', 'parked', 'blocked', 'failed', 'healed', 'time'],
      flows,
    ),
    ...troubled.map(
      (run) =>
        `\n${run.subject}: ${run.trouble?.code} ${run.trouble?.text}\n  ${run.trouble?.hint}`,
    ),
    '',
    `Done in ${(report.elapsedMs / 1000).toFixed(1)} s.`,
  ].join('\n');
}

function seconds({ startedAt, endedAt }: Run): string {
  return `${(((endedAt ?? startedAt) - startedAt) / 1000).toFixed(1)} s`;
}

/** The exit code that a sync deserves. */
export function exitCodeOf(report: SyncReport): number {
  const runs = [...report.intakes, ...report.flows];
  if (runs.some((run) => run.outcome === 'failed')) return EXIT.failed;
  if (runs.some((run) => run.outcome === 'held')) return EXIT.held;
  const failed = runs.some((run) => (run.counts['failed'] ?? 0) + (run.counts['blocked'] ?? 0) > 0);
  return failed ? EXIT.failed : EXIT.done;
}
