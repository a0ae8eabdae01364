import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { makeFolder } from '../../config/make-folder.ts';
import { sealed, unsealed } from './sealed.ts';

/** Where the hub's state is, and whose clock counts: what `config/hub.yaml` says to those who look. */
export type Standing = Pick<Config, 'cluster' | 'dataFolder' | 'timeZone'>;

/** Beside the logs, and as private. */
const FILE = join('data', 'standing');

/** What the files of this print were found to say; null where that is not known. */
export async function readStanding(folder: string, print: string): Promise<Standing | null> {
  const text = await readFile(join(folder, FILE), 'utf8').catch(() => null);
  return unsealed<Standing>(`${folder} ${print}`, text);
}

/** Keeps it for the next look; where nobody may write there, each look reads the files. */
export async function keepStanding(
  folder: string,
  print: string,
  { cluster, dataFolder, timeZone }: Standing,
): Promise<void> {
  const text = sealed(`${folder} ${print}`, { cluster, dataFolder, timeZone });
  const file = join(folder, FILE);
  const aside = `${file}.${process.pid}`;
  try {
    await makeFolder(join(folder, 'data'), 0o700);
    await writeFile(aside, text, { mode: 0o600 });
    await rename(aside, file);
  } catch {
    // It is only quicker with it.
  }
}
