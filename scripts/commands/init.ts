import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { BUILT_IN_FOLDER, makeFolder } from '../../core/hub.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** When a flow must be done is a city's own to say: what is built in says nothing of it. */
const DEADLINE = 'deadline: "06:00"  # by then the schools begin: whoever is late is a finding';

/** `skolnav init`: a city's own workspace; what it does not say is taken from what is built in. */
export function addInitCommand(program: Command, terminal: Terminal): void {
  program
    .command('init <folder>')
    .description("make a workspace of one's own")
    .action(async (folder: string) => {
      const to = resolve(folder);
      if ((await readdir(to).catch(() => [])).length > 0) {
        terminal.printError(`${to} is not empty; choose another folder`);
        terminal.exitCode = EXIT.usage;
        return;
      }
      await makeWorkspace(to);
      terminal.print(`Made ${to}. Next:`);
      terminal.print(
        '  1. bind your modules in config/hub.yaml (skolnav connectors lists what there is)',
      );
      terminal.print(`  2. npx skolnav -C ${folder} check`);
      terminal.print(`  3. npx skolnav -C ${folder} sync --dry-run`);
      terminal.print(`  4. npx skolnav -C ${folder} sync`);
    });
}

/** Writes the files of a new workspace: a configuration to fill in, the flows to change. */
export async function makeWorkspace(to: string): Promise<void> {
  for (const name of ['config', 'flows', 'mappings']) {
    await makeFolder(join(to, name));
  }
  await copyFile(join(BUILT_IN_FOLDER, 'config', 'hub.yaml'), join(to, 'config', 'hub.yaml'));
  for (const name of await readdir(join(BUILT_IN_FOLDER, 'flows'))) {
    const flow = await readFile(join(BUILT_IN_FOLDER, 'flows', name), 'utf8');
    await writeFile(join(to, 'flows', name), flow.replace(/^schedule: .*$/m, `$&\n${DEADLINE}`));
  }
  await writeFile(join(to, '.gitignore'), '/data/\n');
}
