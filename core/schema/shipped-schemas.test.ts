import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatLint } from '../failure/lint.ts';
import { loadWorkspace } from '../flow/workspace.ts';
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

  const FAULTY: readonly (readonly [string, string, RegExp])[] = [
    [
      ...(['a type that there is not', '{ "properties": { "id": { "type": "strng" } } }'] as const),
      /^schemas\/canonical\/room\.v1\.json:1:1 SCHEMA_INVALID is no JSON Schema: /,
    ],
    [
      ...(['what is no JSON', '{\n  "type": "object",\n}\n'] as const),
      /^schemas\/canonical\/room\.v1\.json:3:1 SCHEMA_INVALID is no JSON, or not whole$/,
    ],
  ];
  for (const [title, text, message] of FAULTY) {
    it(`of a city's own are faults of its files, by file and line: ${title}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'skolnav-schemas-'));
      const schemas = join(folder, 'schemas/canonical');
      await mkdir(schemas, { recursive: true });
      await writeFile(join(schemas, 'room.v1.json'), text);
      await assert.rejects(loadCanonicalSchemas([schemas]), { code: 'CONFIG_INVALID', message });
      const { workspace, lints } = await loadWorkspace(folder, ROOT);
      assert.equal(workspace, null);
      assert.match(lints.map(formatLint).join('\n'), message);
      await rm(folder, { recursive: true });
    });
  }
});
