import type { Command } from 'commander';
import { EXIT } from '../terminal/exit-codes.ts';
import { printJson, printLine, withHub } from '../terminal/with-hub.ts';

/** `skolnav findings`: everything that a person should know now. */
export function addFindingsCommand(program: Command): void {
  program
    .command('findings')
    .description('what waits, has failed, is late or will be, and what to do')
    .option('--json', 'machine-readable')
    .option('--test-mail', 'send a mail to those who get them, to see that it arrives')
    .action(async (options: { json?: boolean; testMail?: boolean }, command: Command) => {
      await withHub(command, async ({ control }) => {
        if (options.testMail === true) return sayMailed(await control.testMail());
        const found = await control.findings();
        if (options.json === true) printJson(found);
        else if (found.length === 0) printLine('Nothing to see to.');
        else {
          for (const { code, subject, text, hint } of found) {
            printLine(`${code}  ${subject}\n  ${text}\n  ${hint}`);
          }
        }
        return found.length === 0 ? EXIT.done : EXIT.failed;
      });
    });
}

function sayMailed(to: readonly string[] | null): number {
  if (to === null) {
    process.stderr.write('no mail is set up: mail: { host, from, to } in config/hub.yaml\n');
    return EXIT.usage;
  }
  printLine(`The mail server has taken a test for ${to.join(', ')}.`);
  return EXIT.done;
}
