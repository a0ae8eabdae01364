import type { Command } from 'commander';
import { approvedParts } from '../../core/guard/holds.ts';
import type { Hold } from '../../core/store/run-store.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import { printJson, printLine, whoAmI, withHub } from '../terminal/with-hub.ts';

/** `skolnav hold`: plans, sources and targets that wait for a person. */
export function addHoldCommand(program: Command): void {
  const hold = program.command('hold').description('what waits for a person');
  hold
    .command('list', { isDefault: true })
    .description('open holds')
    .option('--all', 'decided ones too')
    .option('--json', 'machine-readable')
    .action(async (options: { all?: boolean; json?: boolean }, command: Command) => {
      await withHub(command, async ({ control }) => {
        const holds = await control.holds(options.all === true ? undefined : 'open');
        if (options.json === true) printJson(holds);
        else if (holds.length === 0) printLine('Nothing waits for a person.');
        else {
          const rows = holds.map((one) => [
            one.id,
            one.subject,
            one.state,
            one.reasons[0]?.text ?? '',
          ]);
          printLine(formatTable(['id', 'subject', 'state', 'reason'], rows));
        }
        return EXIT.done;
      });
    });
  hold
    .command('show <id>')
    .description('why it is held, and what it would do')
    .option('--json', 'machine-readable')
    .action(async (id: string, options: { json?: boolean }, command: Command) => {
      await withHub(command, async ({ control }) => {
        const found = (await control.holds()).find((one) => one.id === id);
        if (found === undefined) return unknownHold(id);
        if (options.json === true) printJson(found);
        else printHold(found);
        return EXIT.done;
      });
    });
  addDecision(hold, 'approve', 'let exactly this go with the next sync (audited)');
  addDecision(hold, 'reject', 'leave the targets as they are (audited)');
}

function addDecision(hold: Command, verb: 'approve' | 'reject', description: string): void {
  hold
    .command(`${verb} <id>`)
    .description(description)
    .requiredOption('--reason <text>', 'why')
    .option('--unit <name...>', 'only the share of these school units, by name or id')
    .action(async (id: string, options: DecisionOptions, command: Command) => {
      await withHub(command, async ({ control }) => {
        const approve = verb === 'approve';
        const hold = (await control.holds('open')).find((one) => one.id === id);
        if (hold === undefined) return unknownHold(id);
        const units = options.unit === undefined ? null : unitsNamed(hold, options.unit);
        if (typeof units === 'string') return wrongUnit(hold, units);
        const decision = { approve, who: whoAmI(), reason: options.reason, units };
        const decided = await control.decideHold(id, decision);
        if (decided === null) return unknownHold(id);
        printDecision(decided, approve);
        return EXIT.done;
      });
    });
}

interface DecisionOptions {
  readonly reason: string;
  readonly unit?: readonly string[];
}

/** Ids of the units, or the first name that the hold does not have. */
function unitsNamed({ parts }: Hold, names: readonly string[]): readonly string[] | string {
  const found: string[] = [];
  for (const name of names) {
    const part = parts.find((one) => one.unit === name || one.name === name);
    if (part === undefined) return name;
    found.push(part.unit);
  }
  return found;
}

function wrongUnit({ parts }: Hold, name: string): number {
  const known = parts.map((part) => part.name || '(none)').join(', ');
  process.stderr.write(`the hold has no unit "${name}"; it has ${known || 'no units'}\n`);
  return EXIT.usage;
}

function printDecision(hold: Hold, approve: boolean): void {
  printLine(`${hold.subject}: ${hold.state}.`);
  if (!approve) return;
  const people = new Set(hold.approvals.map(({ who }) => who)).size;
  if (people < hold.needs) {
    printLine(`It needs ${hold.needs} different persons; ${people} has approved.`);
  } else {
    printLine('What is approved goes with the next sync, if it is still the same by then.');
  }
}

function unknownHold(id: string): number {
  process.stderr.write(`no hold "${id}": skolnav hold list\n`);
  return EXIT.failed;
}

function printHold(hold: Hold): void {
  printLine(`${hold.subject}  ${hold.state}  since ${new Date(hold.createdAt).toISOString()}`);
  for (const { code, text, hint } of hold.reasons) printLine(`  ${code} ${text}\n    ${hint}`);
  for (const [name, count] of Object.entries(hold.counts)) printLine(`  ${name}: ${count}`);
  if (hold.parts.length > 0) {
    const approved = new Set(approvedParts(hold));
    const rows = hold.parts.map((part) => {
      const { create = 0, update = 0, delete: deletions = 0 } = part.counts;
      const state = approved.has(part) ? 'approved' : 'waits';
      return [part.name || '(none)', create, update, deletions, state];
    });
    printLine(formatTable(['school unit', 'create', 'update', 'delete', ''], rows));
  }
  for (const { who, at, reason } of hold.approvals) {
    printLine(`  approved by ${who} at ${new Date(at).toISOString()}: ${reason}`);
  }
  if (hold.decidedBy !== null) printLine(`  ${hold.state} by ${hold.decidedBy}: ${hold.reason}`);
  printLine('  skolnav plan shows the changes field by field.');
}
