import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OnProgress } from '../../core/control/control-bus.ts';
import type { PlantedFault } from '../generate/fault.ts';
import { generateCity } from '../generate/generate-city.ts';

/** Children and pupils of the demonstration city: about 6,000 persons in all. */
const PUPILS = 2250;
const SEED = 'demonstration';
const DATE = '2026-09-01';

const CONFIG = `# The demonstration's workspace: made by \`npm start\`, yours to change, safe to delete.
# Its targets are simulated; each command starts them where \`npm start\` is not running.
backend: embedded
data: hub
modules:
  register: { connector: barn-och-elevregister, options: { files: { folder: register } } }
  collaboration: { connector: microsoft-sds, options: { files: { folder: collaboration } } }
  lms: { connector: itslearning, options: { url: "\${file:simulators/itslearning.url}", user: hub, password: "\${file:simulators/secret}", requestsPerSecond: 2000 } }
  identity: { connector: scim, options: { url: "\${file:simulators/scim.url}", token: "\${file:simulators/secret}", requestsPerSecond: 2000 } }
`;

/** Makes the demonstration's workspace and its first night, where they are not there yet. */
export async function ensureDemoWorkspace(folder: string, onProgress: OnProgress): Promise<void> {
  for (const name of ['config', 'register', 'collaboration', 'simulators']) {
    await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  }
  await writeConfig(join(folder, 'config', 'hub.yaml'));
  const changes = await readdir(join(folder, 'register', 'changes')).catch(() => []);
  if (changes.length > 0) return;
  const step = 'make the city';
  const out = join(folder, 'register');
  const report = (done: number) => onProgress({ step, done, total: null, ended: false });
  const [night] = await generateCity({
    ...{ pupils: PUPILS, seed: SEED, date: DATE, out, nights: 1, faults: true },
    onProgress: (_night, persons) => report(persons),
  });
  const done = night?.records ?? 0;
  onProgress({ step, done, total: done, ended: true });
}

/** What somebody has changed stays; an old file, whose secrets were kept in memory, does not. */
async function writeConfig(file: string): Promise<void> {
  const found = await readFile(file, 'utf8').catch(() => null);
  if (found === null || found.includes('env:LMS_PASSWORD')) await writeFile(file, CONFIG);
}

/** The faults that were planted on purpose in the demonstration's nights. */
export async function plantedFaults(folder: string): Promise<readonly PlantedFault[]> {
  const changes = join(folder, 'register', 'changes');
  const faults: PlantedFault[] = [];
  for (const name of await readdir(changes)) {
    const summary: { faults: PlantedFault[] } = JSON.parse(
      await readFile(join(changes, name), 'utf8'),
    );
    faults.push(...summary.faults);
  }
  return faults;
}
