import { type Command, Option } from 'commander';
import type { Backend } from '../../core/move/move.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { showProgress } from '../terminal/progress-lines.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { attempt, folderOf, refuseNoWorkspace } from '../terminal/with-hub.ts';

/** `skolnav move`: puts all that the hub keeps onto the cluster, or back onto this machine. */
export function addMoveCommand(program: Command, terminal: Terminal): void {
  program
    .command('move')
    .description('move all that the hub keeps to the other backend, compare it, and switch over')
    .addOption(
      new Option('--to <backend>', 'where to')
        .choices(['cluster', 'embedded'])
        .makeOptionMandatory(),
    )
    .action(async ({ to }: { to: Backend }, command: Command) => {
      const signal = terminal.interruption();
      const task = async () => {
        const folder = folderOf(command);
        await refuseNoWorkspace(folder);
        const { moveWorkspace } = await import('../../core/move/move.ts');
        const place = { folder, environment: terminal.environment };
        const onProgress = showProgress(terminal.err);
        const moved = await moveWorkspace({ to, place, signal, onProgress });
        const rows = [...moved].map(([what, { count }]) => [what, String(count)]);
        terminal.print(formatTable(['moved, and the same there', 'count'], rows));
        terminal.print(`config/hub.yaml says \`backend: ${to}\` now.`);
        return EXIT.done;
      };
      terminal.exitCode = await attempt(terminal, task, signal);
    });
}
