import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { OnProgress } from '../../core/control/control-bus.ts';
import { BUILT_IN_FOLDER, makeFolder } from '../../core/hub.ts';
import { type CitySize, planCity } from '../generate/city.ts';
import type { PlantedFault } from '../generate/fault.ts';
import { generateCity } from '../generate/generate-city.ts';
import { FILE_SYSTEMS, INBOXES, writeSystems } from '../generate/systems/write-systems.ts';
import { assessedIn, reportsOf } from './reports.ts';
import { TEAM_OWNER } from './simulators.ts';

/** Children and pupils of the demonstration city: about 6,000 persons in all. */
const PUPILS = 2250;
const SEED = 'demonstration';
const DATE = '2026-09-01';
/** What the demonstration's city is planned from. */
export const DEMO_CITY: CitySize = { pupils: PUPILS, seed: SEED, date: DATE };

/** The same with so many pupils, where a number is said. */
export function demoCity(pupils: string | undefined): CitySize {
  return { ...DEMO_CITY, pupils: Number(pupils ?? PUPILS) };
}
const FOLDERS = ['config', 'register', 'collaboration', 'lms', 'simulators'];

/** Modules that take files, whose layouts, mappings and folders are called as they are. */
const TOLD_BY_FILES = [
  ...['attendance', 'register-back', 'special-support'],
  ...['skolwebb', 'economy', 'school-age', 'independent', 'preschool-queue', 'preschool-hours'],
  ...['sprakcentrum-requests', 'bosko-back', 'microsoft-sds-v1'],
];

/** `port`: where the absence app calls, free when the workspace is made. */
const configOf = (
  port: number,
) => `# The demonstration's workspace: made by \`npm start\`, yours to change, safe to delete.
# Its targets are simulated; each command starts them where \`npm start\` is not running.
backend: embedded
data: hub
doorbell: { port: ${port} }
modules:
  register: { connector: barn-och-elevregister, options: { files: { folder: register } } }
  # In its place, by one line alone: the same register by SS 12000. What its files said beside goes when \`hold\` is approved.
  # register: { connector: ss12000, options: { url: "\${file:simulators/register.url}", token: "\${file:simulators/bearer.secret}", requestsPerSecond: 2000 } }
  collaboration: { connector: microsoft-sds, options: { files: { folder: collaboration } } }
  lms: { connector: itslearning, options: { url: "\${file:simulators/itslearning.url}", user: hub, password: "\${file:simulators/secret}", requestsPerSecond: 2000 } }
  # In its place, by one line alone: Fronter, or files of OneRoster.
  # lms: { connector: ims-enterprise, mappings: ims-enterprise-fronter, options: { layout: ims-enterprise-fronter, url: "\${file:simulators/lms-fronter.url}", authKey: "\${file:simulators/secret}", requestsPerSecond: 2000, pollMs: 20 } }
  # lms: { connector: oneroster-csv, options: { files: { folder: lms } } }
  # What pupils have reached in courses of itslearning.
  lms-results: { connector: itslearning, options: { url: "\${file:simulators/itslearning.url}", user: hub, password: "\${file:simulators/secret}", requestsPerSecond: 2000 } }
  fronter: { connector: ims-enterprise, mappings: ims-enterprise-fronter, options: { layout: ims-enterprise-fronter, url: "\${file:simulators/fronter.url}", authKey: "\${file:simulators/secret}", requestsPerSecond: 2000, pollMs: 20 } }
  identity: { connector: scim, options: { url: "\${file:simulators/scim.url}", token: "\${file:simulators/secret}", requestsPerSecond: 2000 } }
  national-tests: { connector: scim, mappings: scim-egil, options: { url: "\${file:simulators/egil.url}", token: "\${file:simulators/secret}", requestsPerSecond: 2000 } }
  absence: { connector: events, mappings: absence, options: { layout: absence, changed: andrad, keepDays: 90, webhook: { secret: "\${file:simulators/absence.secret}" } } }
  # Teachers report attendance there, and are told who is away.
  schedule: { connector: ss12000-reports, options: { url: "\${file:simulators/reports.url}", token: "\${file:simulators/bearer.secret}", keepDays: 400, requestsPerSecond: 2000 } }
  teams: { connector: microsoft-graph, options: { url: "\${file:simulators/graph.url}", token: "\${file:simulators/bearer.secret}", requestsPerSecond: 2000, writesPerSecond: 5000, teamsPerSecond: 1000, owner: ${TEAM_OWNER} } }
${Object.keys(FILE_SYSTEMS)
  .map((system) => bindingOf(system, `systems/${system}`))
  .join('')}${Object.entries(INBOXES)
  .flatMap(([system, inboxes]) =>
    Object.keys(inboxes).map((inbox) => bindingOf(inbox, `systems/${inbox}`, system)),
  )
  .join('')}${TOLD_BY_FILES.map((system) => bindingOf(system, system)).join('')}\
  timetable: { connector: ss12000, options: { client: { id: timetable, secret: "\${file:simulators/client.secret}" } } }
  library: { connector: oneroster, mappings: oneroster-csv, options: { client: { id: library, secret: "\${file:simulators/client.secret}" } } }
served: { port: 0 }
# The portal's word counts for what it gives: user names, addresses at the schools, its own ids.
ownership:
  person:
    eduPersonPrincipalNames: [identity, register, mottagandeenheten]
    'emails[type="Skola elev"]': [identity, register]
    'emails[type="Skola personal"]': [identity, register]
    externalIdentifiers: [identity, register]
`;

