import { Memory, remembering } from '../../message/memory.ts';
import { keepFile, readKept } from './kept-file.ts';
import { printOfWorkspace, printsOf } from './workspace-print.ts';

const NAME = 'judged';

/**
 * Reads a workspace's files with what earlier processes have found of them, and keeps that for the
 * next one. What was refused is not kept: it may hold what does not belong into files.
 */
export async function withKeptMemory<T>(
  folder: string,
  read: () => Promise<T>,
  isSound: (found: T) => boolean = () => true,
): Promise<T> {
  const { whole, program } = printsOf(folder);
  const memory = new Memory((await readKept(folder, NAME, program)) ?? '', whole);
  const found = await remembering(memory, read);
  const kept = isSound(found) ? memory.kept() : null;
  // What has changed while it was read is read again the next time.
  if (kept !== null && printOfWorkspace(folder) === whole) {
    await keepFile(folder, NAME, program, kept);
  }
  return found;
}
