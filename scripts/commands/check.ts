import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  checkWorkspace,
  formatLintIn,
  lintOf,
  processingOf,
  type Readiness,
  saying,
} from '../../core/check.ts';
import { type Lint, type Saying, type Speech, sayIn } from '../../core/control/control-bus.ts';
import { speechOf } from '../../dashboard/language.ts';
import { formatArticle30 } from '../terminal/article30.ts';
import { tellConnections } from '../terminal/connect.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { folderOf } from '../terminal/with-hub.ts';

interface CheckOptions {
  readonly all?: boolean;
  readonly connect?: boolean;
  readonly article30?: string;
  readonly language: 'en' | 'sv';
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
    .addOption(
      new Option('--language <language>', 'in which language faults are told')
        .choices(['en', 'sv'])
        .default('en'),
    )
    .option('--json', 'machine-readable')
    .action(async (options: CheckOptions, command: Command) => {
      const { environment } = terminal;
      const folder = folderOf(command);
      const request = { folder, environment, checkAll: options.all === true };
      const { lints: found, readiness } = await checkWorkspace(request);
      const lints = [...found, ...(await article30(folder, options))];
      const speech = speechOf(options.language);
      const say = (one: Saying) => sayIn(speech, one);
      if (options.json === true) terminal.printJson(lints);
      else for (const lint of lints) terminal.print(formatLintIn(lint, say));
      const isWell = lints.every(({ mayWait }) => mayWait === true);
      // What is printed may differ, and what has failed may not.
      if (readiness !== null && options.json !== true) {
        tellReadiness(terminal, speech, readiness, isWell);
      }
      const isRight = readiness === null || readiness.wrong.length === 0;
      const asks = readiness !== null && isRight && options.connect === true;
      const isReady = isRight && (!asks || (await tellConnections(terminal, command, speech)));
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
  const said = saying(found === null ? 'recordNotThere' : 'recordStale', {});
  const at = { file, line: 1, column: 1, code: 'ARTICLE30_STALE' };
  return [lintOf(at, said, saying('recordStaleHint', { file }))];
}

/** What is only missing here is no fault: files may be checked where no secret or folder is. */
function tellReadiness(
  terminal: Terminal,
  speech: Speech,
  { secrets, folders, wrong, told }: Readiness,
  isWell: boolean,
): void {
  const isRight = folders.length + wrong.length === 0;
  if (isWell) terminal.print(sayIn(speech, saying(isRight ? 'noFaults' : 'filesSound', {})));
  for (const what of [...secrets, ...folders, ...wrong]) {
    terminal.print(sayIn(speech, saying('beforeItRuns', { what })));
  }
  for (const what of told) terminal.print(sayIn(speech, what));
}
