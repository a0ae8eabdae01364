import type { Config } from '../../config/config.ts';
import { keepFile, readKept } from './kept-file.ts';

/** Where the hub's state is, and whose clock counts: what `config/hub.yaml` says to those who look. */
export type Standing = Pick<Config, 'cluster' | 'dataFolder' | 'timeZone'>;

const NAME = 'standing';

/** What the files of this print were found to say; null where that is not known. */
export async function readStanding(folder: string, print: string): Promise<Standing | null> {
  const text = await readKept(folder, NAME, print);
  // SAFETY: its seal says that it is what is written below.
  return text === null ? null : (JSON.parse(text) as Standing);
}

export async function keepStanding(
  folder: string,
  print: string,
  { cluster, dataFolder, timeZone }: Standing,
): Promise<void> {
  await keepFile(folder, NAME, print, JSON.stringify({ cluster, dataFolder, timeZone }));
}
