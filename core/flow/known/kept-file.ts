import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../config/make-folder.ts';
import { openSeal, sealedText } from './sealed.ts';

/** Beside the logs, and as private. */
const FOLDER = 'data';

/** A file of what was made of files that have this print; null where there is none. */
export async function readKept(
  folder: string,
  name: string,
  print: string,
): Promise<string | null> {
  const text = await readFile(join(folder, FOLDER, name), 'utf8').catch(() => null);
  return openSeal(`${folder} ${print}`, text);
}

/** Keeps it for the next process; where nobody may write there, each reads the files. */
export async function keepFile(
  folder: string,
  name: string,
  print: string,
  content: string,
): Promise<void> {
  const file = join(folder, FOLDER, name);
  const aside = `${file}.${process.pid}`;
  try {
    await makeFolder(join(folder, FOLDER), 0o700);
    await writeFile(aside, sealedText(`${folder} ${print}`, content), { mode: 0o600 });
    await rename(aside, file);
  } catch {
    // It is only quicker with it.
  }
}
