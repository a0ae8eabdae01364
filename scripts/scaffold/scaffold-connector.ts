import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import type { Json, JsonObject } from '../../core/message/message.ts';
import { mappingSkeleton } from './mapping-skeleton.ts';

const TEMPLATE = join(BUILT_IN_FOLDER, 'examples', 'rest-connector');
const TEMPLATE_NAME = 'rest-connector';

/** The imports of a connector inside Skolnav, and their names for one outside. */
const DOORS: readonly (readonly [inside: string, outside: string])[] = [
  ['../../core/plugin.ts', 'skolnav/plugin'],
  ['../../test/contract/object-sink.contract.ts', 'skolnav/contract/object-sink.contract'],
  ['../../test/contract/surroundings.ts', 'skolnav/contract/surroundings'],
];

/**
 * Writes a connector that works: the example, under another name, with its mapping. Answers the
 * files that it made, from the workspace; null if there is a connector of that name.
 */
export async function scaffoldConnector(
  workspace: string,
  name: string,
): Promise<readonly string[] | null> {
  const folder = join('connectors', name);
  if (await exists(join(workspace, folder))) return null;
  const isOutside = workspace !== BUILT_IN_FOLDER;
  const made: string[] = [];
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(workspace, file)), { recursive: true });
    await writeFile(join(workspace, file), text, { flag: 'wx' });
    made.push(file);
  };
  for (const file of await filesOf(TEMPLATE)) {
    const text = await readFile(join(TEMPLATE, file), 'utf8');
    const renamed = text.replaceAll(TEMPLATE_NAME, name);
    await write(join(folder, file), isOutside ? throughDoors(renamed) : renamed);
  }
  if (isOutside && !(await exists(join(workspace, 'package.json')))) {
    await write('package.json', '{ "private": true, "type": "module" }\n');
  }
  const schema: JsonObject = JSON.parse(
    await readFile(join(TEMPLATE, 'schemas', 'person.json'), 'utf8'),
  );
  const person: JsonObject = await canonical('person');
  const skeleton = mappingSkeleton({ connector: name, objectKind: 'person', schema }, person);
  await write(join('mappings', name, 'person.yaml'), skeleton + MAPPING_TEST);
  return made;
}

const MAPPING_TEST = `tests:
  - name: a pupil
    given: { id: p1, givenName: Kim, familyName: Ek }
    expect: { id: p1, givenName: Kim, familyName: Ek }
`;

/** A canonical schema that comes with Skolnav, in its newest version. */
export async function canonical(kind: string): Promise<JsonObject> {
  const folder = join(BUILT_IN_FOLDER, 'schemas', 'canonical');
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${kind}.v`)).sort();
  const schema: Json = JSON.parse(await readFile(join(folder, names.at(-1) ?? ''), 'utf8'));
  // SAFETY: a schema file holds an object; a test reads them all.
  return schema as JsonObject;
}

function throughDoors(text: string): string {
  return DOORS.reduce((changed, [inside, outside]) => changed.replaceAll(inside, outside), text);
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
