import type { Command } from 'commander';
import { saying } from '../../core/check.ts';
import { findingIn, type Speech, sayIn } from '../../core/control/control-bus.ts';
import { EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { attempt, folderOf, openWorkspaceHub } from './with-hub.ts';

/** So long is waited for one system. */
const LIMIT_MS = 20_000;

/** Asks every system, and says which does not let us in; true if all do. */
export async function tellConnections(
  terminal: Terminal,
  command: Command,
  speech: Speech,
): Promise<boolean> {
  const code = await attempt(terminal, async () => {
    const hub = await openWorkspaceHub(terminal, folderOf(command));
    try {
      const found = await hub.control.connect(LIMIT_MS);
      for (const { module, problem, isUnasked } of found) {
        if (problem !== null) {
          const [text, hint] = findingIn(speech, problem);
          terminal.print(`${module}: ${problem.code} ${text}\n  ${hint}`);
        } else {
          const what = saying(isUnasked ? 'notYetAsked' : 'answers', {});
          terminal.print(sayIn(speech, saying('ofModule', { module, what })));
        }
      }
      return found.every(({ problem }) => problem === null) ? EXIT.done : EXIT.failed;
    } finally {
      await hub.close();
    }
  });
  return code === EXIT.done;
}
