import { Failure, type Files } from '../../core/plugin.ts';
import type { LyingBatch } from './checkpoint.ts';

const DATED = /^\d{4}-\d\d-\d\d-/;

/**
 * Moves a batch's files to `archive/`, its marker last: as long as the marker lies there, the next
 * run finds what a crash left behind. What came under the same name before stays beside it.
 */
export async function archive(files: Files, one: LyingBatch, day: string): Promise<void> {
  const marker = `${one.name}.done`;
  let prefix = day;
  for (let number = 2; await files.exists(`archive/${prefix}-${marker}`); number++) {
    prefix = `${day}-${number}`;
  }
  // A marker that cannot be read names nothing that could be moved.
  for (const file of [...(one.batch?.files ?? []).map(({ name }) => name), marker]) {
    if (await files.exists(file)) await files.move(file, `archive/${prefix}-${file}`);
  }
}

/** Removes what was archived before a day; answers how many files. */
export async function purgeArchive(files: Files, before: string): Promise<number> {
  const archived = await archivedFiles(files);
  const old = archived.filter(({ name }) => DATED.test(name) && name < before);
  for (const { name } of old) await files.remove(`archive/${name}`);
  return old.length;
}

/** No archive yet is an empty one. */
async function archivedFiles(files: Files): Promise<readonly { readonly name: string }[]> {
  try {
    return await files.list('archive');
  } catch (failure) {
    if (failure instanceof Failure && failure.code === 'FILE_MISSING') return [];
    throw failure;
  }
}
