#!/usr/bin/env node
import { Command } from 'commander';
import { COMMANDS } from './commands/all.ts';
import { EXIT } from './terminal/exit-codes.ts';

const program = new Command('skolnav')
  .description("The integration hub of a city's school platform")
  .option('-C, --folder <folder>', 'the workspace', '.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage));

for (const addTo of COMMANDS) addTo(program);
await program.parseAsync();
