import type { Command } from 'commander';
import { type Run, sayTime, tookMs } from '../../core/control/control-bus.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { atLeastOne } from '../terminal/whole-number.ts';
import { withRecords } from '../terminal/with-hub.ts';

const HEAD = ['id', 'started', 'took', 'type', 'subject', 'outcome', 'counts'];

/** `skolnav runs`: what ran lately, and how it ended. */
export function addRunsCommand(program: Command, terminal: Terminal): void {
  program
    .command('runs')
    .description('what ran lately, and how it ended')
    .option('--limit <n>', 'how many', atLeastOne, 20)
    .option('--json', 'machine-readable')
    .action(async (options: { limit: number; json?: boolean }, command: Command) => {
      await withRecords(terminal, command, async ({ records, timeZone }) => {
        const runs = await records.runs(options.limit);
        if (options.json === true) terminal.printJson(runs);
        else if (runs.length === 0) terminal.print('Nothing has run yet: skolnav sync');
        else {
          const rows = runs.map((run) => [
            run.id,
            sayTime(timeZone, run.startedAt),
            sayDuration(run),
            run.type,
            run.subject,
            `${run.outcome} ${run.problem?.code ?? ''}`.trimEnd(),
            Object.entries(run.counts)
              .filter(([, count]) => count > 0)
              .map(([name, count]) => `${name} ${count}`)
              .join(', '),
          ]);
          terminal.print(formatTable(HEAD, rows));
        }
        return EXIT.done;
      });
    });
}

function sayDuration(run: Run): string {
  const took = tookMs(run);
  if (took === null) return '';
  const seconds = took / 1000;
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}
