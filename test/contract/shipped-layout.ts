import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layout } from '../../core/codec/layout/layout.ts';
import { withDefaults } from '../../core/codec/layout/layout-defaults.ts';
import { layoutFaults } from '../../core/codec/layout/layout-faults.ts';
import type { Json } from '../../core/message/message.ts';
import { parseYaml } from '../../core/schema/yaml-file.ts';

/** The layout of that name in the mappings folder of that name, as a workspace reads it. */
export async function shippedLayout(name: string): Promise<Layout> {
  const file = join(import.meta.dirname, '../../mappings', name, `${name}.layout.yaml`);
  const { yaml, lints } = parseYaml(file, await readFile(file, 'utf8'));
  assert.deepEqual(lints, []);
  // SAFETY: `npm run check` holds every shipped layout against its schema.
  const layout = withDefaults((yaml?.value ?? null) as Json) as unknown as Layout;
  assert.deepEqual(layoutFaults(layout), []);
  return layout;
}
