import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { findUnready } from '../../core/config/readiness.ts';
import { recordOfProcessing } from '../../core/control/processing.ts';
import { formatLint, type Lint } from '../../core/failure/lint.ts';
import { loadWorkspace, type Workspace } from '../../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
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
    .option('--connect', 'also ask every source and target whether it answers and lets us in')
    .option('--article30 <file>', 'also compare that record of processing with flows and mappings')
    .option('--json', 'machine-readable')
    .action(async (options: CheckOptions, command: Command) => {
      const checkAll = options.all === true;
      const folder = folderOf(command);
      const loaded = await loadWorkspace(folder, BUILT_IN_FOLDER, { checkAll });
      const { workspace } = loaded;
      const remarks = workspace?.remarks ?? [];
      const lints = [...loaded.lints, ...remarks, ...(await article30(loaded, options))];
      if (options.json === true) terminal.printJson(lints);
      else for (const lint of lints) terminal.print(formatLint(lint));
      const isWell = lints.length === 0;
      const isReady =
        workspace === null || loaded.lints.length > 0 || options.json === true
          ? isWell
          : await tellReadiness(terminal, workspace, isWell, options.connect === true, command);
      terminal.exitCode = isWell && isReady ? EXIT.done : EXIT.failed;
    });
}

/** That a record of processing which was written before is not what it would be now. */
async function article30(
  { workspace, lints }: Awaited<ReturnType<typeof loadWorkspace>>,
  { article30: file }: CheckOptions,
): Promise<readonly Lint[]> {
  if (file === undefined || workspace === null || lints.length > 0) return [];
  const found = await readFile(resolve(file), 'utf8').catch(() => null);
  if (found === formatArticle30(recordOfProcessing(workspace))) return [];
  const text = found === null ? 'is not there.' : 'is not what flows and mappings say now.';
  const hint = `Read what has changed, and make it anew: skolnav article30 --out ${file}`;
  return [{ file, line: 1, column: 1, code: 'ARTICLE30_STALE', text, hint }];
}

/** What is only missing here is no fault: files may be checked where no secret or folder is. */
async function tellReadiness(
  terminal: Terminal,
  workspace: Workspace,
  isWell: boolean,
  connect: boolean,
  command: Command,
): Promise<boolean> {
  const { config, connectors, folder, flows } = workspace;
  const schemaOf = (connector: string) => connectors.manifest(connector)?.options ?? {};
  const { secrets, folders, wrong } = await findUnready(
    config,
    schemaOf,
    folder,
    terminal.environment,
  );
  const isRight = folders.length + wrong.length === 0;
  if (isWell) terminal.print(isRight ? 'No faults.' : 'The files have no faults.');
  for (const text of [...secrets, ...folders, ...wrong])
    terminal.print(`Before it can run here: ${text}.`);
  const used = new Set(flows.flatMap(({ from, to }) => [to, ...from]));
  const unused = [...config.modules.keys()].filter((module) => !used.has(module));
  if (unused.length > 0) terminal.print(`No flow reads from or leads to: ${unused.join(', ')}.`);
  return wrong.length === 0 && (!connect || (await tellConnections(terminal, command)));
}
