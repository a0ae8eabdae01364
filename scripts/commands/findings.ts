import type { Command } from 'commander';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatFinding } from '../terminal/problem.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub, withLooks } from '../terminal/with-hub.ts';

/** `skolnav findings`: everything that a person should know now. */
export function addFindingsCommand(program: Command, terminal: Terminal): void {
  program
    .command('findings')
    .description('what waits, has failed, is late or will be, and what to do')
    .option('--json', 'machine-readable')
    .option('--test-mail', 'send a mail to those who get them, to see that it arrives')
    .action(async (options: { json?: boolean; testMail?: boolean }, command: Command) => {
      if (options.testMail === true) {
        await withHub(terminal, command, async ({ control }) =>
          sayMailed(terminal, await control.testMail(terminal.user)),
        );
        return;
      }
      await withLooks(terminal, command, async ({ findings }) => {
        const found = await findings();
        if (options.json === true) terminal.printJson(found);
        else if (found.length === 0) terminal.print('Nothing to see to.');
        else {
          for (const one of found) {
            const where = one.kind === 'failed' ? ' (skolnav failed)' : '';
            terminal.print(`${formatFinding(one)}${where}`);
          }
        }
        return found.length === 0 ? EXIT.done : EXIT.failed;
      });
    });
}

function sayMailed(terminal: Terminal, to: readonly string[] | null): number {
  if (to === null) {
    terminal.printError('no mail is set up: mail: { host, from, to } in config/hub.yaml');
    return EXIT.usage;
  }
  terminal.print(`The mail server has taken a test for ${to.join(', ')}.`);
  return EXIT.done;
}
