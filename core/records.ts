import { join } from 'node:path';
import { openStore } from './backend.ts';
import { loadConfig } from './config/load-config.ts';
import { loadConnectors } from './connector/registry.ts';
import type { Records } from './control/control-bus.ts';
import { recordsIn } from './control/records.ts';
import { InvalidFailure } from './failure/failure.ts';
import { formatLint } from './failure/lint.ts';
import { BUILT_IN_FOLDER } from './flow/workspace-folders.ts';

export { makeFolder } from './config/make-folder.ts';

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
export async function openRecords(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<OpenRecords> {
  const folders = [BUILT_IN_FOLDER, folder].map((one) => join(one, 'connectors'));
  const { registry, lints: connectorLints } = await loadConnectors(folders);
  const { config, lints } = await loadConfig(folder, registry);
  if (config === null) {
    const faults = [...connectorLints, ...lints];
    throw new InvalidFailure('CONFIG_INVALID', faults.map(formatLint).join('\n'));
  }
  const store = await openStore(config, { folder, environment });
  return {
    records: recordsIn(store),
    timeZone: config.timeZone,
    close: () => store.close(),
  };
}
