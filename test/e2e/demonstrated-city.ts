import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureDemoWorkspace } from '../../scripts/demo/demo-workspace.ts';
import type { CitySize } from '../../scripts/generate/city.ts';
import { backendOfTests, type ClusterEnvironment, onCluster } from '../services/cluster.ts';

/** More than a few changes are no accident here. */
const GUARDS = 'guards: { maxCreate: 100%, maxUpdate: 100%, maxDelete: 100% }';

/**
 * Makes the demonstration's workspace, on the backend of the tests and without guards. Answers where
 * its cluster is; null on this machine alone.
 */
export async function demonstrate(
  folder: string,
  city: CitySize,
): Promise<ClusterEnvironment | null> {
  await ensureDemoWorkspace(folder, () => undefined, city);
  const place = await backendOfTests();
  const config = join(folder, 'config', 'hub.yaml');
  if (place !== null) await writeFile(config, onCluster(await readFile(config, 'utf8')));
  for (const name of await readdir(join(folder, 'flows'))) {
    const file = join(folder, 'flows', name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/^guards: .*$/m, GUARDS));
  }
  return place;
}
