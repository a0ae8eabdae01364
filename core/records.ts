import { join } from 'node:path';
import { openStore } from './backend.ts';
import type { Records } from './control/control-bus.ts';
import { recordsIn } from './control/records.ts';
import { LintsFailure } from './failure/lint.ts';
import { withKeptMemory } from './flow/known/kept-memory.ts';
import { keepStanding, readStanding, type Standing } from './flow/known/standing.ts';
import { printOfWorkspace } from './flow/known/workspace-print.ts';
import { BUILT_IN_FOLDER } from './flow/workspace-folders.ts';
import type { Hub } from './hub.ts';
import type { Looks } from './looks.ts';

export { makeFolder } from './config/make-folder.ts';
export type { Looks } from './looks.ts';

/** What a hub remembers of its own work, while it is open. */
export interface OpenRecords {
  readonly records: Records;
  readonly timeZone: string;
  /** The same as of the control bus; it opens a hub where the files are not those of last time. */
  look(openHub: () => Promise<Hub>): Promise<Looks>;
  close(): Promise<void>;
}

/**
 * Opens the records of a workspace without its flows and mappings: whoever only looks does not wait
 * for them, and can look where one of those has a fault. Where no file has changed since the last
 * look, none is read for what it says (decision 74). Throws CONFIG_INVALID if `config/hub.yaml` is
 * faulty.
 */
export async function openRecords(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<OpenRecords> {
  const print = printOfWorkspace(folder);
  const standing =
    (await readStanding(folder, print)) ??
    (await withKeptMemory(folder, () => findStanding(folder, print)));
  const store = await openStore(standing, { folder, environment });
  return {
    records: recordsIn(store),
    timeZone: standing.timeZone,
    look: async (openHub) => {
      // Read where it is asked for: most of those who look want no findings.
      const { looksAt } = await import('./looks.ts');
      return looksAt(store, folder, print, openHub);
    },
    close: () => store.close(),
  };
}

/** Read where the files are read: what parses and checks them takes longer than a look. */
async function findStanding(folder: string, print: string): Promise<Standing> {
  const { loadConfig } = await import('./config/load-config.ts');
  const { loadConnectors } = await import('./connector/registry.ts');
  const folders = [BUILT_IN_FOLDER, folder].map((one) => join(one, 'connectors'));
  const { registry, lints: connectorLints } = await loadConnectors(folders);
  const { config, lints } = await loadConfig(folder, registry);
  if (config === null) {
    throw new LintsFailure([...connectorLints, ...lints]);
  }
  await keepStanding(folder, print, config);
  return config;
}
