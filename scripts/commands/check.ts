import type { Command } from 'commander';
import { formatLint } from '../../core/control/control-bus.ts';
import { checkWorkspace, type Readiness } from '../../core/hub.ts';
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
      const { environment } = terminal;
      const request = { folder: folderOf(command), environment, checkAll: options.all === true };
      const { lints, readiness } = await checkWorkspace(request);
      if (options.json === true) terminal.printJson(lints);
      else for (const lint of lints) terminal.print(formatLint(lint));
      const isWell = lints.length === 0;
      const isReady =
        readiness === null || options.json === true
          ? isWell
          : await tellReadiness(terminal, readiness, isWell, options.connect === true, command);
      terminal.exitCode = isWell && isReady ? EXIT.done : EXIT.failed;
    });
}

/** What is only missing here is no fault: files may be checked where no secret or folder is. */
async function tellReadiness(
  terminal: Terminal,
  { secrets, folders, wrong, unused }: Readiness,
  isWell: boolean,
  connect: boolean,
  command: Command,
): Promise<boolean> {
  const isRight = folders.length + wrong.length === 0;
  if (isWell) terminal.print(isRight ? 'No faults.' : 'The files have no faults.');
  for (const text of [...secrets, ...folders, ...wrong])
    terminal.print(`Before it can run here: ${text}.`);
  if (unused.length > 0) terminal.print(`No flow reads from or leads to: ${unused.join(', ')}.`);
  return wrong.length === 0 && (!connect || (await tellConnections(terminal, command)));
}
