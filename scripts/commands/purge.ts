import type { Command } from 'commander';
import { EXIT } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub } from '../terminal/with-hub.ts';

/** `skolnav purge`: forgets what is older than the configuration's `retention`. */
export function addPurgeCommand(program: Command, terminal: Terminal): void {
  program
    .command('purge')
    .description('forget what is older than `retention` says; serve does it once a day')
    .option('--json', 'machine-readable')
    .action(async (options: { json?: boolean }, command: Command) => {
      await withHub(terminal, command, async ({ control }) => {
        const report = await control.purge(terminal.user);
        const { runs, holds, audit, files, unreached } = report;
        if (options.json === true) terminal.printJson(report);
        else {
          terminal.print(
            `Removed ${runs} runs, ${holds} holds, ${audit} audit entries, ${files} files.`,
          );
          for (const { module, problem } of unreached) {
            terminal.print(
              `The archive of ${module} was not reached: ${problem.code} ${problem.text}`,
            );
            terminal.print(`  ${problem.hint}`);
          }
        }
        return unreached.length === 0 ? EXIT.done : EXIT.failed;
      });
    });
}
