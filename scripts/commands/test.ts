import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { BUILT_IN_FOLDER, testMappings } from '../../core/check.ts';
import { formatLint } from '../../core/control/control-bus.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { folderOf } from '../terminal/with-hub.ts';

interface TestOptions {
  readonly json?: boolean;
  readonly connectors?: boolean;
}

/** `skolnav test`: runs the tests that stand inside the mappings, or beside the connectors. */
export function addTestCommand(program: Command, terminal: Terminal): void {
  program
    .command('test')
    .description('run the tests inside the mappings')
    .option('--connectors', "run the tests of the workspace's own connectors instead")
    .option('--json', 'machine-readable')
    .action(async (options: TestOptions, command: Command) => {
      const folder = folderOf(command);
      terminal.exitCode =
        options.connectors === true
          ? await testConnectors(terminal, folder)
          : await runMappingTests(terminal, folder, options.json === true);
    });
}

async function runMappingTests(
  terminal: Terminal,
  folder: string,
  isJson: boolean,
): Promise<number> {
  const { lints, results, elapsedMs } = await testMappings(folder);
  for (const lint of lints) terminal.printError(formatLint(lint));
  if (results === null) return EXIT.usage;
  const failed = results.filter((result) => !result.passed);
  if (isJson) terminal.printJson(results);
  else {
    for (const { file, name, difference } of failed)
      terminal.print(`${file}: ${name}\n  ${difference}`);
    const passed = results.length - failed.length;
    terminal.print(`${passed} of ${results.length} passed in ${elapsedMs} ms.`);
  }
  return failed.length === 0 ? EXIT.done : EXIT.failed;
}

/** mocha over `connectors/<name>/*.test.ts`, with the door open. */
async function testConnectors(terminal: Terminal, folder: string): Promise<number> {
  const names = await readdir(join(folder, 'connectors'), { recursive: true }).catch(() => []);
  const files = names.filter((name) => name.endsWith('.test.ts'));
  if (files.length === 0) {
    terminal.print('The workspace has no tests of connectors of its own.');
    return EXIT.done;
  }
  const door = pathToFileURL(join(import.meta.dirname, '../terminal/open-plugin-door.ts')).href;
  const mocha = join(BUILT_IN_FOLDER, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const paths = files.map((name) => join(folder, 'connectors', name));
  const given = ['--import', door, mocha, '--no-config', '--exit', '--timeout', '20000', ...paths];
  if (terminal.out.isTTY === true) given.push('--color');
  const { environment: env, out, err } = terminal;
  const child = spawn(process.execPath, given, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.write(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => err.write(text));
  const [status] = await once(child, 'close');
  return status === 0 ? EXIT.done : EXIT.failed;
}
