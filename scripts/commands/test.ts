import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { formatLint } from '../../core/failure/lint.ts';
import { loadWorkspace } from '../../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { folderOf, printJson, printLine } from '../terminal/with-hub.ts';

interface TestOptions {
  readonly json?: boolean;
  readonly connectors?: boolean;
}

/** `skolnav test`: runs the tests that stand inside the mappings, or beside the connectors. */
export function addTestCommand(program: Command): void {
  program
    .command('test')
    .description('run the tests inside the mappings')
    .option('--connectors', "run the tests of the workspace's own connectors instead")
    .option('--json', 'machine-readable')
    .action(async (options: TestOptions, command: Command) => {
      const folder = folderOf(command);
      process.exitCode =
        options.connectors === true
          ? await testConnectors(folder)
          : await testMappings(folder, options.json === true);
    });
}

async function testMappings(folder: string, isJson: boolean): Promise<number> {
  const { workspace, lints } = await loadWorkspace(folder, BUILT_IN_FOLDER, { checkAll: true });
  for (const lint of lints) process.stderr.write(`${formatLint(lint)}\n`);
  if (workspace === null || lints.length > 0) return EXIT.usage;
  const startedAt = performance.now();
  const results = workspace.runMappingTests();
  const elapsedMs = Math.round(performance.now() - startedAt);
  const failed = results.filter((result) => !result.passed);
  if (isJson) printJson(results);
  else {
    for (const { file, name, difference } of failed) printLine(`${file}: ${name}\n  ${difference}`);
    const passed = results.length - failed.length;
    printLine(`${passed} of ${results.length} passed in ${elapsedMs} ms.`);
  }
  return failed.length === 0 ? EXIT.done : EXIT.failed;
}

/** mocha over `connectors/<name>/*.test.ts`, with the door open. */
async function testConnectors(folder: string): Promise<number> {
  const names = await readdir(join(folder, 'connectors'), { recursive: true }).catch(() => []);
  const files = names.filter((name) => name.endsWith('.test.ts'));
  if (files.length === 0) {
    printLine('The workspace has no tests of connectors of its own.');
    return EXIT.done;
  }
  const door = pathToFileURL(join(import.meta.dirname, '../terminal/open-plugin-door.ts')).href;
  const mocha = join(BUILT_IN_FOLDER, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const paths = files.map((name) => join(folder, 'connectors', name));
  const given = ['--import', door, mocha, '--no-config', '--exit', '--timeout', '20000', ...paths];
  const { status } = spawnSync(process.execPath, given, { cwd: folder, stdio: 'inherit' });
  return status === 0 ? EXIT.done : EXIT.failed;
}
