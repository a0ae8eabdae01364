import type { Command } from 'commander';
import { connectorsOf, type Manifest } from '../../core/check.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { attempt, folderOf, refuseNoWorkspace } from '../terminal/with-hub.ts';

function halvesOf({ streams, streamsFromLayout, sink }: Manifest): string {
  const isSource = streams !== undefined || streamsFromLayout === true;
  if (sink === undefined) return 'source';
  return isSource ? 'both' : 'target';
}

/** `skolnav connectors`: what this workspace can be connected to. */
export function addConnectorsCommand(program: Command, terminal: Terminal): void {
  program
    .command('connectors')
    .description('the connectors that a module can be bound to')
    .option('--json', 'machine-readable')
    .action(async (options: { json?: boolean }, command: Command) => {
      // Whoever names no workspace asks what comes with Skolnav.
      const isNamed = program.getOptionValueSource('folder') === 'cli';
      const refused = await attempt(terminal, async () => {
        if (isNamed) await refuseNoWorkspace(folderOf(command));
        return EXIT.done;
      });
      terminal.exitCode = refused;
      if (refused !== EXIT.done) return;
      const manifests = (await connectorsOf(folderOf(command))).manifests();
      if (options.json === true) terminal.printJson(manifests);
      else {
        const rows = manifests.map((one) => [
          one.name,
          halvesOf(one),
          one.sink?.mode ?? '',
          one.stability,
          one.title,
        ]);
        terminal.print(formatTable(['name', 'half', 'mode', 'stability', 'title'], rows));
      }
    });
}
