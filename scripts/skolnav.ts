#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addCommands } from './commands/all.ts';
import { EXIT } from './terminal/exit-codes.ts';
import { outliveReaders } from './terminal/outlive-readers.ts';

const BEGIN = `
Every day:  skolnav findings lists what a person should see to, each with what to do.
            skolnav <command> --help tells more; -C <workspace> goes with every command.
Exit codes: 0 done, 1 something failed, 2 wrong command or faulty files, 3 waits for a person.`;

outliveReaders();
const { version }: { version: string } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);
const program = new Command('skolnav')
  .version(`${version} (Node ${process.versions.node})`, '-V, --version', 'which version it is')
  .description("The integration hub of a city's school platform")
  .option('-C, --folder <folder>', 'the workspace', '.')
  .addHelpText('after', BEGIN)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage));

await addCommands(program, process.argv.slice(2));
await program.parseAsync();
