import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadConfig } from '../../core/config/load-config.ts';
import { loadConnectors } from '../../core/connector/registry.ts';
import { loadMappings } from '../../core/flow/load-mappings.ts';
import { WorkspaceFolders } from '../../core/flow/workspace-folders.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import type { CompiledMapping } from '../../core/mapping/compile-mapping.ts';
import { loadCanonicalSchemas } from '../../core/schema/canonical-schemas.ts';

/** Every mapping that comes with the hub, with the tests that stand in its file. */
export async function shippedMappings(): Promise<readonly CompiledMapping[]> {
  const canonical = await loadCanonicalSchemas([join(BUILT_IN_FOLDER, 'schemas', 'canonical')]);
  const { registry } = await loadConnectors([join(BUILT_IN_FOLDER, 'connectors')]);
  const folders = new WorkspaceFolders(BUILT_IN_FOLDER, BUILT_IN_FOLDER);
  const { config } = await loadConfig(await folders.folderWith('config/hub.yaml'), registry);
  assert.ok(config !== null);
  const { compiled, lints } = await loadMappings(folders, config, registry, canonical, true);
  assert.deepEqual(lints, []);
  return compiled;
}
