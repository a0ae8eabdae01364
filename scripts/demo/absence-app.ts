import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AbsenceApp, type SimulatedAbsence } from '../../connectors/events/simulator.ts';
import type { Hub } from '../../core/hub.ts';
import { planCity } from '../generate/city.ts';
import { type Child, familiesOf } from '../generate/people.ts';
import { DEMO_CITY } from './demo-workspace.ts';

/** A call every minute: enough to see one come, and few enough to look around. */
const EVERY_MS = 60_000;
const AGAIN_MS = 1000;

/**
 * The demonstration's absence app: a guardian reports an absence every minute, until the signal
 * fires. Does nothing where somebody has taken it out of the configuration.
 */
export async function runAbsenceApp(
  { workspace }: Hub,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { doorbell, modules } = workspace.config;
  if (doorbell === null || !modules.has('absence')) return;
  const secret = await readFile(join(folder, 'simulators', 'absence.secret'), 'utf8');
  const url = `http://${doorbell.host}:${doorbell.port}/events/absence`;
  const app = new AbsenceApp({ url, secret: secret.trim() });
  const pupils = pupilsOfOneSchool();
  try {
    for (let number = 0; !signal.aborted; number++) {
      const pupil = pupils[number % pupils.length];
      if (pupil === undefined) return;
      await app.sendUntilTaken(absenceOf(pupil, number), AGAIN_MS, signal);
      await sleep(EVERY_MS, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

interface Pupil extends Child {
  readonly unit: string;
}

function pupilsOfOneSchool(): readonly Pupil[] {
  const city = planCity(DEMO_CITY);
  const school = city.units.find(({ form }) => form === 'compulsory');
  if (school === undefined) return [];
  const families = [...familiesOf(school, city, school.size)];
  const children = families.flatMap((family) => family.children);
  return children.map((child) => ({ ...child, unit: school.id }));
}

/** Every third one is of a part of the day. */
function absenceOf({ id, unit, guardians }: Pupil, number: number): SimulatedAbsence {
  const now = new Date().toISOString();
  const [today = ''] = now.split('T');
  const isPart = number % 3 === 2;
  const guardian = guardians[0]?.personId;
  return {
    ...{ id: `${today}-${number}`, elev: id, skolenhet: unit, heldag: !isPart },
    fran: `${today}T07:00:00Z`,
    till: isPart ? `${today}T10:00:00Z` : `${today}T14:00:00Z`,
    ...{ slag: isPart ? 'ledighet' : 'anmald', status: 'gallande', andrad: now },
    ...(guardian === undefined ? {} : { anmald: { av: guardian } }),
  };
}
