import type { Command } from 'commander';
import type { AdoptionReport } from '../../core/control/control-bus.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { printLast } from '../terminal/last-found.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printUnread } from '../terminal/unread-kinds.ts';
import { withTargets } from '../terminal/with-hub.ts';
import { wrongFlow } from '../terminal/wrong-names.ts';

interface AdoptOptions {
  readonly apply?: boolean;
  readonly choose?: readonly string[];
  readonly last?: boolean;
  readonly json?: boolean;
}

/** `skolnav adopt <flow>`: what a target holds already becomes ours instead of being made twice. */
export function addAdoptCommand(program: Command, terminal: Terminal): void {
  withExamples(
    program.command('adopt <flow>'),
    'adopt identity',
    'adopt identity --apply',
    'adopt identity --choose 713fdbec-c780-8b13-a53b-e0092230f26a=8f2c',
  )
    .description(
      'match what a target holds already with what it should hold, before its first sync',
    )
    .option('--apply', 'take what is certain into the ledger (audited); without it: only show')
    .option('--choose <key=id...>', 'decide for one: our key, and its id in the target or "none"')
    .option('--last', 'what was found last, by whom and when, without asking the target')
    .option('--json', 'machine-readable')
    .action(async (flow: string, options: AdoptOptions, command: Command) => {
      const choose = choicesOf(options.choose ?? []);
      if (choose === null) {
        terminal.printError('a choice is <our key>=<its id in the target>, or <our key>=none');
        terminal.exitCode = EXIT.usage;
        return;
      }
      await withTargets(terminal, command, async ({ control, workspace }, signal) => {
        const wrong = wrongFlow(terminal, workspace, flow);
        if (wrong !== null) return wrong;
        if (options.last === true) {
          const kept = await control.adoptionOf(flow);
          return printLast(terminal, kept, options, workspace.config.timeZone, (found) => {
            printKinds(terminal, found);
            if (found.ambiguous > 0) terminal.print(`${found.ambiguous} wait for a person.`);
          });
        }
        const apply = options.apply === true;
        const report = await control.adopt({ flow, apply, choose, who: terminal.user, signal });
        if (report === null) return EXIT.failed;
        if (options.json === true) terminal.printJson(report);
        else printAdoption(terminal, report, apply || choose.size > 0);
        if (report.chosen < choose.size) {
          terminal.printError(
            `${choose.size - report.chosen} of your choices name no key that is wanted, or no object that the target shows`,
          );
          return EXIT.usage;
        }
        const isRead = report.unread.length === 0;
        return isRead && report.ambiguities.length === 0 ? EXIT.done : EXIT.failed;
      });
    });
}

function choicesOf(written: readonly string[]): ReadonlyMap<string, string | null> | null {
  const choices = new Map<string, string | null>();
  for (const one of written) {
    const [, key, id] = /^([^=]+)=(.+)$/.exec(one) ?? [];
    if (key === undefined || id === undefined) return null;
    choices.set(key, id === 'none' ? null : id);
  }
  return choices;
}

function printAdoption(terminal: Terminal, report: AdoptionReport, isDone: boolean): void {
  const { flow, ambiguities, chosen } = report;
  if (!printKinds(terminal, report)) return;
  if (chosen > 0) terminal.print(`${chosen} of your choices taken.`);
  if (ambiguities.length > 0) {
    terminal.print('\nIt cannot be told which of these is which; they wait for you:');
    const open = ambiguities.map((one) => [
      ...[one.objectKind, one.key, one.field, one.remoteIds.join(', ')],
    ]);
    terminal.print(formatTable(['kind', 'our key', 'by', 'its id in the target'], open));
    terminal.print(`skolnav adopt ${flow} --choose <our key>=<its id>, or =none`);
  }
  terminal.print(
    isDone ? `skolnav plan --flow ${flow} shows what is left to do.` : 'Only shown: --apply.',
  );
}

/** What there is of each kind; false where the target cannot be asked. */
function printKinds(
  terminal: Terminal,
  { target, canBeAsked, kinds, unread }: Omit<AdoptionReport, 'ambiguities'>,
): boolean {
  if (!canBeAsked) {
    terminal.print(
      `${target} cannot be asked what it holds: what is there is looked for one by one, as`,
    );
    terminal.print('the connector can, when it would be created.');
    return false;
  }
  const head = ['kind', 'there', 'ours already', 'adopted', 'to change', 'left alone'];
  const rows = kinds.map((one) => [
    ...[one.objectKind, one.looked, one.ours, one.adopted, one.differing, one.foreign],
  ]);
  terminal.print(formatTable(head, rows));
  printUnread(terminal, unread);
  return true;
}
