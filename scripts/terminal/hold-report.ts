import {
  type Approval,
  approvedParts,
  type HeldChanges,
  type Hold,
  type HoldBackground,
  type HoldPart,
  rejectedParts,
  sayTime,
} from '../../core/control/control-bus.ts';
import { printChange } from './plan-report.ts';
import { formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/** The state in a person's words: what nobody has refused is over without a word. */
export function sayState({ state, decidedBy }: Hold): string {
  return state === 'rejected' && decidedBy === null ? 'over' : state;
}

/** What a part is called here and with --unit; what belongs to no unit has a name too. */
export function nameOfPart({ name, unit }: HoldPart): string {
  return name || unit || '(none)';
}

/** What is held, why, and who has said what to it. */
export function printHold(terminal: Terminal, hold: Hold, timeZone: string): void {
  const since = sayTime(timeZone, hold.createdAt);
  terminal.print(`${hold.subject}  ${sayState(hold)}  since ${since}`);
  for (const { code, text, hint } of hold.reasons) terminal.print(`  ${code} ${text}\n    ${hint}`);
  for (const [name, count] of Object.entries(hold.counts)) terminal.print(`  ${name}: ${count}`);
  for (const [kind, counts] of Object.entries(hold.kinds ?? {})) {
    terminal.print(`  ${kind}: ${told(counts)}`);
  }
  if (hold.parts.length > 0) printParts(terminal, hold);
  for (const word of hold.approvals) printWord(terminal, 'approved', word, timeZone);
  for (const word of hold.rejections) printWord(terminal, 'rejected', word, timeZone);
  if (hold.decidedBy !== null)
    terminal.print(`  ${hold.state} by ${hold.decidedBy}: ${hold.reason}`);
  else if (hold.reason !== null) terminal.print(`  over: ${hold.reason}`);
}

/** What the same weekday usually brings, and what is planned. */
export function printBackground(terminal: Terminal, { days, windows, file }: HoldBackground): void {
  for (const { day, counts } of days) {
    terminal.print(`  usual on ${day}: ${told(counts)}`);
  }
  for (const { from, to, reason, isOpen } of windows) {
    terminal.print(`  planned ${from} to ${to}${isOpen ? ' (open)' : ''}: ${reason}`);
  }
  if (windows.length === 0) terminal.print(`  nothing is planned: guards.windows in ${file}`);
}

function told(counts: Hold['counts']): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

/** One line for each kind of each school unit. */
function printParts(terminal: Terminal, hold: Hold): void {
  const approved = new Set(approvedParts(hold));
  const rejected = new Set(rejectedParts(hold));
  const stateOf = (part: HoldPart) =>
    rejected.has(part) ? 'rejected' : approved.has(part) ? 'approved' : 'waits';
  const lines = hold.parts.flatMap((part) =>
    Object.entries(part.kinds ?? { '': part.counts }).map(([kind, counts]) => ({
      ...{ part, kind, counts },
    })),
  );
  const columns = [...new Set(lines.flatMap(({ counts }) => Object.keys(counts)))];
  const rows = lines.map(({ part, kind, counts }) => [
    ...[nameOfPart(part), kind],
    ...columns.map((name) => counts[name] ?? 0),
    stateOf(part),
  ]);
  terminal.print(formatTable(['school unit', 'kind', ...columns, ''], rows));
}

function printWord(terminal: Terminal, what: string, word: Approval, timeZone: string): void {
  const { who, at, reason, units } = word;
  const share = units === null ? '' : `, ${units.length} of the school units`;
  terminal.print(`  ${what} by ${who} at ${sayTime(timeZone, at)}${share}: ${reason}`);
}

/** The first changes, field by field, without personal values. */
export function printHeldChanges(terminal: Terminal, changes: HeldChanges): void {
  const { report, isSame } = changes;
  for (const change of report.changes) printChange(terminal, change);
  if (report.unshown > 0) terminal.print(`  ... and ${report.unshown} more (--details)`);
  if (!isSame) terminal.print('  Data or files have changed since: the next sync holds it anew.');
}
