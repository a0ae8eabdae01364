import type { Command } from 'commander';
import { type Ahead, formatLint, type PlanReport } from '../../core/control/control-bus.ts';
import { type PlanOptions, planRequestOf, withPlanOptions } from '../terminal/plan-options.ts';
import { printPlan } from '../terminal/plan-report.ts';
import { exitCodeOfPlans, printStops } from '../terminal/stops.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub } from '../terminal/with-hub.ts';
import { wrongFlow } from '../terminal/wrong-names.ts';

/** `skolnav plan`: what the next delivery would change, without changing anything. */
export function addPlanCommand(program: Command, terminal: Terminal): void {
  withPlanOptions(program.command('plan'))
    .description('show what each target would be told, without telling it')
    .action(async (options: PlanOptions, command: Command) => {
      await withHub(terminal, command, async ({ control, workspace }, signal) => {
        const request = planRequestOf(options, terminal, signal);
        const wrong = wrongFlow(terminal, workspace, request.flow);
        if (wrong !== null) return wrong;
        const reports = await control.plan(request);
        const ahead = await control.ahead(request.flow, signal);
        const planned = new Set(reports.map((one) => one.flow));
        const files = workspace.flows.flatMap(({ name, file }) =>
          planned.has(name) ? [file] : [],
        );
        const remarks = workspace.remarks.filter(({ file }) => files.includes(file));
        if (options.json === true) terminal.printJson({ ...asJson(reports), ahead, remarks });
        else {
          printStops(terminal, reports, ahead);
          for (const report of reports) printPlan(terminal, report);
          for (const remark of remarks) terminal.print(formatLint(remark));
          for (const line of ahead.flatMap(linesOf)) terminal.print(line);
        }
        return exitCodeOfPlans(reports, ahead);
      });
    });
}

/** The plan is about what has been taken in: what else there is, is said beside it. */
function linesOf({ module, isUnread, stops, leavers }: Ahead): readonly string[] {
  const waiting = Object.entries(leavers).map(([stream, count]) => `${count} of ${stream}`);
  return [
    ...(isUnread === true ? [`${module}: something new lies there unread: skolnav sync`] : []),
    ...(isUnread === null && stops.length === 0
      ? [`${module}: whether something new lies there is not known`]
      : []),
    ...(waiting.length === 0
      ? []
      : [
          `${module}: ${waiting.join(', ')} are missing, and go if they stay so with the next sync`,
        ]),
  ];
}

function asJson(reports: readonly PlanReport[]) {
  const sum = (name: 'create' | 'update' | 'delete') =>
    reports.reduce((total, report) => total + report.counts[name], 0);
  const counts = { create: sum('create'), update: sum('update'), delete: sum('delete') };
  return { counts, flows: reports };
}
