import type { Command } from 'commander';
import {
  type Explanation,
  type FieldOrigin,
  type RecordOrigin,
  type RulePlace,
  sayTime,
} from '../../core/control/control-bus.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { sayState } from '../terminal/trace-answer.ts';
import { withHub } from '../terminal/with-hub.ts';
import { KEYS, noSuch, wrongKind } from '../terminal/wrong-names.ts';

type Given = [
  flow: string,
  kind: string,
  key: string,
  field: string | undefined,
  options: { readonly json?: boolean },
  command: Command,
];

/** `skolnav explain <flow> <kind> <key> [field]`: why does this target hold this? */
export function addExplainCommand(program: Command, terminal: Terminal): void {
  withExamples(
    program.command('explain <flow> <kind> <key> [field]'),
    'explain identity User 713fdbec-c780-8b13-a53b-e0092230f26a',
    'explain identity User 713fdbec-c780-8b13-a53b-e0092230f26a userName',
  )
    .description("why a target holds an object or a value; the key is ours, or the target's own id")
    .option('--json', 'machine-readable')
    .action(async (...[flow, objectKind, key, wanted, options, command]: Given) => {
      const field = wanted ?? null;
      await withHub(terminal, command, async ({ control, workspace }) => {
        const wrong = wrongKind(terminal, workspace, flow, objectKind);
        if (wrong !== null) return wrong;
        const found = await control.explain({ flow, objectKind, key, field }, terminal.user);
        if (found === null) {
          return noSuch(terminal, `${objectKind} of ${flow}`, key, [], KEYS);
        }
        if (options.json === true) terminal.printJson(found);
        else printObject(terminal, found, workspace.config.timeZone);
        if (field === null) return EXIT.done;
        if (found.isProtected) return EXIT.failed;
        if (found.field === null) {
          const { mapping } = found.object;
          const fields = control.mapping(mapping)?.rules.map((rule) => rule.field) ?? [];
          const all = `There are: ${fields.join(', ')}`;
          return noSuch(terminal, `rule of ${mapping} that fills`, field, fields, all);
        }
        if (options.json !== true) printField(terminal, found.field.rules, found.field.origins);
        return EXIT.done;
      });
    });
}

function printObject(terminal: Terminal, found: Explanation, timeZone: string): void {
  const { target, object, origin, isProtected, sources } = found;
  const { state, confirmed, problem, mapping } = object;
  terminal.print(`${target} ${sayState(object, timeZone)}`);
  if (confirmed !== null) {
    const { at, run, remoteId, answer } = confirmed;
    const when = sayTime(timeZone, at);
    if (state !== 'delivered') terminal.print(`confirmed before: ${when}, run ${run}`);
    if (answer !== null) terminal.print(`the target said: ${answer}`);
    if (remoteId !== null) terminal.print(`the target calls it ${remoteId}`);
  }
  if (problem !== null) terminal.print(problem.hint);
  terminal.print(
    `made by ${mapping} from ${origin.kind} ${origin.id}${isProtected ? ' (protected)' : ''}`,
  );
  if (isProtected) return;
  for (const { field, who, until, reason, id } of found.overrides) {
    terminal.print(`${field} was set by ${who} until ${until}: ${reason} (override ${id})`);
  }
  const rows = sources.map((one) => [one.source, one.stream, `${one.file}:${one.line}`]);
  terminal.print(formatTable(['source', 'stream', 'file and line'], rows));
}

function printField(
  terminal: Terminal,
  rules: readonly RulePlace[],
  origins: readonly FieldOrigin[],
): void {
  terminal.print();
  for (const rule of rules) terminal.print(`${rule.field} is made by ${placeOf(rule)}`);
  for (const { field, owners, from, records, related } of origins) {
    const owned = owners.length === 0 ? '' : ` (owned by ${owners.join(', then ')})`;
    const of = from === null ? '' : ` of ${from}`;
    terminal.print(`  from ${field}${of}${owned}:`);
    for (const record of records) printRecord(terminal, record);
    for (const { entity, records: others } of related) {
      terminal.print(`    ${entity.kind} ${entity.id}`);
      for (const record of others) printRecord(terminal, record);
    }
  }
}

function printRecord(
  terminal: Terminal,
  { file, line, stream, rules, reads, isHeard }: RecordOrigin,
): void {
  const read = reads.length === 0 ? '' : ` [${reads.join(', ')}]`;
  terminal.print(`    ${file}:${line} ${stream}${read}${isHeard ? '' : ', which is not heard'}`);
  for (const rule of rules) terminal.print(`      by ${placeOf(rule)}`);
}

function placeOf({ file, line, table, rows }: RulePlace): string {
  const through = rows.map((row) => `${row.file}:${row.line}`).join(' or ');
  const by = through === '' ? table : through;
  return `${file}:${line}${by === null ? '' : ` through ${by}`}`;
}
