import { resolve } from 'node:path';
import type { Command } from 'commander';
import { generateCity } from '../generate/generate-city.ts';
import { showProgress } from '../terminal/progress-lines.ts';
import { printLine } from '../terminal/with-hub.ts';

interface Options {
  readonly pupils: string;
  readonly seed: string;
  readonly out: string;
  readonly nights: string;
  readonly date: string;
  readonly faults?: boolean;
}

/** `skolnav generate`: the register's nightly files of a made-up city. */
export function addGenerateCommand(program: Command): void {
  program
    .command('generate')
    .description("write the register's nightly files of a made-up city")
    .option('--pupils <n>', 'children and pupils; the full city has 140000', '2300')
    .option('--seed <text>', 'the same seed gives the same bytes', 'skolnav')
    .requiredOption('--out <folder>', 'where the batches go')
    .option('--nights <n>', 'nights; each after the first changes a little', '1')
    .option('--date <day>', 'date of the first night', '2026-09-01')
    .option('--faults', 'plant known faults in the first night')
    .action(async (options: Options) => {
      const onProgress = showProgress();
      const nights = await generateCity({
        pupils: Number(options.pupils),
        seed: options.seed,
        out: resolve(options.out),
        nights: Number(options.nights),
        date: options.date,
        faults: options.faults === true,
        onProgress: (night, done) =>
          onProgress({ step: `generate night ${night}`, done, total: null, ended: false }),
      });
      for (const { batch, records, changes, faults } of nights) {
        printLine(
          `${batch}: ${records} records, ${changes.length} changes, ${faults.length} faults`,
        );
      }
    });
}
