import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolderFiles } from '../../files/folder-files.ts';

/** A folder that holds this one file, for as long as the work takes. */
export async function withOverlay<T>(
  file: string,
  text: string,
  work: (overlay: string) => Promise<T>,
): Promise<T> {
  const overlay = await mkdtemp(join(tmpdir(), 'skolnav-tried-'));
  try {
    await writeWhole(overlay, file, text);
    return await work(overlay);
  } finally {
    await rm(overlay, { recursive: true, force: true });
  }
}

/** Whoever reads the file meanwhile reads the old one or the new one. */
export async function writeWhole(folder: string, file: string, text: string): Promise<void> {
  await (await openFolderFiles(folder)).put(file, [Buffer.from(text)]);
}
