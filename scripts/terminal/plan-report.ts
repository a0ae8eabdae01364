import type {
  EmptyKind,
  ParkedReason,
  PlanReport,
  ReportedChange,
} from '../../core/control/preview/plan-report.ts';
import type { EntityRef } from '../../core/message/message.ts';
import { formatTable } from './table.ts';
import { printLine } from './with-hub.ts';

const MOST_FIELDS = 10;
const MOST_REASONS = 10;
const MARKS = { create: '+', update: '~', delete: '-', rekey: '~', deactivate: '- deactivate' };

/** A plan as Terraform tells one: counts, then changes field by field. */
export function printPlan(report: PlanReport): void {
  const { create, update, delete: deletions } = report.counts;
  printLine();
  printLine(`Flow ${report.flow} -> ${report.target}`);
  if (report.considered === 0) {
    printLine('  Nothing has been read yet: skolnav sync --dry-run reads the sources and plans.');
  } else if (create + update + deletions === 0) {
    printLine(
      '  No changes: 0 to create, 0 to update, 0 to delete. The target holds what it should hold.',
    );
  } else {
    const { deactivated } = report;
    const first = deactivated === 0 ? '' : ` (${deactivated} of them deactivated first)`;
    printLine(`  Plan: ${create} to create, ${update} to update, ${deletions} to delete${first}.`);
    const rows = [...report.kinds]
      .filter(([, kind]) => kind.create + kind.update + kind.delete + kind.parked > 0)
      .map(([name, kind]) => [name, kind.held, kind.create, kind.update, kind.delete, kind.parked]);
    const head = ['kind', 'held', 'create', 'update', 'delete', 'parked'];
    printLine(indent(formatTable(head, rows)));
    for (const { objectKind, field, count } of report.fields.slice(0, MOST_FIELDS)) {
      printLine(`    ${objectKind}.${field}: ${count} change`);
    }
    for (const { text } of report.held) printLine(`  ! would wait for a person: ${text}`);
    for (const change of report.changes) printChange(change);
    if (report.unshown > 0) printLine(`  ... and ${report.unshown} more (--details)`);
    const { flow, digest } = report;
    printLine(`  skolnav sync --flow ${flow} --plan ${digest} delivers exactly this.`);
  }
  if (report.notTaken.length > 0) {
    printLine(`  ${report.target} has no mapping for: ${report.notTaken.join(', ')}`);
  }
  if (report.considered > 0) for (const one of report.empty) printEmpty(one, report.flow);
  if (report.parked > 0) {
    printLine(`  ${report.parked} cannot be made now and stay as they were:`);
    for (const reason of report.reasons.slice(0, MOST_REASONS)) printReason(reason);
    const more = report.reasons.length - MOST_REASONS;
    if (more > 0) printLine(`    ... and for ${more} more reasons (--json)`);
  }
}

function printEmpty({ objectKind, unreferred }: EmptyKind, flow: string): void {
  const lacks = Object.entries(unreferred).map(([to, count]) => `${count} lack their ${to}`);
  const because = lacks.length === 0 ? `nothing that the flow ${flow} selects gives any` : lacks;
  printLine(`  No ${objectKind} at all: ${[because].flat().join(', ')}.`);
}

function printReason({ objectKind, trouble, count, example }: ParkedReason): void {
  const { code, text, hint, place } = trouble;
  const line = place === null || place.line === null ? '' : `:${place.line}`;
  const where = place === null ? '' : ` (${place.file}${line})`;
  printLine(`    ${count} ${objectKind}: ${code} ${text}${where}, first of ${nameOf(example)}`);
  printLine(`      ${hint}`);
}

function nameOf({ kind, id }: EntityRef): string {
  return `${kind} ${id}`;
}

export function printChange({ action, objectKind, key, fields }: ReportedChange): void {
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
