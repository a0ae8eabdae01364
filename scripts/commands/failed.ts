import type { Command } from 'commander';
import type { ControlBus, GroupReport } from '../../core/control/control-bus.ts';
import type { Blockage } from '../../core/control/failed/blockages.ts';
import type { Message } from '../../core/message/message.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { showProgress } from '../terminal/progress-lines.ts';
import { formatTable } from '../terminal/table.ts';
import { atLeastOne } from '../terminal/whole-number.ts';
import { printJson, printLine, whoAmI, withHub, withTargets } from '../terminal/with-hub.ts';
import { formatTrail } from './audit.ts';

interface ListOptions {
  readonly target?: string;
  readonly code?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `skolnav failed`: what could not be taken in or delivered, and what a person can do about it. */
export function addFailedCommand(program: Command): void {
  const failed = program.command('failed').description('what could not be taken in or delivered');
  addList(failed);
  addShow(failed);
  addRetry(failed);
  addDiscard(failed);
  addDiscarded(failed);
}

function addList(failed: Command): void {
  failed
    .command('list', { isDefault: true })
    .description('groups of failures, then the messages')
    .option('--target <name>', 'only this target or source')
    .option('--code <code>', 'only this failure code')
    .option('--limit <n>', 'messages to show', atLeastOne, 50)
    .option('--json', 'machine-readable')
    .action(async (options: ListOptions, command: Command) => {
      await withHub(command, async ({ control }) => {
        const list = await listFailures(control, options);
        if (options.json === true) printJson(list);
        else if (list.messages.length === 0) printNone(options);
        else printList(list, options.limit);
        return EXIT.done;
      });
    });
}

/** Groups, what they keep waiting, and the messages; of one target or code where that is asked. */
async function listFailures(control: ControlBus, { target, code, limit }: ListOptions) {
  const of = {
    ...(target === undefined ? {} : { target }),
    ...(code === undefined ? {} : { code }),
  };
  const isMeant = (one: { target: string; code: string | null }) =>
    (target ?? one.target) === one.target && (code ?? one.code) === one.code;
  const messages = await control.failures({ ...of, limit });
  const groups = await control.failureGroups();
  const blockages = await control.blockages();
  return {
    groups: groups.filter((group) => isMeant(group)),
    blockages: blockages.filter(({ cause }) => (target ?? cause.target) === cause.target),
    messages,
  };
}

type FailureList = Awaited<ReturnType<typeof listFailures>>;

function printList({ groups, blockages, messages }: FailureList, limit: number): void {
  const rows = groups.map(({ count, target, objectKind, state, code }) => {
    return [count, target, objectKind, state, code ?? ''];
  });
  printLine(formatTable(['count', 'target', 'kind', 'state', 'code'], rows));
  printLine();
  printLine(formatMessages(messages));
  if (blockages.length > 0) printLine();
  for (const blockage of blockages.slice(0, MOST_BLOCKAGES)) printBlockage(blockage);
  if (messages.length === limit) {
    printLine(`\nThe first ${limit} are listed: --limit, --target, --code.`);
  }
  printLine('\nskolnav failed show <id> tells what happened and what to do.');
}

/** What all of them have in common stands in their groups. */
function formatMessages(messages: readonly Message[]): string {
  const head = ['id', 'target', 'kind', 'state', 'code', 'place'];
  const rows = messages.map(rowOf);
  const isTold = head.map((name, column) => {
    const isAlike = rows.every((row) => row[column] === rows[0]?.[column]);
    return !isAlike || rows.length === 1 || !(name === 'target' || name === 'state');
  });
  const told = (row: readonly string[]) => row.filter((_, column) => isTold[column]);
  return formatTable(told(head), rows.map(told));
}

function printNone({ target, code }: ListOptions): void {
  if (target === undefined && code === undefined) {
    printLine('Nothing has failed. What concerns a source or flow as a whole: skolnav findings');
  } else printLine('Nothing of that target and code has failed. All: skolnav failed');
}

const MOST_BLOCKAGES = 20;

function printBlockage({ cause, waiting }: Blockage): void {
  printLine(`${waiting} ${waiting === 1 ? 'waits' : 'wait'} for ${nameOf(cause)}`);
}

/** What cannot be delivered: by its entity, since a key may say who it is. */
function nameOf({ id, objectKind, origin, state, trouble }: Message): string {
  const why = trouble === null ? '' : ` with ${trouble.code}`;
  return `${objectKind} of ${origin.kind} ${origin.id}, ${state}${why} (${id})`;
}

function rowOf({ id, target, objectKind, state, trouble }: Message): string[] {
  return [id, target, objectKind, state, trouble?.code ?? '', placeOf(trouble)];
}

function placeOf(trouble: Message['trouble']): string {
  if (trouble === null || trouble.place === null) return '';
  const { file, line, field } = trouble.place;
  return `${file}${line === null ? '' : `:${line}`}${field === null ? '' : ` ${field}`}`;
}

function addShow(failed: Command): void {
  failed
    .command('show <id>')
    .description('one failure: what happened, where, and what to do')
    .option('--json', 'machine-readable')
    .action(async (id: string, options: { json?: boolean }, command: Command) => {
      await withHub(command, async ({ control }) => {
        const message = await control.failure(id);
        if (message === null) {
          process.stderr.write(`no open failure "${id}"; it may have healed: skolnav failed\n`);
          return EXIT.failed;
        }
        const cause = await control.causeOf(message);
        const behind = (await control.blockages()).find((one) => one.cause.id === id);
        const waiting = behind?.waiting ?? 0;
        if (options.json === true) printJson({ ...message, cause, waiting });
        else printMessage(message, cause, waiting);
        return EXIT.done;
      });
    });
}

function printMessage(message: Message, cause: Message | null, waiting: number): void {
  const { trouble } = message;
  printLine(`${trouble?.code ?? ''}  ${message.type} ${message.objectKind} of ${message.target}`);
  printLine(`  what   ${trouble?.text ?? ''}`);
  printLine(`  do     ${trouble?.hint ?? ''}`);
  if (trouble?.place) printLine(`  where  ${placeOf(trouble)}`);
  const { kind, id } = message.origin;
  if (id !== '') printLine(`  about  ${kind} ${id}${kind === 'person' ? ' (skolnav trace)' : ''}`);
  printLine(`  state  ${message.state}, ${message.attempts} attempts, run ${message.run}`);
  if (cause !== null) printLine(`  waits  for ${nameOf(cause)}`);
  if (waiting > 0) printLine(`  behind ${waiting} ${waiting === 1 ? 'waits' : 'wait'} for it`);
}

function addRetry(failed: Command): void {
  withExamples(
    failed.command('retry [ids...]'),
    'failed retry UuUBvHagu366jWl39IBBTJ',
    'failed retry --target identity:scim --code TARGET_REFUSED',
  )
    .description('deliver again with the next sync, as the data are then; or a whole group now')
    .option('--target <name>', 'with --code: every failure of that code at this target, now')
    .option('--code <code>', 'one first, then a twentieth, then the rest')
    .action(async (ids: string[], options: GroupOptions, command: Command) => {
      await withTargets(command, async ({ control }, signal) => {
        const { target, code } = options;
        if (target !== undefined && code !== undefined) {
          const onProgress = showProgress();
          const group = { target, code, who: whoAmI(), onProgress, signal };
          return printGroup(await control.retryGroup(group));
        }
        if (ids.length === 0) {
          process.stderr.write('name the failures, or a group: --target and --code\n');
          return EXIT.usage;
        }
        const found = await control.retry(ids, whoAmI());
        printLine(`${found} of ${ids.length} will be delivered with the next sync.`);
        if (found < ids.length) {
          printLine(
            'The others are delivered, superseded by newer data or discarded; or they are records and\n' +
              'mapping faults, which every sync judges anew: mend their cause.',
          );
        }
        return found > 0 ? EXIT.done : EXIT.failed;
      });
    });
}

interface GroupOptions {
  readonly target?: string;
  readonly code?: string;
}

function printGroup({ found, others = 0, tried, mended, stoppedAt }: GroupReport): number {
  printLine(`${found} in the group, ${tried} tried, ${mended} mended.`);
  if (stoppedAt !== null) {
    printLine(`The same failure came again in stage ${stoppedAt} of 3: the rest was not tried.`);
  }
  if (others > 0) {
    printLine(`${others} are records or mapping faults: every skolnav sync judges them anew.`);
    printLine('Mend their cause first: skolnav failed show <id> tells which it is.');
  }
  return mended === found ? EXIT.done : EXIT.failed;
}

function addDiscard(failed: Command): void {
  failed
    .command('discard <ids...>')
    .description('take off the list without delivering (audited)')
    .requiredOption('--reason <text>', 'why it need not be delivered')
    .action(async (ids: string[], options: { reason: string }, command: Command) => {
      await withHub(command, async ({ control }) => {
        const found = await control.discard(ids, whoAmI(), options.reason);
        printLine(`${found} of ${ids.length} discarded.`);
        return found > 0 ? EXIT.done : EXIT.failed;
      });
    });
}

function addDiscarded(failed: Command): void {
  failed
    .command('discarded')
    .description('what was taken off the list, by whom and why; newest first')
    .option('--limit <n>', 'how many', atLeastOne, 50)
    .option('--json', 'machine-readable')
    .action(async ({ limit, json }: { limit: number; json?: boolean }, command: Command) => {
      await withHub(command, async ({ control, workspace }) => {
        const trail = await control.auditTrail(limit, { action: 'failed discard' });
        if (json === true) printJson(trail);
        else if (trail.length === 0) printLine('Nothing has been discarded.');
        else printLine(formatTrail(trail, workspace.config.timeZone));
        return EXIT.done;
      });
    });
}
