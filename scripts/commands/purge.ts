import type { Command } from 'commander';
import { EXIT } from '../terminal/exit-codes.ts';
import { printJson, printLine, withHub } from '../terminal/with-hub.ts';

/** `skolnav purge`: forgets what is older than the configuration's `retention`. */
export function addPurgeCommand(program: Command): void {
  program
    .command('purge')
    .description('forget what is older than `retention` says; serve does it once a day')
    .option('--json', 'machine-readable')
    .action(async (options: { json?: boolean }, command: Command) => {
      await withHub(command, async ({ control }) => {
        const report = await control.purge();
        const { runs, holds, audit, files, unreached } = report;
        if (options.json === true) printJson(report);
        else {
          printLine(
            `Removed ${runs} runs, ${holds} holds, ${audit} audit entries, ${files} files.`,
          );
          for (const { module, trouble } of unreached) {
            printLine(`The archive of ${module} was not reached: ${trouble.code} ${trouble.text}`);
            printLine(`  ${trouble.hint}`);
          }
        }
        return unreached.length === 0 ? EXIT.done : EXIT.failed;
      });
    });
}
