import type { Command } from 'commander';
import type { RowTrial, TableGap } from '../../core/control/control-bus.ts';
import { withExamples } from '../terminal/examples.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { showProgress } from '../terminal/progress-lines.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withHub } from '../terminal/with-hub.ts';
import { unknownFailure } from '../terminal/wrong-names.ts';

type Given = [
  id: string,
  from: string | undefined,
  to: string | undefined,
  options: { readonly write?: boolean; readonly json?: boolean },
  command: Command,
];

/** `skolnav failed row`: the row of a code table that would mend a failure. */
export function addRow(terminal: Terminal, failed: Command): void {
  withExamples(
    failed.command('row <id> [from] [to]'),
    'failed row UuUBvHagu366jWl39IBBTJ',
    'failed row UuUBvHagu366jWl39IBBTJ X 0 --write',
  )
    .description('which table lacks a row; what that row would change; and writes it')
    .option('--write', 'write the row into the table of the workspace (audited)')
    .option('--json', 'machine-readable')
    .action(async (...[id, from, to, options, command]: Given) => {
      await withHub(terminal, command, async ({ control }, signal) => {
        const message = await control.failure(id);
        if (message === null) return unknownFailure(terminal, control, id);
        const gap = control.tableGap(message);
        if (gap === null) {
          terminal.printError('no row of a table would mend that: skolnav failed show tells more');
          return EXIT.failed;
        }
        if (from === undefined || to === undefined) {
          if (options.json === true) terminal.printJson(gap);
          else printGap(terminal, gap);
          return EXIT.done;
        }
        const onProgress = showProgress(terminal.err);
        const request = { id, from, to, who: terminal.user, signal, onProgress };
        if (options.write === true) {
          await control.addRow(request);
          terminal.print(`${from},${to} stands in ${gap.file}. The next sync goes by it.`);
          return EXIT.done;
        }
        const trial = await control.tryRow(request);
        if (options.json === true) terminal.printJson(trial);
        else if (trial !== null) printTrial(terminal, trial);
        return EXIT.done;
      });
    });
}

function printGap(terminal: Terminal, { file, field, code, values }: TableGap): void {
  const what = code === null ? 'a code' : `the code "${code}"`;
  terminal.print(`${file} lacks a row for ${what}: it says what ${field} becomes.`);
  terminal.print(`Its other rows give: ${values.join(', ')}`);
}

function printTrial(terminal: Terminal, { readable, reports = [] }: RowTrial): void {
  if (readable !== undefined) {
    terminal.print(`${readable} of the records that are set aside could be read with it.`);
  }
  for (const { flow, counts } of reports) {
    const { create, update, delete: deletions } = counts;
    terminal.print(`${flow}: ${create} to create, ${update} to update, ${deletions} to delete.`);
  }
  terminal.print('Nothing is written: --write does it.');
}
