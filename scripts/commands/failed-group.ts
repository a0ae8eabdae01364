import { type Command, Option } from 'commander';
import { FAILURE_ORDERS, type OfPart, sayTime } from '../../core/control/control-bus.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { placeOf } from '../terminal/failure-list.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { atLeastOne } from '../terminal/whole-number.ts';
import { withHub } from '../terminal/with-hub.ts';
import { wrongGroup } from '../terminal/wrong-names.ts';

/** What of a group a command is about. */
export interface PartOptions {
  readonly kind?: string;
  readonly unit?: string;
  readonly run?: string;
  readonly file?: string;
  readonly field?: string;
}

interface GroupOptions extends PartOptions {
  readonly target: string;
  readonly code: string;
  readonly sort: keyof typeof FAILURE_ORDERS;
  readonly limit: number;
  readonly json?: boolean;
}

/** The options by which a part of a group is named. */
export function withPart(command: Command): Command {
  return command
    .option('--kind <name>', 'and this kind of object')
    .option('--unit <id>', 'and this school unit')
    .option('--run <id>', 'and this run, which has put them last')
    .option('--file <name>', 'and this file, where they are to be mended')
    .option('--field <name>', 'and this field there');
}

/** A place is a file with its field: where one is named, the other may be none. */
export function partOf({ unit, run, file, field }: PartOptions): OfPart {
  const isThere = file !== undefined || field !== undefined;
  return {
    ...(unit === undefined ? {} : { unit }),
    ...(run === undefined ? {} : { run }),
    ...(isThere ? { place: { file: file ?? '', field: field ?? '' } } : {}),
  };
}

/** `skolnav failed group`: the messages of a group, or of a part of it, in one of several orders. */
export function addGroup(terminal: Terminal, failed: Command): void {
  const orders = new Option('--sort <order>', 'in which order').choices(
    Object.keys(FAILURE_ORDERS),
  );
  const group = withExamples(
    failed.command('group'),
    'failed group --target identity:scim --code KEY_TAKEN --sort place',
  )
    .description('of which runs and places the messages of a group are, and the first of them')
    .requiredOption('--target <name>', 'at this target or source')
    .requiredOption('--code <code>', 'of this failure code')
    .addOption(orders.default('oldest'))
    .option('--limit <n>', 'messages to show', atLeastOne, 50)
    .option('--json', 'machine-readable');
  withPart(group).action(async (options: GroupOptions, command: Command) => {
    await withHub(terminal, command, async ({ control, workspace }) => {
      const { target, code, kind, sort, limit, json } = options;
      const wrong = await wrongGroup(terminal, control, { target, code });
      if (wrong !== null) return wrong;
      const groups = (await control.failureGroups()).filter((one) => {
        const isOfKind = one.objectKind === (kind ?? one.objectKind);
        return one.target === target && one.code === code && isOfKind;
      });
      const wish = { ...FAILURE_ORDERS[sort], after: null, limit };
      const found = [];
      for (const one of groups) {
        const parts = await control.partsOf(one);
        const { failures } = await control.failurePage({ ...one, ...partOf(options) }, wish);
        found.push({ ...one, parts, failures });
      }
      if (json === true) terminal.printJson(found);
      else if (found.length === 0) terminal.print('Nothing of that has failed: skolnav failed');
      const at = (time: number) => sayTime(workspace.config.timeZone, time);
      for (const { objectKind, state, count, parts, failures } of json === true ? [] : found) {
        terminal.print(`${count} ${objectKind}, ${state}`);
        const counted = parts.map((part) => [part.count, part.run, part.file, part.field]);
        terminal.print(formatTable(['count', 'run', 'file', 'field'], counted));
        const rows = failures.map(({ message, unitName }) => [
          ...[message.id, unitName, placeOf(message.problem), message.attempts],
          at(message.updatedAt),
        ]);
        const head = ['id', 'school unit', 'place', 'attempts', 'last'];
        terminal.print(`\n${formatTable(head, rows)}`);
      }
      return EXIT.done;
    });
  });
}
