import type { Command } from 'commander';
import { type FlowOutcome, sayTime } from '../../core/control/control-bus.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub } from '../terminal/with-hub.ts';

/** `skolnav overview`: how the night went, and what comes next. */
export function addOverviewCommand(program: Command, terminal: Terminal): void {
  program
    .command('overview')
    .description('how the last night went, what is under way, and what comes next')
    .option('--json', 'machine-readable')
    .action(async (options: { json?: boolean }, command: Command) => {
      await withHub(terminal, command, async ({ control, workspace }) => {
        const overview = await control.overview();
        const [underWay, unreached] = [await control.underWay(), await control.unreached()];
        if (options.json === true) {
          terminal.printJson({ ...overview, underWay, unreached });
          return EXIT.done;
        }
        const { timeZone } = workspace.config;
        const at = (epochMs: number | null) =>
          epochMs === null ? 'never' : sayTime(timeZone, epochMs);
        const flows = overview.flows.map((one) => [
          ...[one.flow, sayOutcome(one), at(one.run?.endedAt ?? null), deliveredBy(one)],
          ...[one.failed, one.waiting, one.nextTurn?.replace('T', ' ') ?? 'by hand'],
        ]);
        const head = ['flow', 'last run', 'ended', 'delivered', 'failed', 'waiting', 'next'];
        terminal.print(formatTable(head, flows));
        const sources = overview.sources.map((one) => [
          ...[one.module, one.run?.outcome ?? 'never', at(one.takenInAt), one.setAside],
        ]);
        terminal.print(
          `\n${formatTable(['source', 'last run', 'taken in', 'set aside'], sources)}`,
        );
        terminal.print();
        for (const { part, problem } of unreached) {
          terminal.print(`${part} cannot be used: ${problem.code} ${problem.text}`);
        }
        for (const { step, done, total } of underWay) {
          terminal.print(`under way: ${step}, ${done}${total === null ? '' : ` of ${total}`}`);
        }
        if (overview.holds > 0) terminal.print(`${overview.holds} wait for a person: skolnav hold`);
        terminal.print(`The last problem of a run: ${at(overview.lastProblem)}`);
        return EXIT.done;
      });
    });
}

function sayOutcome({ run }: FlowOutcome): string {
  return run?.outcome ?? 'never';
}

function deliveredBy({ run }: FlowOutcome): number {
  return (run?.counts['delivered'] ?? 0) + (run?.counts['removed'] ?? 0);
}
