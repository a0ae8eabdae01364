import type { Command } from 'commander';
import { findUnready } from '../../core/config/readiness.ts';
import { formatLint } from '../../core/failure/lint.ts';
import { loadWorkspace, type Workspace } from '../../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { tellConnections } from '../terminal/connect.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { folderOf } from '../terminal/with-hub.ts';

interface CheckOptions {
  readonly all?: boolean;
  readonly connect?: boolean;
  readonly json?: boolean;
}

/** `skolnav check`: every fault in the workspace's files, as a compiler lists them. */
export function addCheckCommand(program: Command, terminal: Terminal): void {
  program
    .command('check')
    .description('check every file of the workspace: all faults at once')
    .option('--all', 'also the mappings of connectors that no module is bound to')
    .option('--connect', 'also ask every source and target whether it answers and lets us in')
    .option('--json', 'machine-readable')
    .action(async (options: CheckOptions, command: Command) => {
      const checkAll = options.all === true;
      const folder = folderOf(command);
      const loaded = await loadWorkspace(folder, BUILT_IN_FOLDER, { checkAll });
      const { workspace } = loaded;
      const lints = [...loaded.lints, ...(workspace?.remarks ?? [])];
      if (options.json === true) terminal.printJson(lints);
      else for (const lint of lints) terminal.print(formatLint(lint));
      const isWell = lints.length === 0;
      const isReady =
        workspace === null || loaded.lints.length > 0 || options.json === true
          ? isWell
          : await tellReadiness(terminal, workspace, isWell, options.connect === true, command);
      terminal.exitCode = isWell && isReady ? EXIT.done : EXIT.failed;
    });
}

/** What is only missing here is no fault: files may be checked where no secret or folder is. */
async function tellReadiness(
  terminal: Terminal,
  workspace: Workspace,
  isWell: boolean,
  connect: boolean,
  command: Command,
): Promise<boolean> {
  const { config, connectors, folder, flows } = workspace;
  const schemaOf = (connector: string) => connectors.manifest(connector)?.options ?? {};
  const { secrets, folders, wrong } = await findUnready(
    config,
    schemaOf,
    folder,
    terminal.environment,
  );
  const isRight = folders.length + wrong.length === 0;
  if (isWell) terminal.print(isRight ? 'No faults.' : 'The files have no faults.');
  for (const text of [...secrets, ...folders, ...wrong])
    terminal.print(`Before it can run here: ${text}.`);
  const used = new Set(flows.flatMap(({ from, to }) => [to, ...from]));
  const unused = [...config.modules.keys()].filter((module) => !used.has(module));
  if (unused.length > 0) terminal.print(`No flow reads from or leads to: ${unused.join(', ')}.`);
  return wrong.length === 0 && (!connect || (await tellConnections(terminal, command)));
}
