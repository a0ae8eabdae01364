#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { findOwnFiles } from './terminal/own-files.ts';

// As the launcher does (run.mjs): a service of the system begins here.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/skolnav'));
findOwnFiles(join(import.meta.dirname, '..'));
const [{ runCommand }, { endProcessWith, openProcessTerminal }] = await Promise.all([
  import('./commands/run-command.ts'),
  import('./terminal/process-terminal.ts'),
]);

endProcessWith(await runCommand(process.argv.slice(2), openProcessTerminal()));
