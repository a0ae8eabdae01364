import type { Command } from 'commander';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withLooks } from '../terminal/with-hub.ts';

/** `skolnav schedule`: when each flow runs by itself. */
export function addScheduleCommand(program: Command, terminal: Terminal): void {
  program
    .command('schedule')
    .description('when each flow runs by itself, and which are paused')
    .option('--json', 'machine-readable')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      await withLooks(terminal, command, async ({ timetable }) => {
        const flows = await timetable();
        const rows = flows.map(({ flow, schedule, turns, deadline, pause }) => {
          const paused = pause === null ? '' : `by ${pause.who}: ${pause.reason}`;
          const next = turns.map((turn) => turn.replace('T', ' ')).join(', ');
          return [flow, schedule ?? 'by hand', next, deadline ?? '', paused];
        });
        const head = ['flow', 'schedule', 'next', 'done by', 'paused'];
        if (json === true) terminal.printJson(flows);
        else terminal.print(formatTable(head, rows));
        return EXIT.done;
      });
    });
}