/** A system that sends or takes declared files, without a line of code. */
function bindingOf(module: string, folder: string, system = module): string {
  const options = `files: { folder: ${folder} }, layout: ${system}`;
  return `  ${module}: { connector: files, mappings: ${system}, options: { ${options} } }\n`;
}

/** Makes the demonstration's workspace and its first night, where they are not there yet. */
export async function ensureDemoWorkspace(
  folder: string,
  onProgress: OnProgress,
  plannedFrom: CitySize = DEMO_CITY,
): Promise<void> {
  for (const name of [...FOLDERS, ...TOLD_BY_FILES]) {
    await makeFolder(join(folder, name), 0o700);
  }
  if (await writeConfig(join(folder, 'config', 'hub.yaml'))) {
    await writeOldSystems(folder);
    const city = planCity(plannedFrom);
    await writeSystems(city, DATE, join(folder, 'systems'));
    const held = { reports: reportsOf(city, DATE), itslearning: assessedIn(city, DATE) };
    for (const [name, state] of Object.entries(held)) {
      const file = join(folder, 'simulators', `${name}.json`);
      await writeFile(file, state.dump(), { mode: 0o600 });
    }
  }
  const changes = await readdir(join(folder, 'register', 'changes')).catch(() => []);
  if (changes.length > 0) return;
  const step = 'make the city';
  const out = join(folder, 'register');
  const report = (done: number) => onProgress({ step, done, total: null, ended: false });
  const [night] = await generateCity({
    ...{ ...plannedFrom, out, nights: 1, faults: true },
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
  await writeFile(file, configOf(await freePort()));
  return true;
}

/** The mappings of the systems that take files, and all flows. */
async function writeOldSystems(folder: string): Promise<void> {
  const names = [
    'old-systems',
    'independent-preschools',
    'absence-app',
    'fronter',
    'vendors-that-fetch',
    'back-to-the-register',
    'teams',
    'egil',
  ];
  const examples = names.map((name) => join(BUILT_IN_FOLDER, 'examples', name));
  for (const example of examples) {
    const mappings = join(example, 'mappings');
    if (existsSync(mappings)) await cp(mappings, join(folder, 'mappings'), { recursive: true });
  }
  for (const from of [BUILT_IN_FOLDER, ...examples]) {
    await writeFlows(join(from, 'flows'), join(folder, 'flows'));
  }
}

/**
 * A port of this machine that nobody listens on at this moment; none of those that systems give to
 * connections, so that it is free later on too.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** Flows as they come with Skolnav, from all of the demonstration's sources. */
async function writeFlows(shipped: string, folder: string): Promise<void> {
  const sources = ['register', ...Object.keys(FILE_SYSTEMS)];
  await makeFolder(folder);
  for (const name of await readdir(shipped)) {
    const text = await readFile(join(shipped, name), 'utf8');
    // What the portal itself has made comes back to all others.
    const back = text.includes('to: identity') ? [] : ['identity'];
    const from = [...sources, ...back].join(', ');
    const flow = text.replace('from: register', `from: [${from}]`);
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
