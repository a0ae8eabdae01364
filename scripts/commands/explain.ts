import type { Command } from 'commander';
import type { Explanation } from '../../core/control/explain.ts';
import type { FieldOrigin, RulePlace } from '../../core/control/explain-field.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import { printJson, printLine, whoAmI, withHub } from '../terminal/with-hub.ts';

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
  program
    .command('explain <flow> <kind> <key> [field]')
    .description("why a target holds an object or a value; the key is ours, or the target's own id")
    .option('--json', 'machine-readable')
    .action(async (...[flow, objectKind, key, wanted, options, command]: Given) => {
      const field = wanted ?? null;
      await withHub(command, async ({ control }) => {
        const found = await control.explain({ flow, objectKind, key, field }, whoAmI());
        if (found === null) {
          process.stderr.write(`the ledger of ${flow} has no ${objectKind} of that key\n`);
          return EXIT.failed;
        }
        if (options.json === true) printJson(found);
        else printObject(found);
        if (field === null) return EXIT.done;
        if (found.field === null) {
          process.stderr.write(`no rule of ${found.object.mapping} fills "${field}"\n`);
          return EXIT.failed;
        }
        if (options.json !== true) printField(found.field.rules, found.field.origins);
        return EXIT.done;
      });
    });
}

function printObject({ target, object, origin, sources }: Explanation): void {
  const when = object.at === null ? '' : ` at ${new Date(object.at).toISOString()}`;
  printLine(`${target} ${object.objectKind}: ${object.state}${when}, run ${object.run ?? ''}`);
  const remoteId = object.confirmed?.remoteId ?? null;
  if (remoteId !== null) printLine(`the target calls it ${remoteId}`);
  if (object.trouble !== null) printLine(`${object.trouble.code} ${object.trouble.text}`);
  printLine(`made by ${object.mapping} from ${origin.kind} ${origin.id}, which comes from`);
  const rows = sources.map((one) => [one.source, one.stream, `${one.file}:${one.line}`]);
  printLine(formatTable(['source', 'stream', 'file and line'], rows));
}

function printField(rules: readonly RulePlace[], origins: readonly FieldOrigin[]): void {
  printLine();
  for (const rule of rules) printLine(`${rule.field} is made by ${placeOf(rule)}`);
  for (const { field, owner, from, records } of origins) {
    const owned = owner === null ? '' : ` (owned by ${owner})`;
    if (from !== null) printLine(`  from ${field}: what ${from} entities say of it`);
    else printLine(`  from ${field}${owned}:`);
    for (const { file, line, stream, rules: inbound, reads, isHeard } of records) {
      const unheard = isHeard ? '' : ', which is not heard';
      printLine(`    ${file}:${line} ${stream} [${reads.join(', ')}]${unheard}`);
      for (const rule of inbound) printLine(`      by ${placeOf(rule)}`);
    }
  }
}

function placeOf({ file, line, table }: RulePlace): string {
  return `${file}:${line}${table === null ? '' : ` through ${table}`}`;
}
