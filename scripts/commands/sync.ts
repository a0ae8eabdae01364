import type { Command } from 'commander';
import type { Hub } from '../../core/hub.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { printPlan } from '../terminal/plan-report.ts';
import { showProgress } from '../terminal/progress-lines.ts';
import { exitCodeOf, formatSync } from '../terminal/report.ts';
import { exitCodeOfPlans, printStops } from '../terminal/stops.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { wholeNumber } from '../terminal/whole-number.ts';
import { openRehearsalHub, withHub, withTargets } from '../terminal/with-hub.ts';
import { wrongFlow } from '../terminal/wrong-names.ts';

interface SyncOptions {
  readonly flow?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly plan?: string;
  readonly patience: number;
}

/** `skolnav sync`: reads the sources and delivers what follows. */
export function addSyncCommand(program: Command, terminal: Terminal): void {
  withExamples(
    program.command('sync'),
    'sync',
    'sync --dry-run',
    'sync --flow identity --plan <digest that skolnav plan showed>',
  )
    .description('read the sources and deliver what follows from them')
    .option('--flow <name>', 'only this flow and its sources')
    .option('--dry-run', 'read the sources and show the plans; change nothing, here or there')
    .option(
      '--plan <digest>',
      'deliver exactly the plan that was shown; needs --flow, reads no source',
    )
    .option(
      '--patience <seconds>',
      'wait for retries that are due within this time',
      wholeNumber,
      60,
    )
    .option('--json', 'machine-readable')
    .action(async (options: SyncOptions, command: Command) => {
      const run = (hub: Hub, signal: AbortSignal) => sync(terminal, hub, options, signal);
      await (options.dryRun === true
        ? withHub(terminal, command, run, openRehearsalHub)
        : withTargets(terminal, command, run));
    });
}

async function sync(
  terminal: Terminal,
  { control, workspace }: Hub,
  options: SyncOptions,
  signal: AbortSignal,
): Promise<number> {
  const deliver = options.dryRun !== true;
  const flow = options.flow ?? null;
  const wrong = wrongFlow(terminal, workspace, flow);
  if (wrong !== null) return wrong;
  if (options.plan !== undefined && flow === null) {
    terminal.printError('--plan is the plan of one flow: give --flow too');
    return EXIT.usage;
  }
  const chosen = options.plan === undefined ? {} : { plan: options.plan };
  const onProgress = showProgress(terminal.err);
  const patienceMs = options.patience * 1000;
  const report = await control.sync({
    ...{ flow, deliver, onProgress, signal, patienceMs, who: terminal.user },
    ...chosen,
  });
  const common = { flow, details: 20, reveal: false, who: terminal.user, onProgress, signal };
  const plans = deliver ? [] : await control.plan({ ...common, asksMoved: true });
  if (options.json === true) terminal.printJson(deliver ? report : { ...report, plans });
  else {
    terminal.print(formatSync(report));
    printStops(terminal, plans);
    const told = plans.filter(({ considered }) => considered > 0);
    for (const plan of told) printPlan(terminal, plan);
  }
  const code = exitCodeOf(report);
  return code === EXIT.done ? exitCodeOfPlans(plans) : code;
}
