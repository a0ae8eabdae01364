#!/usr/bin/env node
import { runCommand } from './commands/run-command.ts';
import { endProcessWith, openProcessTerminal } from './terminal/process-terminal.ts';

endProcessWith(await runCommand(process.argv.slice(2), openProcessTerminal()));
