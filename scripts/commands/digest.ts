import type { Command } from 'commander';
import { sayTime } from '../../core/control/control-bus.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withLooks } from '../terminal/with-hub.ts';

/** `skolnav digest`: the last day at a glance, as the daily mail says it. */
export function addDigestCommand(program: Command, terminal: Terminal): void {
  program
    .command('digest')
    .description('the last day at a glance, as the daily mail says it')
    .option('--json', 'machine-readable')
    .action(async (options: { json?: boolean }, command: Command) => {
      await withLooks(terminal, command, async (looks, timeZone) => {
        const digest = await looks.digest();
        if (options.json === true) {
          terminal.printJson(digest);
          return EXIT.done;
        }
        const { from, until, subjects, findings, overridesEnding } = digest;
        terminal.print(`From ${sayTime(timeZone, from)} to ${sayTime(timeZone, until)}`);
        const rows = subjects.map(({ type, subject, runs, done, counts }) => {
          const said = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
          return [`${type} ${subject}`, `${done} of ${runs}`, runs === 0 ? '' : said.join(', ')];
        });
        terminal.print(formatTable(['what', 'runs done', 'counts'], rows));
        const open = findings.length === 0 ? 'Nothing' : `${findings.length}`;
        terminal.print(`\n${open} to see to: skolnav findings`);
        if (overridesEnding > 0) {
          terminal.print(`${overridesEnding} end within a week: skolnav override list`);
        }
        return EXIT.done;
      });
    });
}
