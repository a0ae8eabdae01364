import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startFronter } from '../../connectors/ims-enterprise/simulator.ts';
import { startItslearning } from '../../connectors/itslearning/simulator.ts';
import { startGraph } from '../../connectors/microsoft-graph/simulator.ts';
import { startScim } from '../../connectors/scim/simulator.ts';
import { type SimulatedProvider, startSs12000 } from '../../connectors/ss12000/simulator.ts';
import { startReports } from '../../connectors/ss12000-reports/simulator.ts';
import { makeFolder } from '../../core/hub.ts';
import { planCity } from '../generate/city.ts';
import { cityIn } from '../generate/generate-city.ts';
import { listsOf } from '../generate/ss12000.ts';

/** The simulated vendors of the demonstration, with their state kept in a folder between starts. */
export interface DemoVendors {
  /** Writes down what the vendors hold now. */
  save(): Promise<void>;
  stop(): Promise<void>;
}

const SECRET = 'demonstration';
const WEBHOOK_SECRET = `whsec_${Buffer.from('of the demonstration alone').toString('base64')}`;
/** Of the two vendors that fetch, who are nobody here. */
const CLIENT_SECRET = 'demonstration-of-clients-that-fetch';
/** Id of the account at the demonstration's tenant that owns every team. */
export const TEAM_OWNER = 'a0000000-0000-4000-8000-000000000001';

/**
 * Starts the vendors of a demonstration workspace, and writes down where they are and how to log
 * in, where its configuration refers to.
 */
export async function startVendors(folder: string): Promise<DemoVendors> {
  const at = (name: string) => join(folder, 'simulators', name);
  const lms = await startItslearning({ user: 'hub', password: SECRET });
  const identity = await startScim({ token: SECRET, etag: false });
  const egil = await startScim({ token: SECRET, patch: false, filter: false, etag: false });
  const fronter = await startFronter({ authKey: SECRET });
  const fronterAsLms = await startFronter({ authKey: SECRET });
  const schedule = await startReports();
  const register = await startSs12000(Date.now, (provider) => fillRegister(provider, folder));
  const teams = await startGraph({ writes: 100_000 });
  const owner = { id: TEAM_OWNER, userPrincipalName: 'agare@skola.example', mark: {} };
  teams.directory.keep(owner);
  const vendors = [lms, identity, egil, fronter, fronterAsLms, schedule, register, teams];
  const states: readonly (readonly [string, State])[] = [
    ['itslearning.json', lms.site],
    ['scim.json', identity.directory],
    ['egil.json', egil.directory],
    ['fronter.json', fronter.building],
    ['lms-fronter.json', fronterAsLms.building],
    ['reports.json', schedule.reports],
    ['graph.json', teams.directory],
  ];
  for (const [name, state] of states) await restore(at(name), state);
  await makeFolder(join(folder, 'simulators'), 0o700);
  await writeSecrets(folder, {
    ...{ 'itslearning.url': lms.url, 'scim.url': identity.url, 'fronter.url': fronter.url },
    ...{ 'lms-fronter.url': fronterAsLms.url, secret: SECRET, 'absence.secret': WEBHOOK_SECRET },
    ...{ 'client.secret': CLIENT_SECRET, 'reports.url': schedule.url },
    'register.url': register.url,
    ...{
      'egil.url': egil.url,
      'graph.url': teams.url,
      'bearer.secret': teams.logins.bearer['token'],
    },
  });
  const save = async () => {
    for (const [name, state] of states) await keep(at(name), state.dump());
  };
  return {
    save,
    stop: async () => {
      await Promise.all(vendors.map((one) => one.stop()));
      await save();
    },
  };
}

/** Writes down where they are and how to log in. */
async function writeSecrets(
  folder: string,
  written: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const [name, text] of Object.entries(written)) {
    await writeFile(join(folder, 'simulators', name), `${text}\n`, { mode: 0o600 });
  }
}

/** The city of the register's files, as they were in their first night. */
async function fillRegister(provider: SimulatedProvider, folder: string): Promise<void> {
  const city = await cityIn(join(folder, 'register'));
  if (city === null) return;
  for (const { list, entity } of listsOf(planCity(city), 1)) {
    provider.put(list, entity.id, entity);
  }
}

/** What a simulated vendor holds. */
interface State {
  dump(): string;
  restore(state: string): void;
}

/** Whoever is killed meanwhile finds the state of before, and not half of one. */
async function keep(file: string, state: string): Promise<void> {
  await writeFile(`${file}.part`, state, { mode: 0o600 });
  await rename(`${file}.part`, file);
}

async function restore(file: string, to: State): Promise<void> {
  const state = await readFile(file, 'utf8').catch(() => null);
  if (state !== null) to.restore(state);
}
