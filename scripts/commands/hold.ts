import type { Command } from 'commander';
import {
  approvedParts,
  type ControlBus,
  type Hold,
  type HoldDecision,
  rejectedParts,
} from '../../core/control/control-bus.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { listOf } from '../terminal/groups.ts';
import {
  nameOfPart,
  printBackground,
  printHeldChanges,
  printHold,
  sayState,
} from '../terminal/hold-report.ts';
import { showProgress } from '../terminal/progress-lines.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { wholeNumber } from '../terminal/whole-number.ts';
import { withHub, withRecords } from '../terminal/with-hub.ts';
import { noSuch, wrongTarget } from '../terminal/wrong-names.ts';

const NEXT_SYNC =
  'What is approved goes with the next skolnav sync, if it is still the same by then.';

/** `skolnav hold`: plans, sources and targets that wait for a person. */
export function addHoldCommand(program: Command, terminal: Terminal): void {
  const hold = program.command('hold').description('what waits for a person');
  listOf(hold)
    .description('open holds')
    .option('--all', 'decided ones too')
    .option('--json', 'machine-readable')
    .action(async (options: { all?: boolean; json?: boolean }, command: Command) => {
      await withRecords(terminal, command, async ({ records }) => {
        const holds = await records.holds(options.all === true ? undefined : 'open');
        if (options.json === true) terminal.printJson(holds);
        else printHolds(terminal, holds);
        return EXIT.done;
      });
    });
  hold
    .command('show <id>')
    .description('why it is held, and what it would do')
    .option('--json', 'machine-readable')
    .option('--details <n>', 'changes to show field by field', wholeNumber, 20)
    .action(async (id: string, options: ShowOptions, command: Command) => {
      await withHub(terminal, command, async ({ control, workspace }, signal) => {
        const found = (await control.holds()).find((one) => one.id === id);
        if (found === undefined) return unknownHold(terminal, control, id);
        const { details } = options;
        const onProgress = showProgress(terminal.err);
        const request = { details, reveal: false, who: terminal.user, onProgress, signal };
        const changes = await control.heldChanges(id, request);
        const background = await control.holdBackground(id);
        if (options.json === true) terminal.printJson({ ...found, background, changes });
        else {
          printHold(terminal, found, workspace.config.timeZone);
          if (background !== null) printBackground(terminal, background);
          if (changes !== null) printHeldChanges(terminal, changes);
        }
        return EXIT.done;
      });
    });
  addDecision(terminal, hold, 'approve', 'let exactly this go with the next sync (audited)');
  addDecision(
    terminal,
    hold,
    'reject',
    'leave it as it is; of an identity: it is another (audited)',
  );
}

const MOST_REASONS = 3;

function printHolds(terminal: Terminal, holds: readonly Hold[]): void {
  if (holds.length === 0) {
    terminal.print('Nothing waits for a person.');
    return;
  }
  // Each reason: which school unit it is stands in the second of a source that has shrunk.
  const rows = holds.flatMap((one) => {
    const [first, ...others] = one.reasons.slice(0, MOST_REASONS).map(({ text }) => text);
    const left = one.reasons.length - MOST_REASONS;
    const more = left > 0 ? [`and ${left} more`] : [];
    const head = [one.id, one.subject, sayState(one), first ?? ''];
    return [head, ...[...others, ...more].map((text) => ['', '', '', text])];
  });
  terminal.print(formatTable(['id', 'subject', 'state', 'reason'], rows));
  terminal.print('\nskolnav hold show <id> tells what is held and what to do.');
}

function addDecision(
  terminal: Terminal,
  hold: Command,
  verb: 'approve' | 'reject',
  description: string,
): void {
  withExamples(
    hold.command(`${verb} [ids...]`),
    `hold ${verb} UTX9mo6HJO --reason "the school has told us"`,
    `hold ${verb} UTX9mo6HJO --unit "Ekskolan" --reason "the school has told us"`,
    `hold ${verb} --all register --reason "the register has been numbered anew"`,
  )
    .description(description)
    .requiredOption('--reason <text>', 'why')
    .option('--unit <name...>', 'only the share of these school units, by name or id')
    .option('--all <source>', 'every id of this source that came with another person')
    .action(async (ids: string[], options: DecisionOptions, command: Command) => {
      await withHub(terminal, command, async ({ control }) => {
        const { all, reason, unit } = options;
        const isOne = ids.length === 1 && all === undefined;
        if ((unit !== undefined && !isOne) || (ids.length === 0) === (all === undefined)) {
          return wrongChoice(terminal, verb);
        }
        const approve = verb === 'approve';
        const decision = { approve, who: terminal.user, reason, units: null };
        if (isOne) return decideOne(terminal, control, ids[0] ?? '', decision, unit);
        const named = all === undefined ? ids : idsOf(await control.identityHolds(all));
        if (named.length === 0)
          return (await wrongTarget(terminal, control, all)) ?? none(terminal);
        const decided = await control.decideHolds(named, decision);
        return printAll(terminal, control, named, decided, approve);
      });
    });
}

