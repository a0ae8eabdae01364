import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { processingOf } from '../../core/check.ts';
import { formatLint } from '../../core/control/control-bus.ts';
import { formatArticle30 } from '../terminal/article30.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { folderOf } from '../terminal/with-hub.ts';

interface Article30Options {
  readonly json?: boolean;
  readonly out?: string;
}

/** `skolnav article30`: who gets which data of whom, why, and on what basis. */
export function addArticle30Command(program: Command, terminal: Terminal): void {
  program
    .command('article30')
    .description('the record of processing (GDPR article 30), from flows and mappings')
    .option('--out <file>', 'write it there; `check --article30 <file>` compares it later')
    .option('--json', 'machine-readable')
    .action(async ({ json, out }: Article30Options, command: Command) => {
      const { record, lints } = await processingOf(folderOf(command));
      if (record === null) {
        for (const lint of lints) terminal.print(formatLint(lint));
        terminal.exitCode = EXIT.usage;
        return;
      }
      if (json === true) terminal.printJson(record);
      else if (out === undefined) terminal.print(formatArticle30(record).trimEnd());
      else await writeFile(resolve(out), formatArticle30(record));
      terminal.exitCode = EXIT.done;
    });
}
