import { join } from 'node:path';
import { openStore } from './backend.ts';
import type { ControlBus, Records } from './control/control-bus.ts';
import { findFindings } from './control/findings/findings.ts';
import type { Looking } from './control/looking.ts';
import { timetable } from './control/overview/timetable.ts';
import { recordsIn } from './control/records.ts';
import { digestOf } from './control/serve/digest.ts';
import { LintsFailure } from './failure/lint.ts';
import { withKeptMemory } from './flow/known/kept-memory.ts';
import { keepOutline, readOutline } from './flow/known/kept-outline.ts';
import type { Outline } from './flow/known/outline.ts';
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
  /** The same as of the control bus; it opens a hub where the files are not those of last time. */
  look(openHub: () => Promise<Hub>): Promise<Looks>;
  close(): Promise<void>;
}

/** What the files say, too, is looked at there. */
export type Looks = Pick<ControlBus, 'findings' | 'timetable' | 'digest'>;

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
      const looking = await lookingAt(store, folder, print, openHub);
      return {
        findings: () => findFindings(looking),
        timetable: () => timetable(looking),
        digest: () => digestOf(looking),
      };
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

async function lookingAt(
  store: Store,
  folder: string,
  print: string,
  openHub: () => Promise<Hub>,
): Promise<Looking> {
  const kept = await readOutline(store, print);
  const outline = kept ?? (await findOutline(folder, print, openHub));
  return { store, broker: null, now: Date.now, outline, unnamed: await unnamedIn(store) };
}

async function findOutline(
  folder: string,
  print: string,
  openHub: () => Promise<Hub>,
): Promise<Outline> {
  const hub = await openHub();
  try {
    const { outlineOf } = await import('./flow/known/outline.ts');
    const outline = outlineOf(hub.workspace);
    // What has changed while it was read is read again the next time.
    if (printOfWorkspace(folder) === print) await keepOutline(hub.engine.store, print, outline);
    return outline;
  } finally {
    await hub.close();
  }
}
