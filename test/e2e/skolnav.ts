import { runCommand } from '../../scripts/commands/run-command.ts';
import { Terminal } from '../../scripts/terminal/terminal.ts';
import type { World } from './world.ts';

export interface Said {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** The command line, in this process: what it prints, and its exit code. */
export async function skolnav(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const { out, err, terminal } = paperTerminal({ SKOLNAV_USER: 'Kim', ...environment });
  const code = await runCommand(args, terminal);
  return { out: out.text, err: err.text, code };
}

/** The same in a world; what it says of failures comes after what it prints else. */
export async function skolnavIn(world: World, ...args: readonly string[]) {
  const { out, err, code } = await skolnav(['-C', world.folder, ...args], world.environment);
  return { out: out + err, code };
}

/** A terminal that keeps what is printed; nobody interrupts there. */
export function paperTerminal(environment: Readonly<Record<string, string>> = {}) {
  const [out, err] = [new Paper(), new Paper()];
  const interruption = () => new AbortController().signal;
  return { out, err, terminal: new Terminal({ out, err, environment, interruption }) };
}

class Paper {
  text = '';

  write(text: string): void {
    this.text += text;
  }
}
