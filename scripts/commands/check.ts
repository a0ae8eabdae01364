import type { Command } from 'commander';
import type { Config } from '../../core/config/config.ts';
import { unansweredSecrets } from '../../core/config/secrets.ts';
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
      const folder = folderOf(command);
      const { workspace, lints } = await loadWorkspace(folder, BUILT_IN_FOLDER, { checkAll });
      if (options.json === true) printJson(lints);
      else if (lints.length === 0) printLine('No faults.');
      else for (const lint of lints) printLine(formatLint(lint));
      if (options.json !== true && workspace !== null) await printSecrets(workspace.config, folder);
      process.exitCode = lints.length === 0 ? EXIT.done : EXIT.failed;
    });
}

/** No fault of the files: they may be checked where no secret is. */
async function printSecrets({ modules, mail, doorbell }: Config, folder: string): Promise<void> {
  const options = [...modules.values()].map((binding) => binding.options);
  const values = [...options, mail?.password ?? null, doorbell?.token ?? null];
  const texts = await unansweredSecrets(values, folder, process.env);
  for (const text of texts) printLine(`Before it can run here: ${text}.`);
}
