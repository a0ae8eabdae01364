import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from './config/load-config.ts';
import { loadConnectors } from './connector/registry.ts';
import type { Records } from './control/control-bus.ts';
import { recordsIn } from './control/records.ts';
import { InvalidFailure } from './failure/failure.ts';
import { formatLint } from './failure/lint.ts';
import { BUILT_IN_FOLDER } from './flow/workspace-folders.ts';
import { openSqliteStore } from './store/sqlite/sqlite-store.ts';

/** What a hub remembers of its own work, while it is open. */
export interface OpenRecords {
  readonly records: Records;
  readonly timeZone: string;
  close(): Promise<void>;
}

/**
 * Opens the records of a workspace without its flows and mappings: whoever only looks waits half
 * the time, and looks also where one of those has a fault. Throws CONFIG_INVALID if
 * `config/hub.yaml` is faulty.
 */
export async function openRecords(folder: string): Promise<OpenRecords> {
  const folders = [BUILT_IN_FOLDER, folder].map((one) => join(one, 'connectors'));
  const { registry, lints: connectorLints } = await loadConnectors(folders);
  const { config, lints } = await loadConfig(folder, registry);
  if (config === null) {
    const faults = [...connectorLints, ...lints];
    throw new InvalidFailure('CONFIG_INVALID', faults.map(formatLint).join('\n'));
  }
  const store = await openSqliteStore({ file: await databaseIn(config.dataFolder) });
  return {
    records: recordsIn(store),
    timeZone: config.timeZone,
    close: () => store.close(),
  };
}

/** The database's file; its folder is made where it is missing, for the hub's own user alone. */
export async function databaseIn(dataFolder: string): Promise<string> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  return join(dataFolder, 'skolnav.db');
}
