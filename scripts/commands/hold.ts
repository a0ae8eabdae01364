import type { Command } from 'commander';
import type { Hold } from '../../core/store/store.ts';
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
    .action(async (id: string, options: { reason: string }, command: Command) => {
      await withHub(command, async ({ control }) => {
        const approve = verb === 'approve';
        const decided = await control.decideHold(id, {
          approve,
          who: whoAmI(),
          reason: options.reason,
        });
        if (decided === null) return unknownHold(id);
        printLine(`${decided.subject}: ${decided.state}.`);
        if (approve) printLine('It goes with the next sync, if it is still the same by then.');
        return EXIT.done;
      });
    });
}

function unknownHold(id: string): number {
  process.stderr.write(`no hold "${id}": skolnav hold list\n`);
  return EXIT.failed;
}

function printHold(hold: Hold): void {
  printLine(`${hold.subject}  ${hold.state}  since ${new Date(hold.createdAt).toISOString()}`);
  for (const { code, text, hint } of hold.reasons) printLine(`  ${code} ${text}\n    ${hint}`);
  for (const [name, count] of Object.entries(hold.counts)) printLine(`  ${name}: ${count}`);
  if (hold.decidedBy !== null) printLine(`  ${hold.state} by ${hold.decidedBy}: ${hold.reason}`);
  printLine('  skolnav plan shows the changes field by field.');
}
