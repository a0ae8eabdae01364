import type { Command } from 'commander';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { atLeastOne } from '../terminal/whole-number.ts';
import { withHub, withRecords } from '../terminal/with-hub.ts';
import { unknownFailures, wrongGroup } from '../terminal/wrong-names.ts';
import { formatTrail } from './audit.ts';
import { type PartOptions, partOf, withPart } from './failed-group.ts';

interface OfGroup extends PartOptions {
  readonly target?: string;
  readonly code?: string;
}

/** What is taken off the list without being delivered: how, what was, and how that is undone. */
export function addDiscards(terminal: Terminal, failed: Command): void {
  addDiscard(terminal, failed);
  addRestore(terminal, failed);
  addDiscarded(terminal, failed);
}

function withGroup(command: Command): Command {
  const named = command
    .option('--target <name>', 'with --code: the whole group at this target or source')
    .option('--code <code>', 'of this failure code');
  return withPart(named);
}

function addDiscard(terminal: Terminal, failed: Command): void {
  const discard = withExamples(
    failed.command('discard [ids...]'),
    'failed discard UuUBvHagu366jWl39IBBTJ --reason "left the town"',
    'failed discard --target lms:itslearning --code TARGET_REFUSED --reason "the pilot is over"',
  );
  withGroup(discard)
    .description('take off the list without delivering (audited)')
    .requiredOption('--reason <text>', 'why it need not be delivered')
    .action(async (ids: string[], options: OfGroup & { reason: string }, command: Command) => {
      await withHub(terminal, command, async ({ control }) => {
        const { reason, target, code, kind } = options;
        const who = terminal.user;
        if (target !== undefined && code !== undefined) {
          const wrong = await wrongGroup(terminal, control, { target, code });
          if (wrong !== null) return wrong;
          const name = { target, code, ...(kind === undefined ? {} : { objectKind: kind }) };
          const found = await control.discardGroup({ ...name, ...partOf(options), who, reason });
          terminal.print(`${found} of the group discarded.`);
          return found > 0 ? EXIT.done : EXIT.failed;
        }
        if (ids.length === 0) return nameSome(terminal);
        const wrong = await unknownFailures(terminal, control, ids);
        if (wrong !== null) return wrong;
        const found = await control.discard(ids, who, reason);
        terminal.print(`${found} of ${ids.length} discarded.`);
        return found > 0 ? EXIT.done : EXIT.failed;
      });
    });
}

function addRestore(terminal: Terminal, failed: Command): void {
  withGroup(failed.command('restore [ids...]'))
    .description('undo a discard, until the next sync of the source or target (audited)')
    .action(async (ids: string[], options: OfGroup, command: Command) => {
      await withHub(terminal, command, async ({ control }) => {
        const { target, code, kind } = options;
        const who = terminal.user;
        if (target !== undefined && code !== undefined) {
          if (kind === undefined) {
            terminal.printError('name the kind of object as well: --kind');
            return EXIT.usage;
          }
          const wrong = await wrongGroup(terminal, control, { target, code });
          if (wrong !== null) return wrong;
          const name = { target, code, objectKind: kind, ...partOf(options) };
          const found = await control.restoreGroup({ ...name, since: 0, who });
          terminal.print(`${found} of the group are on the list again.`);
          return found > 0 ? EXIT.done : EXIT.failed;
        }
        if (ids.length === 0) return nameSome(terminal);
        const wrong = await unknownFailures(terminal, control, ids);
        if (wrong !== null) return wrong;
        const found = await control.restore(ids, who);
        terminal.print(`${found} of ${ids.length} are on the list again.`);
        return found > 0 ? EXIT.done : EXIT.failed;
      });
    });
}

function nameSome(terminal: Terminal): number {
  terminal.printError('name the failures, or a group: --target and --code');
  return EXIT.usage;
}

function addDiscarded(terminal: Terminal, failed: Command): void {
  failed
    .command('discarded')
    .description('what was taken off the list, by whom and why; newest first')
    .option('--limit <n>', 'how many', atLeastOne, 50)
    .option('--json', 'machine-readable')
    .action(async ({ limit, json }: { limit: number; json?: boolean }, command: Command) => {
      await withRecords(terminal, command, async ({ records, timeZone }) => {
        const trail = await records.auditTrail(limit, { action: 'failed discard' });
        if (json === true) terminal.printJson(trail);
        else if (trail.length === 0) terminal.print('Nothing has been discarded.');
        else terminal.print(formatTrail(trail, timeZone));
        return EXIT.done;
      });
    });
}
