import type { Command } from 'commander';
import { formatLint } from '../../core/failure/lint.ts';
import { loadWorkspace } from '../../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { folderOf, printJson, printLine } from '../terminal/with-hub.ts';

/** `skolnav check`: every fault in the workspace's files, as a compiler lists them. */
export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('check every file of the workspace: all faults at once')
    .option('--all', 'also the mappings of connectors that no module is bound to')
    .option('--json', 'machine-readable')
    .action(async (options: { all?: boolean; json?: boolean }, command: Command) => {
      const checkAll = options.all === true;
      const { lints } = await loadWorkspace(folderOf(command), BUILT_IN_FOLDER, { checkAll });
      if (options.json === true) printJson(lints);
      else if (lints.length === 0) printLine('No faults.');
      else for (const lint of lints) printLine(formatLint(lint));
      process.exitCode = lints.length === 0 ? EXIT.done : EXIT.failed;
    });
}
