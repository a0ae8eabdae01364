import type { Command } from 'commander';
import type { PlanRequest } from '../../core/control/control-bus.ts';
import { showProgress } from './progress-lines.ts';
import type { Terminal } from './terminal.ts';
import { wholeNumber } from './whole-number.ts';

/** What a person may say of the plans that a command shows. */
export interface PlanOptions {
  readonly flow?: string;
  readonly json?: boolean;
  readonly reveal?: boolean;
  readonly details: number;
}

/** The command, with these options. */
export function withPlanOptions(command: Command): Command {
  return command
    .option('--flow <name>', 'only this flow')
    .option('--json', 'machine-readable')
    .option('--reveal', 'show personal values (audited)')
    .option('--details <n>', 'changes to show field by field, per flow', wholeNumber, 20);
}

/** What is asked of the hub then. */
export function planRequestOf(
  { flow, details, reveal = false }: PlanOptions,
  terminal: Terminal,
  signal: AbortSignal,
): PlanRequest {
  const onProgress = showProgress(terminal.err);
  return { flow: flow ?? null, details, reveal, who: terminal.user, onProgress, signal };
}
