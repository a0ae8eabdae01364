import type { Command } from 'commander';
import { sayTime } from '../../core/control/control-bus.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withRecords } from '../terminal/with-hub.ts';

const HEAD = ['process', 'role', 'version', 'since', 'last seen', 'does alone', 'under way'];

/** `skolnav workers`: the processes that serve this workspace, and what each does. */
export function addWorkersCommand(program: Command, terminal: Terminal): void {
  program
    .command('workers')
    .description('the processes that serve this workspace, and what each does')
    .option('--json', 'machine-readable')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      await withRecords(terminal, command, async ({ records, timeZone }) => {
        const workers = await records.workers();
        if (json === true) terminal.printJson(workers);
        else if (workers.length === 0) terminal.print('Nobody serves: skolnav serve');
        else {
          const rows = workers.map(
            ({ place, role, version, startedAt, seenAt, isAlive, holds, steps }) => [
              place,
              role,
              version,
              sayTime(timeZone, startedAt),
              `${sayTime(timeZone, seenAt)}${isAlive ? '' : ', silent since'}`,
              holds.join(', '),
              steps.map(({ step, done }) => `${step} ${done}`).join(', '),
            ],
          );
          terminal.print(formatTable(HEAD, rows));
        }
        return EXIT.done;
      });
    });
}
