import type { Command } from 'commander';
import {
  type ControlBus,
  type GroupReport,
  type Message,
  type Records,
  type RetryName,
  type RetryWish,
  sayTime,
} from '../../core/control/control-bus.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { type FailureList, nameOf, placeOf, printList } from '../terminal/failure-list.ts';
import { listOf } from '../terminal/groups.ts';
import { showProgress } from '../terminal/progress-lines.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { atLeastOne } from '../terminal/whole-number.ts';
import { withHub, withRecords, withTargets } from '../terminal/with-hub.ts';
import {
  unknownFailure,
  unknownFailures,
  wrongCode,
  wrongGroup,
  wrongTarget,
} from '../terminal/wrong-names.ts';
import { addDiscards } from './failed-discard.ts';
import { addGroup, type PartOptions, partOf, withPart } from './failed-group.ts';
import { addGroups } from './failed-groups.ts';
import { addRow } from './failed-row.ts';

interface ListOptions {
  readonly target?: string;
  readonly code?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `skolnav failed`: what could not be taken in or delivered, and what a person can do about it. */
export function addFailedCommand(program: Command, terminal: Terminal): void {
  const failed = program.command('failed').description('what could not be taken in or delivered');
  addList(terminal, failed);
  addShow(terminal, failed);
  addRetry(terminal, failed);
  addDiscards(terminal, failed);
  addGroups(terminal, failed);
  addGroup(terminal, failed);
  addRow(terminal, failed);
}

function addList(terminal: Terminal, failed: Command): void {
  listOf(failed)
    .description('groups of failures, then the messages')
    .option('--target <name>', 'only this target or source')
    .option('--code <code>', 'only this failure code')
    .option('--limit <n>', 'messages to show', atLeastOne, 50)
    .option('--json', 'machine-readable')
    .action(async (options: ListOptions, command: Command) => {
      let isNothing = false;
      await withRecords(terminal, command, async ({ records }) => {
        const list = await listFailures(records, options);
        isNothing = list.messages.length === 0;
        const wrong = isNothing ? wrongCode(terminal, options.code) : null;
        // Whether a target is there is known to the files alone.
        if (wrong !== null || (isNothing && options.target !== undefined))
          return wrong ?? EXIT.done;
        if (options.json === true) terminal.printJson(list);
        else if (list.messages.length === 0) printNone(terminal, options);
        else printList(terminal, list, options.limit);
        return EXIT.done;
      });
      if (!isNothing || options.target === undefined || terminal.exitCode !== EXIT.done) return;
      await withHub(terminal, command, async ({ control }) => {
        const wrong = await wrongTarget(terminal, control, options.target);
        if (wrong === null) printNone(terminal, options);
        return wrong ?? EXIT.done;
      });
    });
}

/** Groups, what they keep waiting, and the messages; of one target or code where that is asked. */
async function listFailures(
  records: Records,
  { target, code, limit }: ListOptions,
): Promise<FailureList> {
  const of = {
    ...(target === undefined ? {} : { target }),
    ...(code === undefined ? {} : { code }),
  };
  const isMeant = (one: { target: string; code: string | null }) =>
    (target ?? one.target) === one.target && (code ?? one.code) === one.code;
  const messages = await records.failures({ ...of, limit });
  const groups = await records.failureGroups();
  const blockages = await records.blockages();
  return {
    groups: groups.filter((group) => isMeant(group)),
    blockages: blockages.filter(({ cause }) => (target ?? cause.target) === cause.target),
    messages,
  };
}

function printNone(terminal: Terminal, { target, code }: ListOptions): void {
  if (target === undefined && code === undefined) {
    terminal.print(
      'Nothing has failed. What concerns a source or flow as a whole: skolnav findings',
    );
  } else terminal.print('Nothing of that target and code has failed. All: skolnav failed');
}

function addShow(terminal: Terminal, failed: Command): void {
  failed
    .command('show <id>')
    .description('one failure: what happened, where, and what to do')
    .option('--values', 'also what waits for it, and the values that would be sent (audited)')
    .option('--json', 'machine-readable')
    .action(async (id: string, options: ShowOptions, command: Command) => {
      if (options.values === true) return showValues(terminal, command, id);
      await withRecords(terminal, command, async ({ records, timeZone }) => {
        const message = await records.failure(id);
        if (message === null) {
          const ending = await records.ending(id);
          if (ending === null) {
            return unknownFailure(terminal, records, id);
          }
          if (options.json === true) terminal.printJson(ending);
          else terminal.print(`It is over: ${ending.how} ${sayTime(timeZone, ending.at)}.`);
          return EXIT.done;
        }
        const cause = await records.causeOf(message);
        const behind = (await records.blockages()).find((one) => one.cause.id === id);
        const waiting = behind?.waiting ?? 0;
        if (options.json === true) terminal.printJson({ ...message, cause, waiting });
        else printMessage(terminal, message, cause, waiting);
        return EXIT.done;
      });
    });
}

interface ShowOptions {
  readonly values?: boolean;
  readonly json?: boolean;
}

/** Of those who wait for a message, so many are told. */
const MOST_WAITING = 20;

/** The entity, what the target holds of it and what it would get, as JSON: they are nested. */
async function showValues(terminal: Terminal, command: Command, id: string): Promise<void> {
  await withHub(terminal, command, async ({ control }) => {
    const message = await control.failure(id);
    if (message === null) {
      return unknownFailure(terminal, control, id);
    }
    const story = await control.objectStory(message, terminal.user);
    const waiting = await control.waitingFor(id, MOST_WAITING);
    terminal.printJson({ message, waiting, story });
    return EXIT.done;
  });
}

function printMessage(
  terminal: Terminal,
  message: Message,
  cause: Message | null,
  waiting: number,
): void {
  const { problem } = message;
  terminal.print(
    `${problem?.code ?? ''}  ${message.type} ${message.objectKind} of ${message.target}`,
  );
  terminal.print(`  what   ${problem?.text ?? ''}`);
  terminal.print(`  do     ${problem?.hint ?? ''}`);
  if (problem?.place) terminal.print(`  where  ${placeOf(problem)}`);
  const { kind, id } = message.origin;
  if (id !== '')
    terminal.print(`  about  ${kind} ${id}${kind === 'person' ? ' (skolnav trace)' : ''}`);
  terminal.print(`  state  ${message.state}, ${message.attempts} attempts, run ${message.run}`);
  if (cause !== null) terminal.print(`  waits  for ${nameOf(cause)}`);
  if (waiting > 0) terminal.print(`  behind ${waiting} ${waiting === 1 ? 'waits' : 'wait'} for it`);
}

const OTHERS =
  'The others are delivered, superseded by newer data or discarded; or they are records and\n' +
  'mapping faults, which every sync judges anew: mend their cause.';

function addRetry(terminal: Terminal, failed: Command): void {
  const retry = withExamples(
    failed.command('retry [ids...]'),
    'failed retry UuUBvHagu366jWl39IBBTJ',
    'failed retry --target identity:scim --code TARGET_REFUSED',
  );
  withPart(retry)
    .description('deliver again with the next sync, as the data are then; or a whole group now')
    .option('--target <name>', 'with --code: every failure of that code at this target, now')
    .option('--code <code>', 'one first, then a twentieth, then the rest')
    .option('--resume', 'with both: go on with a retry that was paused or cut off')
    .option('--pause', 'with both: pause the one that goes on, in whichever process')
    .option('--cancel', 'with both: end it')
    .action(async (ids: string[], options: GroupOptions, command: Command) => {
      await withTargets(terminal, command, async ({ control }, signal) => {
        const { target, code } = options;
        if (target !== undefined && code !== undefined) {
          const wrong = await wrongGroup(terminal, control, { target, code });
          if (wrong !== null) return wrong;
          const wish = options.pause ? 'pause' : options.cancel ? 'cancel' : null;
          const { kind } = options;
          const name = { target, code, ...partOf(options) };
          const asked = { ...name, objectKind: kind ?? null };
          if (wish !== null) return askFor(terminal, control, asked, wish);
          const onProgress = showProgress(terminal.err);
          const ofKind = kind === undefined ? {} : { objectKind: kind };
          const group = { ...name, ...ofKind, who: terminal.user, onProgress, signal };
          const report = options.resume
            ? await control.resumeRetry(group)
            : await control.retryGroup(group);
          if (report !== null) return printGroup(terminal, report);
          terminal.print('No retry of this group is paused.');
          return EXIT.failed;
        }
        if (ids.length === 0) {
          terminal.printError('name the failures, or a group: --target and --code');
          return EXIT.usage;
        }
        const wrong = await unknownFailures(terminal, control, ids);
        if (wrong !== null) return wrong;
        const found = await control.retry(ids, terminal.user);
        terminal.print(`${found} of ${ids.length} will be delivered with the next sync.`);
        if (found < ids.length) terminal.print(OTHERS);
        return found > 0 ? EXIT.done : EXIT.failed;
      });
    });
}

/** What it had done until then is told by the process that it goes on in. */
async function askFor(
  terminal: Terminal,
  control: ControlBus,
  name: RetryName,
  wish: RetryWish,
): Promise<number> {
  if (!(await control.askRetry(name, wish, terminal.user))) {
    terminal.print('No retry of this group goes on.');
    return EXIT.failed;
  }
  const retry = await control.retryOf(name);
  terminal.print(`Asked, after ${retry?.tried ?? 0} of ${retry?.found ?? 0} were tried.`);
  return EXIT.done;
}

interface GroupOptions extends PartOptions {
  readonly target?: string;
  readonly code?: string;
  readonly resume?: boolean;
  readonly pause?: boolean;
  readonly cancel?: boolean;
}

function printGroup(
  terminal: Terminal,
  { found, others = 0, tried, mended, stoppedAt }: GroupReport,
): number {
  terminal.print(`${found} in the group, ${tried} tried, ${mended} mended.`);
  if (stoppedAt !== null) {
    terminal.print(
      `The same failure came again in stage ${stoppedAt} of 3: the rest was not tried.`,
    );
  }
  if (others > 0) {
    terminal.print(`${others} are records or mapping faults: every skolnav sync judges them anew.`);
    terminal.print('Mend their cause first: skolnav failed show <id> tells which it is.');
  }
  return mended === found ? EXIT.done : EXIT.failed;
}
