import type { Command } from 'commander';
import { EXIT } from '../terminal/exit-codes.ts';
import { formatTable } from '../terminal/table.ts';
import { printJson, printLine, withHub } from '../terminal/with-hub.ts';

/** `skolnav explain <flow> <kind> <key>`: why does this target hold this object? */
export function addExplainCommand(program: Command): void {
  program
    .command('explain <flow> <kind> <key>')
    .description("why a target holds an object; the key is ours, or the target's own id")
    .option('--json', 'machine-readable')
    .action(async (...given: [string, string, string, { json?: boolean }, Command]) => {
      const [flow, kind, key, options, command] = given;
      await withHub(command, async ({ control }) => {
        const found = await control.explain(flow, kind, key);
        if (found === null) {
          process.stderr.write(`the ledger of ${flow} has no ${kind} of that key\n`);
          return EXIT.failed;
        }
        if (options.json === true) {
          printJson(found);
          return EXIT.done;
        }
        const { target, object, origin, sources } = found;
        const when = object.at === null ? '' : ` at ${new Date(object.at).toISOString()}`;
        printLine(`${target} ${kind}: ${object.state}${when}, run ${object.run ?? ''}`);
        printLine(`made by ${object.mapping} from ${origin.kind} ${origin.id}, which comes from`);
        const rows = sources.map(({ source, stream, file, line }) => [
          source,
          stream,
          `${file}:${line}`,
        ]);
        printLine(formatTable(['source', 'stream', 'file and line'], rows));
        return EXIT.done;
      });
    });
}
