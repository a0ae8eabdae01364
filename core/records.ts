import { join } from 'node:path';
import { openStore } from './backend.ts';
import type { Records } from './control/control-bus.ts';
import { findFindings } from './control/findings/findings.ts';
import { recordsIn } from './control/records.ts';
import { InvalidFailure } from './failure/failure.ts';
import type { Finding } from './failure/finding.ts';
import { formatLint } from './failure/lint.ts';
import { keepOutline, readOutline } from './flow/known/kept-outline.ts';
import { keepStanding, readStanding, type Standing } from './flow/known/standing.ts';
import { printOfWorkspace } from './flow/known/workspace-print.ts';
import { BUILT_IN_FOLDER } from './flow/workspace-folders.ts';
import type { Hub } from './hub.ts';
import { unnamedIn } from './intake/identity/namespaces.ts';
import type { Store } from './store/store.ts';

export { makeFolder } from './config/make-folder.ts';

/** What a hub remembers of its own work, while it is open. */
export interface OpenRecords {
  readonly records: Records;
  readonly timeZone: string;
  /** What a person should know now; it opens a hub where the files are not those of last time. */
  findings(openHub: () => Promise<Hub>): Promise<readonly Finding[]>;
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
  const standing = (await readStanding(folder, print)) ?? (await findStanding(folder, print));
  const store = await openStore(standing, { folder, environment });
  return {
    records: recordsIn(store),
    timeZone: standing.timeZone,
    findings: (openHub) => findingsOf(store, folder, print, openHub),
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
    const faults = [...connectorLints, ...lints];
    throw new InvalidFailure('CONFIG_INVALID', faults.map(formatLint).join('\n'));
  }
  await keepStanding(folder, print, config);
  return config;
}

async function findingsOf(
  store: Store,
  folder: string,
  print: string,
  openHub: () => Promise<Hub>,
): Promise<readonly Finding[]> {
  const outline = await readOutline(store, print);
  if (outline !== null) {
    const unnamed = await unnamedIn(store);
    return findFindings({ store, now: Date.now, outline, unnamed });
  }
  const hub = await openHub();
  try {
    const { outlineOf } = await import('./flow/known/outline.ts');
    // What has changed while it was read is read again the next time.
    if (printOfWorkspace(folder) === print) {
      await keepOutline(hub.engine.store, print, outlineOf(hub.workspace));
    }
    return await hub.control.findings();
  } finally {
    await hub.close();
  }
}
