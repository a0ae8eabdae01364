import type { Command } from 'commander';
import { EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { attempt, folderOf, openWorkspaceHub } from './with-hub.ts';

/** So long is waited for one system. */
const LIMIT_MS = 20_000;

/** Asks every system, and says which does not let us in; true if all do. */
export async function tellConnections(terminal: Terminal, command: Command): Promise<boolean> {
  const code = await attempt(terminal, async () => {
    const hub = await openWorkspaceHub(terminal, folderOf(command));
    try {
      const found = await hub.control.connect(LIMIT_MS);
      for (const { module, problem, isUnasked } of found) {
        if (problem !== null) {
          terminal.print(`${module}: ${problem.code} ${problem.text}\n  ${problem.hint}`);
        } else
          terminal.print(`${module}: ${isUnasked ? 'cannot be asked before a sync' : 'answers'}`);
      }
      return found.every(({ problem }) => problem === null) ? EXIT.done : EXIT.failed;
    } finally {
      await hub.close();
    }
  });
  return code === EXIT.done;
}
