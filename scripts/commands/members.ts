import type { Command } from 'commander';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { calendarDay } from '../terminal/whole-number.ts';
import { withHub } from '../terminal/with-hub.ts';
import { noSuch } from '../terminal/wrong-names.ts';

interface MembersOptions {
  readonly on?: string;
  readonly json?: boolean;
}

const NAMED_BY = '`skolnav trace <person> --on <day>` names the groups of somebody.';

/** `skolnav members <group>`: who is in a class, or was on a day. */
export function addMembersCommand(program: Command, terminal: Terminal): void {
  withExamples(
    program.command('members <group>'),
    'members 713fdbec-c780-8b13-a53b-e0092230f26a --on 2026-11-20',
  )
    .description('who is a member of a group, by its id, as its sources say it now')
    .option('--on <day>', 'who was one, or will be: YYYY-MM-DD', calendarDay)
    .option('--json', 'machine-readable')
    .action(async (group: string, { on, json }: MembersOptions, command: Command) => {
      await withHub(terminal, command, async ({ control }) => {
        const found = await control.members(group, on, terminal.user);
        if (found === null) {
          return noSuch(terminal, 'group', group, [], NAMED_BY);
        }
        if (json === true) {
          terminal.printJson(found);
          return EXIT.done;
        }
        const { name, type, unit, day, members } = found;
        terminal.print(`${name} (${type}${unit === '' ? '' : `, ${unit}`}) on ${day}`);
        const rows = members.map((one) => [
          ...[one.id, one.name, one.birthYear ?? ''],
          ...[one.from ?? '', one.until ?? ''],
        ]);
        if (rows.length === 0) terminal.print('Nobody, or nobody who may be shown.');
        else terminal.print(formatTable(['id', 'name', 'born', 'first day', 'last day'], rows));
        return EXIT.done;
      });
    });
}
