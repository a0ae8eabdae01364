import type { Command } from 'commander';
import type { Hub } from '../../core/hub.ts';
import { scheduleTurns } from '../../core/schedule/turns.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatSync } from '../terminal/report.ts';
import { printLine, withHub } from '../terminal/with-hub.ts';

const EVERY_MINUTE = '* * * * *';

/** `skolnav serve`: stays up and runs each flow at its time. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('stay up, run each flow at its time, mail what a person should know')
    .action(async (_options: unknown, command: Command) => {
      await withHub(command, async (hub, signal) => {
        await serve(hub, signal);
        return EXIT.done;
      });
    });
}

/** Looks at the clock every minute until the signal; what is under way then is stopped cleanly. */
export async function serve({ workspace, control }: Hub, signal: AbortSignal): Promise<void> {
  const { flows, config } = workspace;
  const scheduler = control.scheduler();
  let underWay: Promise<void> = Promise.resolve();
  const turn = async () => {
    for (const report of await scheduler.turn(signal)) printLine(formatSync(report));
  };
  for (const { name, schedule, deadline } of flows) {
    const by = deadline === null ? '' : `, done by ${deadline}`;
    if (schedule !== null) printLine(`${name}: ${schedule} (${config.timeZone})${by}`);
  }
  printLine('Waiting. Ctrl-C stops.');
  // The first look makes up for what was missed while the hub was down.
  underWay = turn();
  await underWay;
  const runs = scheduleTurns(EVERY_MINUTE, () => {
    underWay = turn();
    return underWay;
  });
  const watch = scheduleTurns(EVERY_MINUTE, () => scheduler.watch());
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  runs.stop();
  watch.stop();
  await underWay;
}
