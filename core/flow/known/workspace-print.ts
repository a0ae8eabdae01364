import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { remembered } from '../../message/remembered.ts';
import { BUILT_IN_FOLDER } from '../workspace-folders.ts';

/** Folders of a workspace whose files say what it does, and what of them is read. */
const SAID: readonly (readonly [string, RegExp])[] = [
  ['config', /\.yaml$/],
  ['flows', /\.yaml$/],
  ['mappings', /\.(yaml|csv)$/],
  ['schemas', /\.json$/],
  ['connectors', /\.(json|yaml)$/],
];

/**
 * Print of all that decides what a workspace's files mean: the files themselves, those that come
 * with Skolnav, and the program. It is made of what they hold, since a time can be set back; that
 * takes some twenty milliseconds.
 */
export function printOfWorkspace(folder: string): string {
  return printsOf(folder).whole;
}

/** That print, and the one of the program alone. */
export function printsOf(folder: string): { readonly whole: string; readonly program: string } {
  const program = printOfRunning();
  const hash = createHash('sha256');
  for (const root of new Set([folder, BUILT_IN_FOLDER])) {
    for (const [name, kind] of SAID) addFiles(hash, root, name, kind);
  }
  return { whole: hash.update(program).digest('hex'), program };
}

/** Print of what judges and compiles them: its code, and the packages that it uses. */
function printOfProgram(): string {
  const hash = createHash('sha256');
  addFiles(hash, BUILT_IN_FOLDER, 'core', /(?<!\.test)\.ts$/);
  hash.update(readFileSync(join(BUILT_IN_FOLDER, 'package-lock.json')));
  return hash.digest('hex');
}

/** Of what this process runs, whatever its files say by now: reading them all takes its time. */
export function printOfRunning(): string {
  return running('', printOfProgram);
}

const running = remembered<string>(1);

/** What the program is called, and its print, which tells apart two that are called the same. */
export function versionOfProgram(): string {
  const about = readFileSync(join(BUILT_IN_FOLDER, 'package.json'), 'utf8');
  const { version }: { version: string } = JSON.parse(about);
  return `${version} ${printOfWorkspace(BUILT_IN_FOLDER).slice(0, PRINT_LENGTH)}`;
}

/** Of a print, so much is shown. */
const PRINT_LENGTH = 8;

function addFiles(
  hash: ReturnType<typeof createHash>,
  root: string,
  folder: string,
  kind: RegExp,
): void {
  const names = namesIn(join(root, folder)).filter((name) => kind.test(name));
  for (const name of names.sort()) {
    const content = contentOf(join(root, folder, name));
    // With its length, so that no two sets of files run together to the same.
    hash.update(`${folder}/${name} ${content.length}\n`).update(content);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}

/** A folder of such a name, or a file that is gone by now, says nothing. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}
