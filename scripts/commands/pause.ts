import type { Command } from 'commander';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub } from '../terminal/with-hub.ts';
import { wrongFlow } from '../terminal/wrong-names.ts';

type Given = [flow: string | undefined, options: { reason?: string }, Command];

/** `skolnav pause [flow]`: a flow, or all, run only where a person says so. */
export function addPauseCommand(program: Command, terminal: Terminal): void {
  withExamples(
    program.command('pause [flow]'),
    'pause lms --reason "the vendor moves its servers"',
    'pause --reason "the school year is being set up"',
  )
    .description('let a flow, or all, run only by hand until it is resumed (audited)')
    .requiredOption('--reason <text>', 'why')
    .action((...[flow, { reason = '' }, command]: Given) =>
      change(terminal, command, 'pause', flow ?? null, reason),
    );
}

/** `skolnav resume [flow]`: they run by themselves again. */
export function addResumeCommand(program: Command, terminal: Terminal): void {
  withExamples(program.command('resume [flow]'), 'resume lms', 'resume')
    .description('end the pause of a flow, or of all: what was missed runs at once (audited)')
    .option('--reason <text>', 'why')
    .action((...[flow, { reason = '' }, command]: Given) =>
      change(terminal, command, 'resume', flow ?? null, reason),
    );
}

function change(
  terminal: Terminal,
  command: Command,
  what: 'pause' | 'resume',
  flow: string | null,
  reason: string,
): Promise<void> {
  return withHub(terminal, command, async ({ control, workspace }) => {
    const wrong = wrongFlow(terminal, workspace, flow);
    if (wrong !== null) return wrong;
    const meant = await control[what]({ flow, who: terminal.user, reason });
    const said = what === 'pause' ? 'Paused' : 'Resumed';
    terminal.print(meant.length === 0 ? 'Nothing to do.' : `${said}: ${meant.join(', ')}.`);
    return EXIT.done;
  });
}
