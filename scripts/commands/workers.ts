import type { Command } from 'commander';
import { type QueueState, sayTime } from '../../core/control/control-bus.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub, withRecords } from '../terminal/with-hub.ts';

const QUEUE_HEAD = ['target', 'ready', 'taken', 'oldest has waited (s)'];
const HEAD = ['process', 'role', 'version', 'since', 'last seen', 'does alone', 'under way'];

/** `skolnav workers`: the processes that serve this workspace, and what each does. */
export function addWorkersCommand(program: Command, terminal: Terminal): void {
  program
    .command('workers')
    .description('the processes that serve this workspace, and what each does')
    .option('--queues', 'what is on its way to each target, in their place')
    .option('--json', 'machine-readable')
    .action(async ({ queues, json }: { queues?: boolean; json?: boolean }, command: Command) => {
      if (queues === true) {
        await withHub(terminal, command, async ({ control }) => {
          printQueues(terminal, await control.queues(), json === true);
          return EXIT.done;
        });
        return;
      }
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

function printQueues(terminal: Terminal, queues: readonly QueueState[], isJson: boolean): void {
  if (isJson) {
    terminal.printJson(queues);
    return;
  }
  const rows = queues.map(({ target, ready, unacknowledged, lagMs }) => [
    target,
    ready === null ? '?' : String(ready),
    String(unacknowledged),
    String(Math.round(lagMs / 1000)),
  ]);
  terminal.print(formatTable(QUEUE_HEAD, rows));
}
