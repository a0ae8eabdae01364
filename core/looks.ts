import type { ControlBus } from './control/control-bus.ts';
import { findFindings } from './control/findings/findings.ts';
import type { Looking } from './control/looking.ts';
import { timetable } from './control/overview/timetable.ts';
import { digestOf } from './control/serve/digest.ts';
import { keepOutline, readOutline } from './flow/known/kept-outline.ts';
import type { Outline } from './flow/known/outline.ts';
import { printOfWorkspace } from './flow/known/workspace-print.ts';
import type { Hub } from './hub.ts';
import { unnamedIn } from './intake/identity/namespaces.ts';
import type { Store } from './store/store.ts';

/** What the files say, too, is looked at there. */
export type Looks = Pick<ControlBus, 'findings' | 'timetable' | 'digest'>;

/** The workspace of a folder whose files have this print; a hub is opened where they are new. */
export async function looksAt(
  store: Store,
  folder: string,
  print: string,
  openHub: () => Promise<Hub>,
): Promise<Looks> {
  const looking = await lookingAt(store, folder, print, openHub);
  return {
    findings: () => findFindings(looking),
    timetable: () => timetable(looking),
    digest: () => digestOf(looking),
  };
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
