import type { Command } from 'commander';
import { type AuditEntry, sayTime, startOf } from '../../core/control/control-bus.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { refusingOthers } from '../terminal/groups.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { atLeastOne, calendarDay } from '../terminal/whole-number.ts';
import { withRecords } from '../terminal/with-hub.ts';

interface Options {
  readonly who?: string;
  readonly action?: string;
  readonly since?: string;
  readonly limit: number;
  readonly json?: boolean;
}

interface CheckOptions {
  readonly noted?: string;
  readonly json?: boolean;
}

/** `skolnav audit`: who did and looked at what, newest first. */
export function addAuditCommand(program: Command, terminal: Terminal): void {
  const audit = program
    .command('audit')
    .description('who did what, looked at whom, and why; newest first')
    .option('--who <name>', 'only what this user did')
    .option('--action <name>', 'only this: trace, explain, find person, failed discard ...')
    .option('--since <day>', 'from this day on, YYYY-MM-DD', calendarDay)
    .option('--limit <n>', 'how many', atLeastOne, 50)
    .option('--json', 'machine-readable')
    .action(async ({ who, action, since, limit, json }: Options, command: Command) => {
      await withRecords(terminal, command, async ({ records, timeZone }) => {
        const trail = await records.auditTrail(limit, {
          ...(who === undefined ? {} : { who }),
          ...(action === undefined ? {} : { action }),
          ...(since === undefined ? {} : { from: startOf(timeZone, since) }),
        });
        if (json === true) terminal.printJson(trail);
        else if (trail.length === 0) terminal.print('Nothing of that is in the audit trail.');
        else terminal.print(formatTrail(trail, timeZone));
        return EXIT.done;
      });
    });
  addCheck(audit, terminal);
  addExport(audit, terminal);
  refusingOthers(audit, audit);
}

function addCheck(audit: Command, terminal: Terminal): void {
  audit
    .command('check')
    .description('whether every entry is as it was written, and none is missing between others')
    .option('--noted <digest>', 'the end of the chain as it was told before: is it still there?')
    .option('--json', 'machine-readable')
    .action(async ({ noted }: CheckOptions, command: Command) => {
      // `audit` itself has that option as well, and takes it.
      const { json } = command.optsWithGlobals<CheckOptions>();
      await withRecords(terminal, command, async ({ records }) => {
        const found = await records.checkAudit(noted ?? null);
        const { entries, unchained, brokenAt, head, hasNoted } = found;
        if (json === true) terminal.printJson(found);
        else {
          const whole = `The chain is whole: ${entries} entries.`;
          terminal.print(brokenAt === null ? whole : `The chain is broken at entry ${brokenAt}.`);
          if (unchained > 0) terminal.print(`${unchained} are from before there was a chain.`);
          if (hasNoted === false) terminal.print('The noted digest is not there.');
          terminal.print(`Its end, to be noted elsewhere: ${head}`);
        }
        return brokenAt === null && hasNoted !== false ? EXIT.done : EXIT.failed;
      });
    });
}

function addExport(audit: Command, terminal: Terminal): void {
  audit
    .command('export')
    .description('all entries with their digests, oldest first, one JSON object a line (audited)')
    .action(async (_options: unknown, command: Command) => {
      await withRecords(terminal, command, async ({ records }) => {
        for await (const page of records.auditExport(terminal.user)) {
          for (const record of page) terminal.print(JSON.stringify(record));
        }
        return EXIT.done;
      });
    });
}

/** One line an entry. */
export function formatTrail(trail: readonly AuditEntry[], timeZone: string): string {
  const rows = trail.map(({ at, who, action, subject, reason }) => {
    return [sayTime(timeZone, at), who, action, subject, reason];
  });
  return formatTable(['when', 'who', 'action', 'what', 'reason'], rows);
}
