import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AbsenceApp, type SimulatedAbsence } from '../../connectors/events/simulator.ts';
import type { SyncReport } from '../../core/control/control-bus.ts';
import type { Hub } from '../../core/hub.ts';
import { type CitySize, planCity } from '../generate/city.ts';
import { type Child, familiesOf } from '../generate/people.ts';
import { type Fetched, fetchServed } from './fetching-vendors.ts';

/** A call every minute: enough to see one come, and few enough to look around. */
const EVERY_MS = 60_000;
const AGAIN_MS = 1000;
/** What has not come by then does not come. */
const LATE_MS = 30_000;

/** So many absences are reported in the demonstration's first minute. */
const FIRST = 6;

/**
 * The demonstration's absence app: a guardian reports an absence every minute, until the signal
 * fires. Does nothing where somebody has taken it out of the configuration.
 */
export async function runAbsenceApp(
  { workspace }: Pick<Hub, 'workspace'>,
  folder: string,
  city: CitySize,
  signal: AbortSignal,
): Promise<void> {
  const app = await appOf(workspace, folder);
  const pupils = pupilsOfOneSchool(city);
  try {
    for (let number = FIRST; app !== null && !signal.aborted; number++) {
      const pupil = pupils[number % pupils.length];
      if (pupil === undefined) return;
      await app.sendUntilTaken(absenceOf(pupil, number), AGAIN_MS, signal);
      await sleep(EVERY_MS, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** What became of the absences that were reported in one morning. */
export interface Morning {
  readonly reported: number;
  /** What the runs delivered that the call brought about. */
  readonly delivered: number;
  /** From the call until they had ended. */
  readonly tookMs: number;
  /** Null where no module is served. */
  readonly fetched: Fetched | null;
}

/**
 * The hub is up for a moment, and guardians report absences in one call: whoever follows absence up
 * has them at once; and those who fetch come. Null where nobody is to be called.
 */
export async function runMorning(
  hub: Hub,
  folder: string,
  city: CitySize,
  signal: AbortSignal,
): Promise<Morning | null> {
  const app = await appOf(hub.workspace, folder);
  if (app === null) return null;
  const stop = new AbortController();
  const absences = pupilsOfOneSchool(city).slice(0, FIRST).map(absenceOf);
  const come = Promise.withResolvers<number>();
  const onReport = ({ flows }: SyncReport) => {
    const delivered = flows.reduce((sum, { counts }) => sum + (counts['delivered'] ?? 0), 0);
    if (delivered > 0) come.resolve(delivered);
  };
  const up = Promise.withResolvers<string | null>();
  const both = AbortSignal.any([signal, stop.signal]);
  const onListening = (_called: readonly string[], served: string | null) => up.resolve(served);
  const ended = hub.control.serve({ role: 'all', signal: both, onReport, onListening });
  try {
    const served = (await Promise.race([up.promise, ended])) ?? null;
    const from = performance.now();
    await app.sendUntilTaken(absences, AGAIN_MS, both);
    const late = sleep(LATE_MS, 0, { signal: both });
    const delivered = await Promise.race([come.promise, late, ended.then(() => 0)]);
    const tookMs = performance.now() - from;
    const fetched = served === null ? null : await fetchServed(folder, served);
    return { reported: absences.length, delivered, tookMs, fetched };
  } finally {
    stop.abort(new Error('the morning is over'));
    await ended;
  }
}

/** The app of a workspace that is to be called; else null. */
async function appOf({ config }: Hub['workspace'], folder: string): Promise<AbsenceApp | null> {
  const { doorbell, modules } = config;
  if (doorbell === null || !modules.has('absence')) return null;
  const secret = await readFile(join(folder, 'simulators', 'absence.secret'), 'utf8');
  const url = `http://${doorbell.host}:${doorbell.port}/events/absence`;
  return new AbsenceApp({ url, secret: secret.trim() });
}

interface Pupil extends Child {
  readonly unit: string;
}

function pupilsOfOneSchool(size: CitySize): readonly Pupil[] {
  const city = planCity(size);
  const school = city.units.find(({ form }) => form === 'compulsory');
  if (school === undefined) return [];
  const families = [...familiesOf(school, city, school.size)];
  const children = families.flatMap((family) => family.children);
  return children.map((child) => ({ ...child, unit: school.id }));
}

/** Every third one is of a part of the day. Each is another one than those of an earlier start. */
function absenceOf({ id, unit, guardians }: Pupil, number: number): SimulatedAbsence {
  const now = new Date().toISOString();
  const [today = ''] = now.split('T');
  const isPart = number % 3 === 2;
  const guardian = guardians[0]?.personId;
  return {
    ...{ id: `${now}-${number}`, elev: id, skolenhet: unit, heldag: !isPart },
    fran: `${today}T07:00:00Z`,
    till: isPart ? `${today}T10:00:00Z` : `${today}T14:00:00Z`,
    ...{ slag: isPart ? 'ledighet' : 'anmald', status: 'gallande', andrad: now },
    ...(guardian === undefined ? {} : { anmald: { av: guardian } }),
  };
}
