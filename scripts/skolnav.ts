#!/usr/bin/env node
import { Command } from 'commander';
import { addCheckCommand } from './commands/check.ts';
import { addConnectorsCommand } from './commands/connectors.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addFailedCommand } from './commands/failed.ts';
import { addGenerateCommand } from './commands/generate.ts';
import { addHoldCommand } from './commands/hold.ts';
import { addInitCommand } from './commands/init.ts';
import { addPlanCommand } from './commands/plan.ts';
import { addRunsCommand } from './commands/runs.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSyncCommand } from './commands/sync.ts';
import { addTestCommand } from './commands/test.ts';
import { addTraceCommand } from './commands/trace.ts';
import { EXIT } from './terminal/exit-codes.ts';

const program = new Command('skolnav')
  .description("The integration hub of a city's school platform")
  .option('-C, --folder <folder>', 'the workspace', '.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage));

for (const addTo of [addInitCommand, addCheckCommand, addGenerateCommand, addPlanCommand])
  addTo(program);
for (const addTo of [addSyncCommand, addServeCommand, addRunsCommand, addFailedCommand])
  addTo(program);
for (const addTo of [addHoldCommand, addTestCommand, addTraceCommand, addExplainCommand])
  addTo(program);
addConnectorsCommand(program);
await program.parseAsync();
