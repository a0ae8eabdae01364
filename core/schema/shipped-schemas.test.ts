import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCanonicalSchemas } from './canonical-schemas.ts';
import { schemaFault } from './validator.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

describe('schemas', () => {
  it('that ship with Skolnav have no fault: nobody looks for one when a hub is opened', () => {
    const files = globSync(['schemas/{hub,canonical}/*.json', 'connectors/*/schemas/**/*.json'], {
      cwd: ROOT,
    });
    assert.ok(files.length > 50);
    for (const file of files) assert.equal(schemaFault(read(file)), null, file);
    for (const file of globSync('connectors/*/manifest.json', { cwd: ROOT })) {
      assert.equal(schemaFault(read(file).options), null, file);
    }
  });

  it("of a city's own are refused with their file where they are none", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skolnav-schemas-'));
    const file = join(folder, 'room.v1.json');
    await writeFile(file, '{ "type": "object", "properties": { "id": { "type": "strng" } } }');
    const message = new RegExp(`^${file} is no JSON Schema: `);
    await assert.rejects(loadCanonicalSchemas([folder]), { code: 'CONFIG_INVALID', message });
    await rm(folder, { recursive: true });
  });
});
