import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OnProgress } from '../../core/control/control-bus.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { planCity } from '../generate/city.ts';
import type { PlantedFault } from '../generate/fault.ts';
import { generateCity } from '../generate/generate-city.ts';
import { FILE_SYSTEMS, writeSystems } from '../generate/systems/write-systems.ts';

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
${Object.keys(FILE_SYSTEMS).map(bindingOf).join('')}`;

/** A system that sends declared files. */
function bindingOf(system: string): string {
  const options = `files: { folder: systems/${system} }, layout: ${system}`;
  return `  ${system}: { connector: files, mappings: ${system}, options: { ${options} } }\n`;
}

/** Makes the demonstration's workspace and its first night, where they are not there yet. */
export async function ensureDemoWorkspace(folder: string, onProgress: OnProgress): Promise<void> {
  for (const name of ['config', 'register', 'collaboration', 'simulators']) {
    await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  }
  if (await writeConfig(join(folder, 'config', 'hub.yaml'))) {
    await writeFlows(join(folder, 'flows'));
    const city = planCity({ pupils: PUPILS, seed: SEED, date: DATE });
    await writeSystems(city, DATE, join(folder, 'systems'));
  }
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

/**
 * What somebody has changed stays; an old file, whose secrets were kept in memory, does not.
 * Answers whether it was written.
 */
async function writeConfig(file: string): Promise<boolean> {
  const found = await readFile(file, 'utf8').catch(() => null);
  if (found !== null && !found.includes('env:LMS_PASSWORD')) return false;
  await writeFile(file, CONFIG);
  return true;
}

/** The flows as they come with Skolnav, from all of the demonstration's sources. */
async function writeFlows(folder: string): Promise<void> {
  const sources = ['register', ...Object.keys(FILE_SYSTEMS)].join(', ');
  await mkdir(folder, { recursive: true });
  const shipped = join(BUILT_IN_FOLDER, 'flows');
  for (const name of await readdir(shipped)) {
    const text = await readFile(join(shipped, name), 'utf8');
    const flow = text.replace('from: register', `from: [${sources}]`);
    await writeFile(join(folder, name), flow.replace(/^# yaml-language-server.*\n/, ''));
  }
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
