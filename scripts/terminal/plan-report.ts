import type {
  EmptyKind,
  EntityRef,
  ParkedReason,
  PlanReport,
  ReportedChange,
} from '../../core/control/control-bus.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const MOST_FIELDS = 10;
const MOST_REASONS = 10;
const MARKS = { create: '+', update: '~', delete: '-', rekey: '~', suspend: '- suspend' };

/** A plan as Terraform tells one: counts, then changes field by field. */
export function printPlan(terminal: Terminal, report: PlanReport): void {
  const { create, update, delete: deletions } = report.counts;
  terminal.print();
  terminal.print(`Flow ${report.flow} -> ${report.target}`);
  const isFirst = report.first.delete + report.first.update > 0;
  if (isFirst) printFirst(terminal, report.first);
  if (report.considered === 0) {
    terminal.print(
      '  Nothing has been read yet: skolnav sync --dry-run reads the sources and plans.',
    );
  } else if (create + update + deletions === 0 && isFirst) {
    terminal.print('  No other changes: 0 to create, 0 to update, 0 to delete.');
  } else if (create + update + deletions === 0) {
    terminal.print(
      '  No changes: 0 to create, 0 to update, 0 to delete. The target holds what it should hold.',
    );
  } else {
    const { suspended } = report;
    const first = suspended === 0 ? '' : ` (${suspended} of them suspended first)`;
    terminal.print(
      `  Plan: ${create} to create, ${update} to update, ${deletions} to delete${first}.`,
    );
    const rows = [...report.kinds]
      .filter(([, kind]) => kind.create + kind.update + kind.delete + kind.parked > 0)
      .map(([name, kind]) => [name, kind.held, kind.create, kind.update, kind.delete, kind.parked]);
    const head = ['kind', 'held', 'create', 'update', 'delete', 'parked'];
    terminal.print(indent(formatTable(head, rows)));
    for (const { objectKind, field, count } of report.fields.slice(0, MOST_FIELDS)) {
      terminal.print(`    ${objectKind}.${field}: ${count} change`);
    }
    for (const { text } of report.held) terminal.print(`  ! would wait for a person: ${text}`);
    for (const change of report.changes) printChange(terminal, change);
    if (report.unshown > 0) terminal.print(`  ... and ${report.unshown} more (--details)`);
    terminal.print(howToDeliver(report));
  }
  if (report.notTaken.length > 0) {
    terminal.print(`  ${report.target} has no mapping for: ${report.notTaken.join(', ')}`);
  }
  if (report.considered > 0) for (const one of report.empty) printEmpty(terminal, one, report.flow);
  if (report.parked > 0) {
    terminal.print(`  ${report.parked} cannot be made now and stay as they were:`);
    for (const reason of report.reasons.slice(0, MOST_REASONS)) printReason(terminal, reason);
    const more = report.reasons.length - MOST_REASONS;
    if (more > 0) terminal.print(`    ... and for ${more} more reasons (--json)`);
  }
}

function howToDeliver({ flow, digest, stops }: PlanReport): string {
  return stops.length > 0
    ? '  Nothing of this is told as things are: see above.'
    : `  skolnav sync --flow ${flow} --plan ${digest} delivers exactly this.`;
}

function printFirst(terminal: Terminal, { update, delete: deletions }: PlanReport['first']): void {
  const what = `${deletions} ${deletions === 1 ? 'object' : 'objects'}, ${update} changed`;
  terminal.print(`  Goes first, for protection, whatever guards hold: ${what}.`);
}

function printEmpty(terminal: Terminal, { objectKind, unreferred }: EmptyKind, flow: string): void {
  const lacks = Object.entries(unreferred).map(([to, count]) => `${count} lack their ${to}`);
  const because = lacks.length === 0 ? `nothing that the flow ${flow} selects gives any` : lacks;
  terminal.print(`  No ${objectKind} at all: ${[because].flat().join(', ')}.`);
}

function printReason(
  terminal: Terminal,
  { objectKind, problem, count, example }: ParkedReason,
): void {
  const { code, text, hint, place } = problem;
  const line = place === null || place.line === null ? '' : `:${place.line}`;
  const where = place === null ? '' : ` (${place.file}${line})`;
  terminal.print(
    `    ${count} ${objectKind}: ${code} ${text}${where}, first of ${nameOf(example)}`,
  );
  terminal.print(`      ${hint}`);
}

function nameOf({ kind, id }: EntityRef): string {
  return `${kind} ${id}`;
}

export function printChange(
  terminal: Terminal,
  { action, objectKind, key, fields }: ReportedChange,
): void {
  terminal.print(`  ${MARKS[action]} ${objectKind} ${key}`);
  for (const { field, before, after } of fields) {
    if (action === 'create') terminal.print(`      ${field} = ${after}`);
    else if (action !== 'delete')
      terminal.print(`      ${field}: ${before ?? '(none)'} -> ${after ?? '(none)'}`);
  }
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
