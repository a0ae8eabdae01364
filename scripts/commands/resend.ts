import type { Command } from 'commander';
import { EXIT } from '../terminal/exit-codes.ts';
import { printLine, whoAmI, withHub } from '../terminal/with-hub.ts';

type Given = [flow: string, kind: string, key: string, options: { reason: string }, Command];

/** `skolnav resend <flow> <kind> <key>`: deliver an object although the target has confirmed it. */
export function addResendCommand(program: Command): void {
  program
    .command('resend <flow> <kind> <key>')
    .description('deliver an object again with the next sync, though it was confirmed (audited)')
    .requiredOption('--reason <text>', 'why')
    .action(async (...[flow, objectKind, key, { reason }, command]: Given) => {
      await withHub(command, async ({ control }) => {
        const resent = await control.resend({ flow, objectKind, key, who: whoAmI(), reason });
        if (resent === 'unknown') {
          process.stderr.write(`the ledger of ${flow} has no ${objectKind} of that key\n`);
          return EXIT.failed;
        }
        const what = resent === 'set' ? 'The whole set' : 'It';
        printLine(`${what} goes again with the next sync.`);
        return EXIT.done;
      });
    });
}
