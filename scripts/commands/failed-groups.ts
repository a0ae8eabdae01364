import type { Command } from 'commander';
import {
  type ControlBus,
  type MessageGroup,
  type Remark,
  sayTime,
  type UnitImpact,
} from '../../core/control/control-bus.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub } from '../terminal/with-hub.ts';
import { wrongGroup } from '../terminal/wrong-names.ts';

interface Of {
  readonly target?: string;
  readonly code?: string;
  readonly unit?: string;
  readonly json?: boolean;
}

interface NoteOptions {
  readonly target: string;
  readonly code: string;
  readonly kind?: string;
  readonly owner?: string;
  readonly note?: string;
}

/** What can be said of groups of failures: whom they concern, and who sees to them. */
export function addGroups(terminal: Terminal, failed: Command): void {
  addImpact(terminal, failed);
  addNote(terminal, failed);
}

function addImpact(terminal: Terminal, failed: Command): void {
  withExamples(failed.command('impact'), 'failed impact --target lms:itslearning')
    .description('whom it concerns that something has failed, and what it means to them')
    .option('--target <name>', 'only this target or source')
    .option('--code <code>', 'only this failure code')
    .option('--unit <id>', 'only this school unit')
    .option('--json', 'machine-readable')
    .action(async ({ json, ...of }: Of, command: Command) => {
      await withHub(terminal, command, async ({ control }) => {
        const wrong = await wrongGroup(terminal, control, of);
        if (wrong !== null) return wrong;
        const units = await control.impacts(of);
        const classes = await classesOf(control, units);
        if (json === true) terminal.printJson({ units, classes });
        else if (units.length === 0) terminal.print('Nothing of that has failed: skolnav failed');
        else printImpact(terminal, units, classes);
        return EXIT.done;
      });
    });
}

/** Of every group that is meant, each once: its oldest messages say in which classes they are. */
async function classesOf(control: ControlBus, units: readonly UnitImpact[]) {
  const found = [];
  const told = new Set<string>();
  for (const { target, type, state, code, objectKind, originKind } of units) {
    const group = { target, type, state, code, objectKind };
    const name = JSON.stringify(group);
    if (originKind !== 'person' || told.has(name)) continue;
    told.add(name);
    const { classes } = await control.classesOf(group);
    found.push(...classes.map((one) => ({ ...one, target, code })));
  }
  return found;
}

function printImpact(
  terminal: Terminal,
  units: readonly UnitImpact[],
  classes: Awaited<ReturnType<typeof classesOf>>,
): void {
  const rows = units.map((one) => [
    ...[one.name || one.unit || '(none)', one.target, one.code ?? one.state, one.objectKind],
    ...[one.consequence, one.count],
  ]);
  const head = ['school unit', 'target', 'code', 'kind', 'means', 'count'];
  terminal.print(formatTable(head, rows));
  if (classes.length === 0) return;
  const named = classes.map((one) => [
    ...[one.unit || '(none)', one.name || '(none)', one.who, one.target],
    ...[one.consequence, one.count],
  ]);
  const columns = ['school unit', 'class', 'who', 'target', 'means', 'count'];
  terminal.print(`\n${formatTable(columns, named)}`);
}

function addNote(terminal: Terminal, failed: Command): void {
  withExamples(
    failed.command('note'),
    'failed note --target identity:scim --code KEY_TAKEN --owner Kim --note "the portal is asked"',
  )
    .description('who sees to a group of failures: shows it, or sets it (audited)')
    .requiredOption('--target <name>', 'the target or source')
    .requiredOption('--code <code>', 'the failure code')
    .option('--kind <name>', 'only this kind of object')
    .option('--owner <name>', 'who sees to it; empty: nobody')
    .option('--note <text>', 'what there is to say; all who see the list read it: name no pupil')
    .action(async (options: NoteOptions, command: Command) => {
      await withHub(terminal, command, async ({ control, workspace }) => {
        const groups = (await control.failureGroups()).filter((one) => isMeant(one, options));
        if (groups.length === 0) {
          const { target, code } = options;
          const wrong = await wrongGroup(terminal, control, { target, code });
          if (wrong !== null) return wrong;
          terminal.printError('no open group of that target, code and kind: skolnav failed');
          return EXIT.usage;
        }
        const stories = await control.storiesOf(groups);
        for (const [at, group] of groups.entries()) {
          const { remark = null, seen = null } = stories[at] ?? {};
          const next = remarkOf(options, remark, terminal.user);
          if (next !== null) await control.putRemark(group, next);
          const since =
            seen === null ? '' : `, since ${sayTime(workspace.config.timeZone, seen.first)}`;
          terminal.print(`${group.count} ${group.objectKind}, ${group.state}${since}`);
          const { owner = '', note = '' } = next ?? remark ?? {};
          terminal.print(`  ${owner || 'nobody'} sees to it${note === '' ? '' : `: ${note}`}`);
        }
        return EXIT.done;
      });
    });
}

function isMeant(group: MessageGroup, { target, code, kind }: NoteOptions): boolean {
  const isOfCode = group.target === target && group.code === code;
  return isOfCode && group.objectKind === (kind ?? group.objectKind);
}

/** What is left out stays; null where nothing was said. */
function remarkOf(
  { owner, note }: NoteOptions,
  before: Remark | null,
  who: string,
): Omit<Remark, 'at'> | null {
  if (owner === undefined && note === undefined) return null;
  return { owner: owner ?? before?.owner ?? '', note: note ?? before?.note ?? '', who };
}
