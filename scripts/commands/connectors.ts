import type { Command } from 'commander';
import { connectorsOf } from '../../core/hub.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { folderOf } from '../terminal/with-hub.ts';

/** `skolnav connectors`: what this workspace can be connected to. */
export function addConnectorsCommand(program: Command, terminal: Terminal): void {
  program
    .command('connectors')
    .description('the connectors that a module can be bound to')
    .option('--json', 'machine-readable')
    .action(async (options: { json?: boolean }, command: Command) => {
      const manifests = (await connectorsOf(folderOf(command))).manifests();
      if (options.json === true) terminal.printJson(manifests);
      else {
        const rows = manifests.map((one) => [
          one.name,
          one.streams !== undefined || one.streamsFromLayout === true ? 'source' : 'target',
          one.sink?.mode ?? '',
          one.stability,
          one.title,
        ]);
        terminal.print(formatTable(['name', 'half', 'mode', 'stability', 'title'], rows));
      }
      terminal.exitCode = EXIT.done;
    });
}
