import type { Command } from 'commander';
import { formatLint } from '../../core/failure/lint.ts';
import { loadWorkspace } from '../../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { folderOf, printJson, printLine } from '../terminal/with-hub.ts';

/** `skolnav test`: runs the tests that stand inside the mappings. */
export function addTestCommand(program: Command): void {
  program
    .command('test')
    .description('run the tests inside the mappings')
    .option('--json', 'machine-readable')
    .action(async (options: { json?: boolean }, command: Command) => {
      const folder = folderOf(command);
      const { workspace, lints } = await loadWorkspace(folder, BUILT_IN_FOLDER, { checkAll: true });
      for (const lint of lints) process.stderr.write(`${formatLint(lint)}\n`);
      if (workspace === null || lints.length > 0) {
        process.exitCode = EXIT.usage;
        return;
      }
      const startedAt = performance.now();
      const results = workspace.runMappingTests();
      const elapsedMs = Math.round(performance.now() - startedAt);
      const failed = results.filter((result) => !result.passed);
      if (options.json === true) printJson(results);
      else {
        for (const { file, name, difference } of failed)
          printLine(`${file}: ${name}\n  ${difference}`);
        printLine(
          `${results.length - failed.length} of ${results.length} passed in ${elapsedMs} ms.`,
        );
      }
      process.exitCode = failed.length === 0 ? EXIT.done : EXIT.failed;
    });
}
