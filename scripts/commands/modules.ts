import type { Command } from 'commander';
import { type ModuleState, sayTime } from '../../core/control/control-bus.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub } from '../terminal/with-hub.ts';

const HEAD = ['module', 'connector', 'read by', 'filled by', 'last run', 'last contact', 'objects'];

/** `skolnav modules`: by what each module is bound, and how it is. */
export function addModulesCommand(program: Command, terminal: Terminal): void {
  program
    .command('modules')
    .description('by what each module is bound, its last contact, and what its target holds')
    .option('--json', 'machine-readable, with the options; secrets are left out')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      await withHub(terminal, command, async ({ control, workspace }) => {
        const modules = await control.modules();
        if (json === true) terminal.printJson(modules);
        else {
          const { timeZone } = workspace.config;
          terminal.print(
            formatTable(
              HEAD,
              modules.map((one) => rowOf(one, timeZone)),
            ),
          );
        }
        return EXIT.done;
      });
    });
}

function rowOf(one: ModuleState, timeZone: string): readonly string[] {
  const { module, connector, readBy, fedBy, run, contactAt, outage, ledger } = one;
  return [
    ...[module, connector, readBy.join(', '), fedBy.join(', ')],
    outage === null ? (run?.outcome ?? '') : `no answer since ${sayTime(timeZone, outage.since)}`,
    contactAt === null ? '' : sayTime(timeZone, contactAt),
    ledger.map(({ kind, count }) => `${kind} ${count}`).join(', '),
  ];
}
