import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hub } from '../../core/hub.ts';
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

/** Binds a module to another of its connectors, by the lines that the configuration has. */
export async function rebind(folder: string, module: string, connector: string): Promise<void> {
  const file = join(folder, 'config', 'hub.yaml');
  const lines = (await readFile(file, 'utf8')).split('\n').map((line) => {
    const at = /^ {2}(?:# )?(([a-z-]+): \{ connector: ([a-z0-9-]+), .*)$/.exec(line);
    const [, binding, name, bound] = at ?? [];
    return name === module ? `  ${bound === connector ? '' : '# '}${binding}` : line;
  });
  await writeFile(file, lines.join('\n'));
}

/** The register's batches lie where they came, as if nobody had taken them in. */
export async function unarchive(register: string): Promise<void> {
  for (const name of await readdir(join(register, 'archive'))) {
    await cp(join(register, 'archive', name), join(register, name.replace(/^.*?-(?=ber)/, '')));
  }
}

/** Approves what waits first; answers why it had to. */
export async function approveOne({ control }: Hub): Promise<string | undefined> {
  const [hold] = await control.holds('open');
  const decision = { approve: true, units: null, reason: 'it is meant so', who: 'Kim' };
  await control.decideHolds([hold?.id ?? ''], decision);
  return hold?.reasons[0]?.code;
}
