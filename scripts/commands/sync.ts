import type { Command } from 'commander';
import { EXIT } from '../terminal/exit-codes.ts';
import { showProgress } from '../terminal/progress-lines.ts';
import { exitCodeOf, formatSync } from '../terminal/report.ts';
import { printJson, printLine, whoAmI, withHub } from '../terminal/with-hub.ts';

interface SyncOptions {
  readonly flow?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly patience: string;
}

/** `skolnav sync`: reads the sources and delivers what follows. */
export function addSyncCommand(program: Command): void {
  program
    .command('sync')
    .description('read the sources and deliver what follows from them')
    .option('--flow <name>', 'only this flow and its sources')
    .option('--dry-run', 'plan on what is already taken in; read and deliver nothing')
    .option('--patience <seconds>', 'wait for retries that are due within this time', '60')
    .option('--json', 'machine-readable')
    .action(async (options: SyncOptions, command: Command) => {
      await withHub(command, async ({ control, workspace }, signal) => {
        const flow = options.flow ?? null;
        if (flow !== null && !workspace.flows.some((one) => one.name === flow)) {
          process.stderr.write(`no flow "${flow}"\n`);
          return EXIT.usage;
        }
        const onProgress = showProgress();
        if (options.dryRun === true) {
          const who = whoAmI();
          const plan = { flow, details: 0, reveal: false, who, onProgress, signal };
          const reports = await control.plan(plan);
          printJson(reports.map(({ changes: _changes, ...rest }) => rest));
          return EXIT.done;
        }
        const patienceMs = Number(options.patience) * 1000;
        const report = await control.sync({ flow, onProgress, signal, patienceMs });
        if (options.json === true) printJson(report);
        else printLine(formatSync(report));
        return exitCodeOf(report);
      });
    });
}
