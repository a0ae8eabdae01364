import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How long a vendor that runs may take to say so. */
const ANSWER_MS = 2000;

/**
 * Does something with a workspace's targets there. Those of the demonstration run in the process of
 * `npm start`; where that is down, they are started for as long as this takes. Of any other
 * workspace the targets are the city's own, and nothing is started.
 */
export async function withTargetsOf<T>(folder: string, work: () => Promise<T>): Promise<T> {
  if (!(await isDemonstration(folder)) || (await areRunning(folder))) return work();
  const { startVendors } = await import('./simulators.ts');
  const vendors = await startVendors(folder);
  try {
    return await work();
  } finally {
    await vendors.stop();
  }
}

async function isDemonstration(folder: string): Promise<boolean> {
  return access(join(folder, 'simulators', 'scim.url')).then(
    () => true,
    () => false,
  );
}

async function areRunning(folder: string): Promise<boolean> {
  const url = await readFile(join(folder, 'simulators', 'scim.url'), 'utf8');
  const { origin } = new URL(url.trim());
  return fetch(origin, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    ({ status }) => status === 401,
    () => false,
  );
}
