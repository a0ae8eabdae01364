import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkDoor } from './door.ts';
import { type Breach, checkImports, checkRooms, type SourceFile } from './floors.ts';
import { checkNamed } from './named-files.ts';
import { checkStyle } from './style.ts';

const FOLDERS = ['core', 'connectors', 'dashboard', 'scripts', 'test', 'bench', 'examples'];
/** Those of the examples are copied, and speak of the workspace that they come to lie in. */
const DOCUMENTED = ['docs', 'connectors'];

/** Checks the whole house; one line per breach, exit code 1 if there is any. */
async function checkHouse(root: string): Promise<readonly Breach[]> {
  const files = await readAll(root, FOLDERS, '.ts');
  const documents = await readAll(root, DOCUMENTED, '.md');
  documents.push({ path: 'README.md', text: await readFile(join(root, 'README.md'), 'utf8') });
  const shape = [...checkImports(files), ...checkRooms(files), ...checkDoor(files)];
  const named = checkNamed(documents, (path) => existsSync(join(root, path)));
  const breaches = [...shape, ...files.flatMap(checkStyle), ...named];
  return breaches.sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
}

async function readAll(
  root: string,
  folders: readonly string[],
  ending: string,
): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const folder of folders) {
    const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
    for (const name of names.filter(
      (one) => one.endsWith(ending) && !one.includes('node_modules'),
    )) {
      const path = join(folder, name);
      files.push({ path, text: await readFile(join(root, path), 'utf8') });
    }
  }
  return files;
}

if (import.meta.main) {
  const breaches = await checkHouse(join(import.meta.dirname, '..', '..'));
  for (const { path, line, rule, text } of breaches) console.log(`${path}:${line} ${rule} ${text}`);
  console.log(breaches.length === 0 ? 'The house is in order.' : `${breaches.length} breaches.`);
  process.exitCode = breaches.length === 0 ? 0 : 1;
}
