import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { checkWorkspace, processingOf, type Readiness } from '../../core/check.ts';
import { formatLint, type Lint } from '../../core/control/control-bus.ts';
import { formatArticle30 } from '../terminal/article30.ts';
import { tellConnections } from '../terminal/connect.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { folderOf } from '../terminal/with-hub.ts';

interface CheckOptions {
  readonly all?: boolean;
  readonly connect?: boolean;
  readonly article30?: string;
  readonly json?: boolean;
}

/** `skolnav check`: every fault in the workspace's files, as a compiler lists them. */
export function addCheckCommand(program: Command, terminal: Terminal): void {
  program
    .command('check')
    .description('check every file of the workspace: all faults at once')
    .option('--all', 'also the mappings of connectors that no module is bound to')
    .addOption(
      new Option(
        '--connect',
        'also ask every source and target whether it answers and lets us in',
      ).conflicts('json'),
    )
    .option('--article30 <file>', 'also compare that record of processing with flows and mappings')
    .option('--json', 'machine-readable')
    .action(async (options: CheckOptions, command: Command) => {
      const { environment } = terminal;
      const folder = folderOf(command);
      const request = { folder, environment, checkAll: options.all === true };
      const { lints: found, readiness } = await checkWorkspace(request);
      const lints = [...found, ...(await article30(folder, options))];
      if (options.json === true) terminal.printJson(lints);
      else for (const lint of lints) terminal.print(formatLint(lint));
      const isWell = lints.length === 0;
      // What is printed may differ, and what has failed may not.
      if (readiness !== null && options.json !== true) tellReadiness(terminal, readiness, isWell);
      const isRight = readiness === null || readiness.wrong.length === 0;
      const asks = readiness !== null && isRight && options.connect === true;
      const isReady = isRight && (!asks || (await tellConnections(terminal, command)));
      terminal.exitCode = isWell && isReady ? EXIT.done : EXIT.failed;
    });
}

/** That a record of processing which was written before is not what it would be now. */
async function article30(
  folder: string,
  { article30: file }: CheckOptions,
): Promise<readonly Lint[]> {
  const { record } = file === undefined ? { record: null } : await processingOf(folder);
  if (file === undefined || record === null) return [];
  const found = await readFile(resolve(file), 'utf8').catch(() => null);
  if (found === formatArticle30(record)) return [];
  const text = found === null ? 'is not there.' : 'is not what flows and mappings say now.';
  const hint = `Read what has changed, and make it anew: skolnav article30 --out ${file}`;
  return [{ file, line: 1, column: 1, code: 'ARTICLE30_STALE', text, hint }];
}

/** What is only missing here is no fault: files may be checked where no secret or folder is. */
function tellReadiness(
  terminal: Terminal,
  { secrets, folders, wrong, unused }: Readiness,
  isWell: boolean,
): void {
  const isRight = folders.length + wrong.length === 0;
  if (isWell) terminal.print(isRight ? 'No faults.' : 'The files have no faults.');
  for (const text of [...secrets, ...folders, ...wrong])
    terminal.print(`Before it can run here: ${text}.`);
  if (unused.length > 0) terminal.print(`No flow reads from or leads to: ${unused.join(', ')}.`);
}
