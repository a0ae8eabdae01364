import type { Command } from 'commander';
import type { ControlBus, EditableObject, Override } from '../../core/control/control-bus.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { listOf } from '../terminal/groups.ts';
import { showProgress } from '../terminal/progress-lines.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub, withTargets } from '../terminal/with-hub.ts';
import { KEYS, noSuch, wrongKind } from '../terminal/wrong-names.ts';

const NEXT = 'It goes with the next skolnav sync.';

/** `skolnav override`: values that persons set in the place of a mapping's, until a day. */
export function addOverrideCommand(program: Command, terminal: Terminal): void {
  const override = program
    .command('override')
    .description("values that persons set in the place of a mapping's");
  addList(override, terminal);
  addShow(override, terminal);
  addSet(override, terminal);
  addApprove(override, terminal);
  addEnd(override, terminal);
}

type Listed = Omit<Override, 'value'>;

function addList(override: Command, terminal: Terminal): void {
  listOf(override)
    .description('those that count or wait, without their values')
    .option('--all', 'those that have ended, too')
    .option('--json', 'machine-readable')
    .action(async (options: { all?: boolean; json?: boolean }, command: Command) => {
      await withHub(terminal, command, async ({ control }) => {
        const all = await control.overrides();
        const shown = options.all === true ? all : all.filter(({ end }) => end === null);
        if (options.json === true) terminal.printJson(shown);
        else if (shown.length === 0) terminal.print('Nothing is set in the place of a mapping.');
        else terminal.print(formatTable(HEAD, shown.map(rowOf)));
        return EXIT.done;
      });
    });
}

const HEAD = ['id', 'target', 'kind', 'of', 'field', 'until', 'state', 'by', 'reason'];

/** By its entity, since a key may say who it is. */
function rowOf({ id, target, objectKind, origin, field, until, ...one }: Listed): string[] {
  const of = `${origin.kind} ${origin.id}`;
  return [
    id,
    target,
    objectKind,
    of,
    field,
    until,
    stateOf(one),
    one.approvals.join(', '),
    one.reason,
  ];
}

function stateOf({ end, approvals, needs }: Pick<Override, 'end' | 'approvals' | 'needs'>): string {
  if (end !== null) return end.how;
  return approvals.length < needs ? `waits for ${needs - approvals.length} more` : 'counts';
}

type Named = [flow: string, kind: string, key: string];

function addShow(override: Command, terminal: Terminal): void {
  override
    .command('show <flow> <kind> <key>')
    .description('the fields of an object, their values, and which of them are locked (audited)')
    .option('--json', 'machine-readable')
    .action(async (...[flow, objectKind, key, options, command]: [...Named, Json, Command]) => {
      await withHub(terminal, command, async ({ control, workspace }) => {
        const wrong = wrongKind(terminal, workspace, flow, objectKind);
        if (wrong !== null) return wrong;
        const found = await control.editable({ target: flow, objectKind, key }, terminal.user);
        if (found === null) return unknown(terminal, flow, objectKind, key);
        if (options.json === true) terminal.printJson(found);
        else printObject(terminal, found);
        return EXIT.done;
      });
    });
}

interface Json {
  readonly json?: boolean;
}

function unknown(terminal: Terminal, flow: string, objectKind: string, key: string): number {
  return noSuch(terminal, `${objectKind} that ${flow} wants`, key, [], KEYS);
}

function printObject(terminal: Terminal, { fields, problem, overrides, latest }: EditableObject) {
  const rows = fields.map(({ field, mapped, present, lock, isSensitive }) => {
    const set = mapped === present ? '' : (present ?? '(left out)');
    return [field, mapped ?? '', set, lock ?? (isSensitive ? 'sensitive' : 'free')];
  });
  terminal.print(formatTable(['field', 'from the mapping', 'set', 'may be set'], rows));
  if (problem !== null) terminal.print(`\nIt cannot be made: ${problem.code} ${problem.text}`);
  const open = overrides.filter(({ end }) => end === null);
  if (open.length > 0) terminal.print(`\n${formatTable(HEAD, open.map(rowOf))}`);
  terminal.print(`\nWhat is set may count until ${latest}, and no longer.`);
}

