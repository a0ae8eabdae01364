import type { Command } from 'commander';
import type { PlanReport, ReportedChange } from '../../core/control/plan-report.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { showProgress } from '../terminal/progress-lines.ts';
import { formatTable } from '../terminal/table.ts';
import { printJson, printLine, whoAmI, withHub } from '../terminal/with-hub.ts';

interface PlanOptions {
  readonly flow?: string;
  readonly json?: boolean;
  readonly reveal?: boolean;
  readonly details: string;
}

/** `skolnav plan`: what the next delivery would change, without changing anything. */
export function addPlanCommand(program: Command): void {
  program
    .command('plan')
    .description('show what each target would be told, without telling it')
    .option('--flow <name>', 'only this flow')
    .option('--json', 'machine-readable')
    .option('--reveal', 'show personal values (audited)')
    .option('--details <n>', 'changes to show field by field, per flow', '20')
    .action(async (options: PlanOptions, command: Command) => {
      await withHub(command, async ({ control }, signal) => {
        const reports = await control.plan({
          flow: options.flow ?? null,
          details: Number(options.details),
          reveal: options.reveal === true,
          who: whoAmI(),
          onProgress: showProgress(),
          signal,
        });
        if (reports.length === 0) {
          process.stderr.write(`no flow "${options.flow ?? ''}"\n`);
          return EXIT.usage;
        }
        if (options.json === true) printJson(asJson(reports));
        else for (const report of reports) printReport(report);
        return EXIT.done;
      });
    });
}

function asJson(reports: readonly PlanReport[]) {
  const sum = (name: 'create' | 'update' | 'delete') =>
    reports.reduce((total, report) => total + report.counts[name], 0);
  const counts = { create: sum('create'), update: sum('update'), delete: sum('delete') };
  return { counts, flows: reports };
}

const MARKS = { create: '+', update: '~', delete: '-', rekey: '~' } as const;

function printReport(report: PlanReport): void {
  const { create, update, delete: deletions } = report.counts;
  printLine();
  printLine(`Flow ${report.flow} -> ${report.target}`);
  if (report.considered === 0) {
    printLine('  Nothing has been read yet: skolnav sync --dry-run reads the sources and plans.');
  } else if (create + update + deletions === 0) {
    printLine('  No changes. The target holds what it should hold.');
  } else {
    printLine(`  Plan: ${create} to create, ${update} to update, ${deletions} to delete.`);
    const rows = [...report.kinds]
      .filter(([, kind]) => kind.create + kind.update + kind.delete + kind.parked > 0)
      .map(([name, kind]) => [name, kind.held, kind.create, kind.update, kind.delete, kind.parked]);
    const head = ['kind', 'held', 'create', 'update', 'delete', 'parked'];
    printLine(indent(formatTable(head, rows)));
    for (const change of report.changes) printChange(change);
    if (report.unshown > 0) printLine(`  ... and ${report.unshown} more (--details)`);
  }
  if (report.notTaken.length > 0) {
    printLine(`  ${report.target} has no mapping for: ${report.notTaken.join(', ')}`);
  }
  if (report.parked > 0) {
    printLine(`  ${report.parked} cannot be made now and stay as they were: skolnav failed list`);
  }
}

function printChange({ action, objectKind, key, fields }: ReportedChange): void {
  printLine(`  ${MARKS[action]} ${objectKind} ${key}`);
  for (const { field, before, after } of fields) {
    if (action === 'create') printLine(`      ${field} = ${after}`);
    else if (action !== 'delete')
      printLine(`      ${field}: ${before ?? '(none)'} -> ${after ?? '(none)'}`);
  }
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
