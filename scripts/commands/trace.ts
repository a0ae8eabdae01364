import type { Command } from 'commander';
import type { FieldUse, TargetTrace, Trace } from '../../core/control/control-bus.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { printPast } from '../terminal/past-report.ts';
import { printProblem } from '../terminal/problem.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { answerOf, sayState } from '../terminal/trace-answer.ts';
import { calendarDay } from '../terminal/whole-number.ts';
import { withHub } from '../terminal/with-hub.ts';
import { wrongField } from '../terminal/wrong-names.ts';

interface TraceOptions {
  readonly reason: string;
  readonly field?: string;
  readonly on?: string;
  readonly json?: boolean;
}

/** `skolnav trace <person>`: why is Anna not in Teams? */
export function addTraceCommand(program: Command, terminal: Terminal): void {
  withExamples(
    program.command('trace <person...>'),
    'trace Anna Andersson --reason "asked by the school"',
    'trace 20110412TF34 --field givenName',
    'trace 20110412TF34 --on 2026-11-20',
  )
    .description('where a person comes from, and what became of the person in every target')
    .option('--reason <text>', 'why you look, for the audit trail', '')
    .option('--field <name>', 'also: where the value of this field goes')
    .option('--on <day>', 'how it was that day, as far as it is kept: YYYY-MM-DD', calendarDay)
    .option('--json', 'machine-readable')
    .action(async (words: readonly string[], options: TraceOptions, command: Command) => {
      await withHub(terminal, command, async ({ control, workspace }) => {
        const wrong = wrongField(terminal, workspace, 'person', options.field);
        if (wrong !== null) return wrong;
        const found = await control.findPersons(words.join(' '), terminal.user, options.reason);
        const [person] = found;
        if (person === undefined) {
          terminal.printError(
            'nobody answers to that; give an id, a personal number, an account, or the whole name',
          );
          return EXIT.usage;
        }
        if (found.length > 1) {
          const rows = found.map(({ id, name, birthYear }) => [id, name, birthYear ?? '']);
          terminal.print(formatTable(['id', 'name', 'born'], rows));
          terminal.print('\nSeveral answer to that: skolnav trace <id>');
          return EXIT.failed;
        }
        const entity = { kind: 'person', id: person.id };
        const { timeZone } = workspace.config;
        if (options.on !== undefined) {
          const past = await control.past(entity, options.on, terminal.user);
          if (options.json === true) terminal.printJson(past);
          else printPast(terminal, past, timeZone);
          return EXIT.done;
        }
        const trace = await control.trace(entity, terminal.user);
        const uses = options.field === undefined ? [] : control.uses('person', options.field);
        if (options.json === true) terminal.printJson({ ...answered(trace, timeZone), uses });
        else printTrace(terminal, trace, timeZone);
        if (options.json !== true && options.field !== undefined)
          printUses(terminal, options.field, uses);
        return EXIT.done;
      });
    });
}

function answered(trace: Trace, timeZone: string) {
  const targets = trace.targets.map((one) => ({ ...one, answer: answerOf(one, timeZone) }));
  return { ...trace, targets };
}

function printTrace(terminal: Terminal, trace: Trace, timeZone: string): void {
  const { entity, isProtected, sources, notTaken, targets } = trace;
  terminal.print(`person ${entity.id}${isProtected ? ' (protected)' : ''}`);
  for (const target of targets) terminal.print(`  ${answerOf(target, timeZone)}`);
  for (const problem of notTaken) printProblem(terminal, 'newer data are not taken in', problem);
  if (sources.length > 0) {
    const rows = sources.map((one) => [
      one.source,
      one.stream,
      one.externalId,
      `${one.file}:${one.line}`,
    ]);
    terminal.print(`\n${formatTable(['source', 'stream', 'its id', 'file and line'], rows)}`);
  }
  for (const target of targets) printTarget(terminal, target, timeZone);
}

function printUses(terminal: Terminal, field: string, uses: readonly FieldUse[]): void {
  terminal.print(`\n${field} of a person goes into`);
  const rows = uses.map((one) => [
    one.flow,
    one.objectKind,
    one.field,
    `${one.file}:${one.line}`,
    one.table ?? '',
    one.lookedUpBy ?? '',
  ]);
  terminal.print(formatTable(['flow', 'kind', 'field', 'rule', 'table', 'looked up by'], rows));
}

function printTarget(terminal: Terminal, told: TargetTrace, timeZone: string): void {
  const { flow, target, verdict, because, obstacles, objects } = told;
  terminal.print(`\n${target} (flow ${flow}): ${verdict}`);
  for (const reason of because) terminal.print(`  ${reason}`);
  for (const problem of obstacles) printProblem(terminal, 'the target waits', problem);
  for (const object of objects) {
    terminal.print(`  ${sayState(object, timeZone)}`);
    terminal.print(`      ${[object.key, `by ${object.mapping}`].join(' ').trim()}`);
    if (object.problem !== null) terminal.print(`      ${object.problem.hint}`);
  }
}
