import type { Command } from 'commander';
import { addAdoptCommand } from './adopt.ts';
import { addAuditCommand } from './audit.ts';
import { addBackupCommand } from './backup.ts';
import { addCheckCommand } from './check.ts';
import { addConnectorsCommand } from './connectors.ts';
import { addDriftCommand } from './drift.ts';
import { addExplainCommand } from './explain.ts';
import { addFailedCommand } from './failed.ts';
import { addFindingsCommand } from './findings.ts';
import { addGenerateCommand } from './generate.ts';
import { addHoldCommand } from './hold.ts';
import { addInitCommand } from './init.ts';
import { addPlanCommand } from './plan.ts';
import { addPurgeCommand } from './purge.ts';
import { addResendCommand } from './resend.ts';
import { addRunsCommand } from './runs.ts';
import { addScaffoldCommand } from './scaffold.ts';
import { addServeCommand } from './serve.ts';
import { addSyncCommand } from './sync.ts';
import { addTestCommand } from './test.ts';
import { addTraceCommand } from './trace.ts';
import { addWhatIfCommand } from './what-if.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly ((program: Command) => void)[] = [
  addInitCommand,
  addCheckCommand,
  addTestCommand,
  addGenerateCommand,
  addPlanCommand,
  addWhatIfCommand,
  addAdoptCommand,
  addSyncCommand,
  addServeCommand,
  addRunsCommand,
  addFindingsCommand,
  addFailedCommand,
  addResendCommand,
  addHoldCommand,
  addTraceCommand,
  addExplainCommand,
  addDriftCommand,
  addAuditCommand,
  addBackupCommand,
  addPurgeCommand,
  addConnectorsCommand,
  addScaffoldCommand,
];