interface SetOptions {
  readonly until: string;
  readonly reason: string;
}

function addSet(override: Command, terminal: Terminal): void {
  const key = '713fdbec-c780-8b13-a53b-e0092230f26a';
  withExamples(
    override.command('set <flow> <kind> <key> <field> <value>'),
    `override set identity User ${key} displayName "Kim Ek" --until 2026-12-01 --reason "misspelt in the register"`,
  )
    .description(
      'set a value until a day; "" leaves the field out; the object is tried at once (audited)',
    )
    .requiredOption('--until <day>', 'the last day on which it counts, YYYY-MM-DD')
    .requiredOption('--reason <text>', 'why; without personal data')
    .action(async (...given: [...Named, string, string, SetOptions, Command]) => {
      const [flow, objectKind, key, field, value, { until, reason }, command] = given;
      await withTargets(terminal, command, async ({ control, workspace }, signal) => {
        const wrong = wrongKind(terminal, workspace, flow, objectKind);
        if (wrong !== null) return wrong;
        const about = { target: flow, objectKind, key, values: new Map([[field, value]]) };
        const { user: who } = terminal;
        const request = { ...about, until, reason, who, mayContents: true };
        const [set] = await control.setOverride(request);
        if (set === undefined) return EXIT.failed;
        if (set.needs > 1) {
          terminal.print(`It counts once ${set.needs - 1} more want it:`);
          terminal.print(`skolnav override approve ${set.id}`);
          return EXIT.done;
        }
        return deliver(terminal, set, (object) =>
          control.retryNow({ ...object, who, signal, onProgress: showProgress(terminal.err) }),
        );
      });
    });
}

type Retry = (
  object: Pick<Override, 'target' | 'objectKind' | 'key'>,
) => Promise<'delivered' | 'failed' | 'next'>;

/** Where a delivery of the object is open, it is tried at once. */
async function deliver(terminal: Terminal, set: Override, retry: Retry): Promise<number> {
  const { target, objectKind, key } = set;
  const retried = await retry({ target, objectKind, key });
  if (retried === 'delivered') terminal.print('Delivered.');
  else if (retried === 'next') terminal.print(NEXT);
  else terminal.print('The target refuses it still: skolnav failed tells why.');
  return retried === 'failed' ? EXIT.failed : EXIT.done;
}

function addApprove(override: Command, terminal: Terminal): void {
  override
    .command('approve <id>')
    .description('want what another person has set, where the flow asks for several (audited)')
    .action(async (id: string, _options: unknown, command: Command) => {
      await withTargets(terminal, command, async ({ control }, signal) => {
        const { user: who } = terminal;
        const approved = await control.approveOverride(id, who);
        if (approved === null) return unknownId(terminal, control, id);
        const missing = approved.needs - approved.approvals.length;
        if (missing > 0) {
          terminal.print(`It counts once ${missing} more want it.`);
          return EXIT.done;
        }
        return deliver(terminal, approved, (object) =>
          control.retryNow({ ...object, who, signal, onProgress: showProgress(terminal.err) }),
        );
      });
    });
}

function addEnd(override: Command, terminal: Terminal): void {
  override
    .command('end <id>')
    .description('end it: the next sync brings back what the mapping makes (audited)')
    .requiredOption('--reason <text>', 'why')
    .action(async (id: string, { reason }: { reason: string }, command: Command) => {
      await withHub(terminal, command, async ({ control }) => {
        const ended = await control.endOverride(id, terminal.user, reason);
        if (ended === null) return unknownId(terminal, control, id);
        terminal.print(`What the mapping makes of ${ended.field} counts again. ${NEXT}`);
        return EXIT.done;
      });
    });
}

async function unknownId(terminal: Terminal, control: ControlBus, id: string): Promise<number> {
  const open = (await control.overrides()).filter(({ end }) => end === null);
  const ids = open.map((one) => one.id);
  return noSuch(terminal, 'open override', id, ids, 'All: skolnav override list');
}
