import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startItslearning } from '../../connectors/itslearning/simulator.ts';
import { startScim } from '../../connectors/scim/simulator.ts';

/** The simulated vendors of the demonstration, with their state kept in a folder between starts. */
export interface DemoVendors {
  /** What the demonstration's configuration refers to. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const SECRET = 'demonstration';

export async function startVendors(folder: string): Promise<DemoVendors> {
  const lms = await startItslearning({ user: 'hub', password: SECRET });
  const identity = await startScim({ token: SECRET, etag: false });
  const lmsFile = join(folder, 'itslearning.json');
  const identityFile = join(folder, 'scim.json');
  await restore(lmsFile, (state) => lms.site.restore(state));
  await restore(identityFile, (state) => identity.directory.restore(state));
  return {
    environment: {
      LMS_URL: lms.url,
      LMS_PASSWORD: SECRET,
      IDENTITY_URL: identity.url,
      IDENTITY_TOKEN: SECRET,
    },
    stop: async () => {
      await Promise.all([lms.stop(), identity.stop()]);
      await writeFile(lmsFile, lms.site.dump(), { mode: 0o600 });
      await writeFile(identityFile, identity.directory.dump(), { mode: 0o600 });
    },
  };
}

async function restore(file: string, take: (state: string) => void): Promise<void> {
  const state = await readFile(file, 'utf8').catch(() => null);
  if (state !== null) take(state);
}
