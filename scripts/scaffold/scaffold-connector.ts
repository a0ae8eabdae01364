import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../core/config/make-folder.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import type { Json, JsonObject } from '../../core/message/message.ts';

const TEMPLATE_NAME = 'json-lms';
const TEMPLATE = join(BUILT_IN_FOLDER, 'examples', TEMPLATE_NAME);

/**
 * Writes a connector that works: the example, under another name, with its mappings. Answers the
 * files that it made, from the workspace; null if there is a connector of that name.
 */
export async function scaffoldConnector(
  workspace: string,
  name: string,
): Promise<readonly string[] | null> {
  if (existsSync(join(workspace, 'connectors', name))) return null;
  const made: string[] = [];
  const write = async (file: string, text: string) => {
    await makeFolder(dirname(join(workspace, file)));
    await writeFile(join(workspace, file), text, { flag: 'wx' });
    made.push(file);
  };
  for (const part of ['connectors', 'mappings']) {
    const folder = join(TEMPLATE, part, TEMPLATE_NAME);
    for (const file of await filesOf(folder)) {
      const text = await readFile(join(folder, file), 'utf8');
      await write(join(part, name, file), renamed(text, name));
    }
  }
  const isOutside = workspace !== BUILT_IN_FOLDER;
  if (isOutside && !existsSync(join(workspace, 'package.json'))) {
    await write('package.json', '{ "private": true, "type": "module" }\n');
  }
  return made;
}

/** The example stands two folders deeper than a workspace does. */
function renamed(text: string, name: string): string {
  return text.replaceAll(TEMPLATE_NAME, name).replaceAll('../../../../schemas', '../../schemas');
}

/** A canonical schema that comes with Skolnav, in its newest version. */
export async function canonical(kind: string): Promise<JsonObject> {
  const folder = join(BUILT_IN_FOLDER, 'schemas', 'canonical');
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${kind}.v`)).sort();
  const schema: Json = JSON.parse(await readFile(join(folder, names.at(-1) ?? ''), 'utf8'));
  // SAFETY: a schema file holds an object; a test reads them all.
  return schema as JsonObject;
}

/** The kinds of entities that come with Skolnav. */
export async function canonicalKinds(): Promise<readonly string[]> {
  const names = await readdir(join(BUILT_IN_FOLDER, 'schemas', 'canonical'));
  return [...new Set(names.flatMap((name) => /^([a-z-]+)\.v\d+\.json$/.exec(name)?.[1] ?? []))];
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}
