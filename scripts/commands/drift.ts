import type { Command } from 'commander';
import type { DriftReport } from '../../core/control/control-bus.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { printLast } from '../terminal/last-found.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printUnread } from '../terminal/unread-kinds.ts';
import { withTargets } from '../terminal/with-hub.ts';
import { wrongFlow } from '../terminal/wrong-names.ts';

interface DriftOptions {
  readonly repair?: boolean;
  readonly last?: boolean;
  readonly json?: boolean;
}

/** `skolnav drift <flow>`: what others have changed in a target. */
export function addDriftCommand(program: Command, terminal: Terminal): void {
  withExamples(program.command('drift <flow>'), 'drift identity', 'drift identity --repair')
    .description('ask a target what it holds, and show what others have changed there')
    .option('--repair', 'let the next sync put it right (audited)')
    .option('--last', 'what was found last, by whom and when, without asking the target')
    .option('--json', 'machine-readable')
    .action(async (flow: string, options: DriftOptions, command: Command) => {
      await withTargets(terminal, command, async ({ control, workspace }, signal) => {
        const wrong = wrongFlow(terminal, workspace, flow);
        if (wrong !== null) return wrong;
        if (options.last === true) {
          const kept = await control.driftOf(flow);
          const { timeZone } = workspace.config;
          return printLast(terminal, kept, options, timeZone, (one) => printDrift(terminal, one));
        }
        const repair = options.repair === true;
        const report = await control.drift({ flow, repair, who: terminal.user, signal });
        if (report === null) return EXIT.failed;
        if (options.json === true) {
          terminal.printJson(report);
          return EXIT.done;
        }
        printDrift(terminal, report);
        const { canBeAsked, drifts, unread } = report;
        if (!canBeAsked) return EXIT.done;
        if (drifts.length > 0 && repair) terminal.print('The next sync puts them right.');
        printUnread(terminal, unread);
        const isLeft = unread.length > 0 || (drifts.length > 0 && !repair);
        return isLeft ? EXIT.failed : EXIT.done;
      });
    });
}

function printDrift(
  terminal: Terminal,
  { target, canBeAsked, looked, foreign, drifts }: DriftReport,
): void {
  if (!canBeAsked) {
    terminal.print(`${target} cannot be asked what it holds.`);
    return;
  }
  const rows = drifts.map((one) => [one.objectKind, one.kind, one.key, about(one)]);
  if (rows.length > 0) terminal.print(formatTable(['kind', 'drift', 'key', 'fields'], rows));
  terminal.print(`${looked} looked at, ${drifts.length} differ, ${foreign} are not of the hub.`);
}

/** The fields that differ, or when the hub deleted what is there again. */
function about({ fields, deleted }: DriftReport['drifts'][number]): string {
  if (deleted === undefined) return fields.join(', ');
  return `deleted ${new Date(deleted.at).toISOString().slice(0, 10)} by run ${deleted.run}`;
}