async function decideOne(
  terminal: Terminal,
  control: ControlBus,
  id: string,
  decision: HoldDecision,
  names: readonly string[] | undefined,
): Promise<number> {
  const { approve } = decision;
  const refused = approve ? await control.holds('rejected') : [];
  const known = [...(await control.holds('open')), ...refused];
  const hold = known.find((one) => one.id === id);
  if (hold === undefined) return unknownHold(terminal, control, id);
  const units = names === undefined ? null : unitsNamed(hold, names);
  if (typeof units === 'string') return wrongUnit(terminal, hold, units);
  const [decided] = await control.decideHolds([id], { ...decision, units });
  if (decided === undefined) return unknownHold(terminal, control, id);
  printDecision(terminal, decided, approve);
  return EXIT.done;
}

function idsOf(holds: readonly Hold[]): readonly string[] {
  return holds.map(({ id }) => id);
}

function none(terminal: Terminal): number {
  terminal.print('No id of this source waits for a person.');
  return EXIT.done;
}

/** What became of each; those that are not there are named, and fail the command. */
async function printAll(
  terminal: Terminal,
  control: ControlBus,
  ids: readonly string[],
  decided: readonly Hold[],
  approve: boolean,
): Promise<number> {
  for (const one of decided) terminal.print(`${one.subject}: ${sayProgress(one)}.`);
  if (approve && decided.length > 0) terminal.print(NEXT_SYNC);
  const known = new Set(idsOf(decided));
  const unknown = ids.filter((id) => !known.has(id));
  for (const id of unknown) await unknownHold(terminal, control, id);
  return unknown.length === 0 ? EXIT.done : EXIT.usage;
}

function wrongChoice(terminal: Terminal, verb: string): number {
  terminal.printError(
    `hold ${verb} takes ids, or --all with a source; --unit goes with one id alone`,
  );
  return EXIT.usage;
}

interface ShowOptions {
  readonly json?: boolean;
  readonly details: number;
}

interface DecisionOptions {
  readonly reason: string;
  readonly all?: string;
  readonly unit?: readonly string[];
}

/** Ids of the units, or the first name that the hold does not have. */
function unitsNamed({ parts }: Hold, names: readonly string[]): readonly string[] | string {
  const found: string[] = [];
  for (const name of names) {
    const part = parts.find((one) => one.unit === name || nameOfPart(one) === name);
    if (part === undefined) return name;
    found.push(part.unit);
  }
  return found;
}

function wrongUnit(terminal: Terminal, { parts }: Hold, name: string): number {
  const known = parts.map((part) => `"${nameOfPart(part)}"`).join(', ');
  terminal.printError(`the hold has no unit "${name}"; it has ${known || 'no units'}`);
  return EXIT.usage;
}

function printDecision(terminal: Terminal, hold: Hold, approve: boolean): void {
  terminal.print(`${hold.subject}: ${sayProgress(hold)}.`);
  if (!approve) return;
  const people = new Set(hold.approvals.map(({ who }) => who)).size;
  if (people < hold.needs) {
    terminal.print(`It needs ${hold.needs} different persons; so far: ${people}.`);
  } else {
    terminal.print(NEXT_SYNC);
  }
}

/** `approved`, or how much of what is open is decided. */
function sayProgress(hold: Hold): string {
  const { state, parts } = hold;
  const [yes, no] = [approvedParts(hold).length, rejectedParts(hold).length];
  if (state !== 'open' || yes + no === 0) return state;
  const open = parts.length - yes - no;
  return `open; of ${parts.length} school units ${yes} approved, ${no} rejected; ${open} still to decide`;
}

async function unknownHold(terminal: Terminal, control: ControlBus, id: string): Promise<number> {
  const open = idsOf(await control.holds('open'));
  return noSuch(terminal, 'hold', id, open, 'All: skolnav hold list');
}
