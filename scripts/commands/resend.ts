import type { Command } from 'commander';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub } from '../terminal/with-hub.ts';
import { KEYS, noSuch, wrongKind } from '../terminal/wrong-names.ts';

type Given = [flow: string, kind: string, key: string, options: { reason: string }, Command];

/** `skolnav resend <flow> <kind> <key>`: deliver an object although the target has confirmed it. */
export function addResendCommand(program: Command, terminal: Terminal): void {
  withExamples(
    program.command('resend <flow> <kind> <key>'),
    'resend identity User 713fdbec-c780-8b13-a53b-e0092230f26a --reason "restored by the vendor"',
  )
    .description('deliver an object again with the next sync, though it was confirmed (audited)')
    .requiredOption('--reason <text>', 'why')
    .action(async (...[flow, objectKind, key, { reason }, command]: Given) => {
      await withHub(terminal, command, async ({ control, workspace }) => {
        const wrong = wrongKind(terminal, workspace, flow, objectKind);
        if (wrong !== null) return wrong;
        const resent = await control.resend({ flow, objectKind, key, who: terminal.user, reason });
        if (resent === 'unknown') {
          return noSuch(terminal, `${objectKind} in the ledger of ${flow}`, key, [], KEYS);
        }
        const what = resent === 'set' ? 'The whole set' : 'It';
        terminal.print(`${what} goes again with the next sync.`);
        return EXIT.done;
      });
    });
}
