import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from './world.ts';

const BINDING =
  '  portal: { connector: files, mappings: portal, options: { files: { folder: data/portal }, layout: portal } }\n';
const LAYOUT = `streams:
  word:
    file: portal.csv
    format: delimited
    columns: [{ name: id, required: true }, { name: value }]
`;

/**
 * Binds a second source, an identity portal that supplements persons of the register: its word
 * counts for one field, which a rule of a mapping makes of its `value`.
 */
export async function bindPortal(world: World, field: string, rule: string): Promise<void> {
  await world.write('mappings/portal/portal.layout.yaml', LAYOUT);
  await world.write(
    'mappings/portal/word.yaml',
    `from: files/word
to: person.v1
entity: { identity: id, of: register }
supplement: true
fields: { ${field}: ${rule} }
`,
  );
  await world.quicken();
  for (const flow of ['identity', 'lms', 'collaboration']) {
    const text = await readFile(join(world.folder, 'flows', `${flow}.yaml`), 'utf8');
    const both = text.replace('from: register', 'from: [register, portal]');
    await world.write(`flows/${flow}.yaml`, both);
  }
  const config = await readFile(join(world.folder, 'config', 'hub.yaml'), 'utf8');
  const owner = `ownership: { person: { ${field}: portal } }\n`;
  await world.configure(config.replace('modules:\n', `modules:\n${BINDING}`) + owner);
}

/** What the portal says, by the register's ids. */
export function tellPortal(world: World, values: Readonly<Record<string, string>>): Promise<void> {
  const rows = Object.entries(values).map(([id, value]) => `${id};${value}\n`);
  return world.write('data/portal/portal.csv', `id;value\n${rows.join('')}`);
}
