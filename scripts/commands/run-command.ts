import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { asFileFailure, Failure } from '../../core/control/control-bus.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { addCommands } from './all.ts';

const BEGIN = `
Every day:  skolnav findings lists what a person should see to, each with what to do.
            skolnav <command> --help tells more; -C <workspace> goes with every command.
Exit codes: 0 done, 1 something failed, 2 wrong command or faulty files, 3 waits for a person.`;

/** The width of help where no terminal says its own. */
const WIDTH = 80;

/** Runs one command line in a terminal, and gives its exit code. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const program = new Command('skolnav')
    .version(`${version} (Node ${process.versions.node})`, '-V, --version', 'which version it is')
    .description("The integration hub of a city's school platform")
    .option('-C, --folder <folder>', 'the workspace', '.')
    .addHelpText('after', BEGIN)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
      getOutHelpWidth: () => terminal.out.columns ?? WIDTH,
      getErrHelpWidth: () => terminal.err.columns ?? WIDTH,
    });
  await addCommands(program, terminal, args);
  try {
    await program.parseAsync(args, { from: 'user' });
    return terminal.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const failure = asFileFailure(error);
    // A defect shows where it is.
    if (!(failure instanceof Failure)) throw error;
    terminal.printError(failure.message);
    return EXIT.usage;
  }
}
