import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkDoor } from './door.ts';
import { type Breach, checkImports, checkRooms, type SourceFile } from './floors.ts';
import { checkStyle } from './style.ts';

const FOLDERS = ['core', 'connectors', 'dashboard', 'scripts', 'test', 'bench', 'examples'];

/** Checks the whole house; one line per breach, exit code 1 if there is any. */
async function checkHouse(root: string): Promise<readonly Breach[]> {
  const files = await readSources(root);
  const shape = [...checkImports(files), ...checkRooms(files), ...checkDoor(files)];
  const breaches = [...shape, ...files.flatMap(checkStyle)];
  return breaches.sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
}

async function readSources(root: string): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  for (const folder of FOLDERS) {
    const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
    for (const name of names.filter(
      (one) => one.endsWith('.ts') && !one.includes('node_modules'),
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
