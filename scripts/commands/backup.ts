import { resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../terminal/exit-codes.ts';
import { showProgress } from '../terminal/progress-lines.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub } from '../terminal/with-hub.ts';

/** `skolnav backup`: a copy of all that the hub keeps, beside a running `serve` too. */
export function addBackupCommand(program: Command, terminal: Terminal): void {
  program
    .command('backup <file>')
    .description('write a copy of all that the hub keeps, between two syncs (audited)')
    .action(async (file: string, _options: unknown, command: Command) => {
      await withHub(terminal, command, async ({ control, engine, workspace }, signal) => {
        if (workspace.config.cluster === null) await control.backup(resolve(file), terminal.user);
        else {
          const { backUpCluster } = await import('../../core/move/move.ts');
          const onProgress = showProgress(terminal.err);
          const request = { file: resolve(file), who: terminal.user, signal, onProgress };
          await backUpCluster(engine, request);
        }
        terminal.print(`Written: ${file}. It holds personal data and the key of the hub's ids.`);
        return EXIT.done;
      });
    });
}
