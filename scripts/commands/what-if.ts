import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { READ_FOLDERS } from '../../core/check.ts';
import type { Flow, PlanReport } from '../../core/control/control-bus.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { type PlanOptions, planRequestOf, withPlanOptions } from '../terminal/plan-options.ts';
import { printPlan } from '../terminal/plan-report.ts';
import { exitCodeOfPlans, printStops } from '../terminal/stops.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub } from '../terminal/with-hub.ts';
import { wrongFlow } from '../terminal/wrong-names.ts';

/** `skolnav what-if <folder>`: changed files tried out on the stored data. */
export function addWhatIfCommand(program: Command, terminal: Terminal): void {
  const whatIf = withExamples(
    program.command('what-if <folder>'),
    'what-if tried   # with tried/mappings/scim/user.yaml in it',
  );
  withPlanOptions(whatIf)
    .description(
      'what changed files (config, flows, mappings, schemas) would change; writes nothing',
    )
    .action(async (folder: string, options: PlanOptions, command: Command) => {
      const overlay = resolve(folder);
      const names = await readdir(overlay).catch(() => null);
      if (!names?.some((name) => READ_FOLDERS.includes(name))) {
        const nothing = `nothing in ${folder} would be read: it has none of ${READ_FOLDERS.join(', ')}.`;
        const hint = 'Put a changed file there by its path, such as mappings/scim/user.yaml.';
        terminal.printError(names === null ? `no folder ${folder}` : `${nothing} ${hint}`);
        terminal.exitCode = EXIT.usage;
        return;
      }
      await withHub(terminal, command, async ({ control, workspace }, signal) => {
        const request = planRequestOf(options, terminal, signal);
        const { flow } = request;
        const wrong = wrongFlow(terminal, workspace, flow);
        if (wrong !== null) return wrong;
        const reports = await control.whatIf(overlay, request);
        if (options.json === true) terminal.printJson(reports);
        else {
          printStops(terminal, reports);
          for (const report of reports) printPlan(terminal, report);
          if (flow === null) printOff(terminal, workspace.flows, reports);
          terminal.print(
            '\nWhat would come anyway is left out; the digest is that of the whole plan.',
          );
        }
        return exitCodeOfPlans(reports);
      });
    });
}

/** A workspace's own flows, once there are any, take the place of all that are built in. */
function printOff(
  terminal: Terminal,
  present: readonly Flow[],
  reports: readonly PlanReport[],
): void {
  for (const { name, file } of present) {
    if (reports.some((report) => report.flow === name)) continue;
    terminal.print(
      `\n${name} would be off: its target is told nothing more. Copy ${file} there, too.`,
    );
  }
}
