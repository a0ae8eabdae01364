import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startFronter } from '../../connectors/ims-enterprise/simulator.ts';
import { startItslearning } from '../../connectors/itslearning/simulator.ts';
import { startScim } from '../../connectors/scim/simulator.ts';
import { makeFolder } from '../../core/hub.ts';

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
/**
 * Starts the vendors of a demonstration workspace, and writes down where they are and how to log
 * in, where its configuration refers to.
 */
export async function startVendors(folder: string): Promise<DemoVendors> {
  const at = (name: string) => join(folder, 'simulators', name);
  const lms = await startItslearning({ user: 'hub', password: SECRET });
  const identity = await startScim({ token: SECRET, etag: false });
  const fronter = await startFronter({ authKey: SECRET });
  const fronterAsLms = await startFronter({ authKey: SECRET });
  await restore(at('itslearning.json'), (state) => lms.site.restore(state));
  await restore(at('scim.json'), (state) => identity.directory.restore(state));
  await restore(at('fronter.json'), (state) => fronter.building.restore(state));
  await restore(at('lms-fronter.json'), (state) => fronterAsLms.building.restore(state));
  await makeFolder(join(folder, 'simulators'), 0o700);
  const written = {
    ...{ 'itslearning.url': lms.url, 'scim.url': identity.url, 'fronter.url': fronter.url },
    ...{ 'lms-fronter.url': fronterAsLms.url, secret: SECRET, 'absence.secret': WEBHOOK_SECRET },
    'client.secret': CLIENT_SECRET,
  };
  for (const [name, text] of Object.entries(written)) {
    await writeFile(at(name), `${text}\n`, { mode: 0o600 });
  }
  const save = async () => {
    await writeFile(at('itslearning.json'), lms.site.dump(), { mode: 0o600 });
    await writeFile(at('scim.json'), identity.directory.dump(), { mode: 0o600 });
    await writeFile(at('fronter.json'), fronter.building.dump(), { mode: 0o600 });
    await writeFile(at('lms-fronter.json'), fronterAsLms.building.dump(), { mode: 0o600 });
  };
  return {
    save,
    stop: async () => {
      await Promise.all([lms, identity, fronter, fronterAsLms].map((one) => one.stop()));
      await save();
    },
  };
}

async function restore(file: string, take: (state: string) => void): Promise<void> {
  const state = await readFile(file, 'utf8').catch(() => null);
  if (state !== null) take(state);
}
