import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../../core/config/make-folder.ts';
import { type CitySize, planCity } from '../generate/city.ts';
import { generateCity } from '../generate/generate-city.ts';
import { Casting } from './casting.ts';
import { FAMILY_LIFE } from './family-life.ts';
import { RegisterNight } from './register-night.ts';
import { SCHOOL_LIFE } from './school-life.ts';
import { SCHOOLS_AND_STAFF } from './schools-and-staff.ts';
import type { Situation, Staged } from './situation.ts';

/** All that the register can bring about, in the order of their numbers. */
export const SITUATIONS: readonly Situation[] = [
  ...FAMILY_LIFE,
  ...SCHOOL_LIFE,
  ...SCHOOLS_AND_STAFF,
].sort((a, b) => a.number - b.number);

export interface SituationOptions extends CitySize {
  readonly out: string;
  readonly situations: readonly Situation[];
  /** Which night to write, from 1. */
  readonly night: number;
  /** The day of the last night, `YYYY-MM-DD`; the city's date unless said otherwise. */
  readonly today?: string;
}

export interface SituationNight {
  /** Null where there is no such night: it would be of a day to come, and nothing happens in it. */
  readonly batch: string | null;
  /** How many nights the situations take together. */
  readonly nights: number;
  readonly staged: readonly (Staged & { readonly situation: Situation })[];
}

/**
 * Writes one night of a city in which these situations happen, each to somebody else, and nothing
 * else does. All nights are to be looked at on the day of the last one.
 */
export async function generateSituations(options: SituationOptions): Promise<SituationNight> {
  const casting = new Casting(planCity(options), options.today);
  const staged = options.situations.map((situation) => {
    return { situation, ...situation.stage(casting) };
  });
  const nights = Math.max(...staged.map(({ scenes }) => scenes.length));
  if (options.night > nights) return { batch: null, nights, staged };
  const day = casting.day(options.night - nights);
  const batch = `ber-${day.replaceAll('-', '')}`;
  const night = await cityAsItIs(options);
  for (const { scenes } of staged) {
    for (const scene of scenes.slice(0, options.night)) scene(night);
  }
  await makeFolder(options.out);
  await night.write(options.out, batch, day);
  return { batch, nights, staged };
}

async function cityAsItIs(size: CitySize): Promise<RegisterNight> {
  const out = await mkdtemp(join(tmpdir(), 'skolnav-situation-'));
  try {
    const [summary] = await generateCity({ ...size, out, nights: 1, faults: false });
    return await RegisterNight.read(out, summary?.batch ?? '');
  } finally {
    await rm(out, { recursive: true });
  }
}
