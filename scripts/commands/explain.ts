import type { Command } from 'commander';
import type { Explanation } from '../../core/control/explain/explain.ts';
import type {
  FieldOrigin,
  RecordOrigin,
  RulePlace,
} from '../../core/control/explain/explain-field.ts';
import { sayState } from '../../core/control/explain/trace-answer.ts';
import { sayTime } from '../../core/schedule/calendar.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import { printJson, printLine, whoAmI, withHub } from '../terminal/with-hub.ts';
import { wrongKind } from '../terminal/wrong-flow.ts';

type Given = [
  flow: string,
  kind: string,
  key: string,
  field: string | undefined,
  options: { readonly json?: boolean },
  command: Command,
];

/** `skolnav explain <flow> <kind> <key> [field]`: why does this target hold this? */
export function addExplainCommand(program: Command): void {
  withExamples(
    program.command('explain <flow> <kind> <key> [field]'),
    'explain identity User 713fdbec-c780-8b13-a53b-e0092230f26a',
    'explain identity User 713fdbec-c780-8b13-a53b-e0092230f26a userName',
  )
    .description("why a target holds an object or a value; the key is ours, or the target's own id")
    .option('--json', 'machine-readable')
    .action(async (...[flow, objectKind, key, wanted, options, command]: Given) => {
      const field = wanted ?? null;
      await withHub(command, async ({ control, workspace }) => {
        const wrong = wrongKind(workspace, flow, objectKind);
        if (wrong !== null) return wrong;
        const found = await control.explain({ flow, objectKind, key, field }, whoAmI());
        if (found === null) {
          process.stderr.write(
            `${flow} neither holds nor awaits a ${objectKind} of that key: trace shows a person's keys\n`,
          );
          return EXIT.failed;
        }
        if (options.json === true) printJson(found);
        else printObject(found, workspace.config.timeZone);
        if (field === null) return EXIT.done;
        if (found.isProtected) return EXIT.failed;
        if (found.field === null) {
          process.stderr.write(`no rule of ${found.object.mapping} fills "${field}"\n`);
          return EXIT.failed;
        }
        if (options.json !== true) printField(found.field.rules, found.field.origins);
        return EXIT.done;
      });
    });
}

function printObject(found: Explanation, timeZone: string): void {
  const { target, object, origin, isProtected, sources } = found;
  const { state, confirmed, trouble, mapping } = object;
  printLine(`${target} ${sayState(object, timeZone)}`);
  if (confirmed !== null) {
    const { at, run, remoteId, answer } = confirmed;
    const when = sayTime(timeZone, at);
    if (state !== 'delivered') printLine(`confirmed before: ${when}, run ${run}`);
    if (answer !== null) printLine(`the target said: ${answer}`);
    if (remoteId !== null) printLine(`the target calls it ${remoteId}`);
  }
  if (trouble !== null) printLine(trouble.hint);
  printLine(
    `made by ${mapping} from ${origin.kind} ${origin.id}${isProtected ? ' (protected)' : ''}`,
  );
  if (isProtected) return;
  const rows = sources.map((one) => [one.source, one.stream, `${one.file}:${one.line}`]);
  printLine(formatTable(['source', 'stream', 'file and line'], rows));
}

function printField(rules: readonly RulePlace[], origins: readonly FieldOrigin[]): void {
  printLine();
  for (const rule of rules) printLine(`${rule.field} is made by ${placeOf(rule)}`);
  for (const { field, owner, from, records, related } of origins) {
    const owned = owner === null ? '' : ` (owned by ${owner})`;
    const of = from === null ? '' : ` of ${from}`;
    printLine(`  from ${field}${of}${owned}:`);
    for (const record of records) printRecord(record);
    for (const { entity, records: others } of related) {
      printLine(`    ${entity.kind} ${entity.id}`);
      for (const record of others) printRecord(record);
    }
  }
}

function printRecord({ file, line, stream, rules, reads, isHeard }: RecordOrigin): void {
  const read = reads.length === 0 ? '' : ` [${reads.join(', ')}]`;
  printLine(`    ${file}:${line} ${stream}${read}${isHeard ? '' : ', which is not heard'}`);
  for (const rule of rules) printLine(`      by ${placeOf(rule)}`);
}

function placeOf({ file, line, table, rows }: RulePlace): string {
  const through = rows.map((row) => `${row.file}:${row.line}`).join(' or ');
  const by = through === '' ? table : through;
  return `${file}:${line}${by === null ? '' : ` through ${by}`}`;
}
