import { Chance } from './random.ts';

export type Form = 'preschool' | 'compulsory' | 'secondary' | 'adult';

/** A school unit, and how many children or pupils it begins with. */
export interface Unit {
  readonly index: number;
  readonly form: Form;
  readonly id: string;
  readonly schoolId: string;
  readonly area: number;
  readonly name: string;
  readonly size: number;
  /** Index of its first child in the city. */
  readonly first: number;
}

export interface City {
  readonly chance: Chance;
  /** Date of night 1, `YYYY-MM-DD`. */
  readonly date: string;
  readonly municipalityId: string;
  readonly areas: readonly { readonly id: string; readonly name: string }[];
  readonly units: readonly Unit[];
  readonly pupils: number;
}

export interface CitySize {
  readonly pupils: number;
  readonly seed: string;
  readonly date: string;
}

/** Stockholm: 140,000 children and pupils in 777 units, of which 600 preschools and 177 schools. */
const REAL = { pupils: 140_000, preschools: 600, schools: 177 };
/** Shares of the children and of the schools. */
const SHARES: Readonly<Record<Form, number>> = {
  preschool: 0.24,
  compulsory: 0.6,
  secondary: 0.12,
  adult: 0.04,
};

const NAMES: Readonly<Record<Form, readonly [string, ...string[]]>> = {
  preschool: ['Förskolan Fjärilen', 'Förskolan Månen', 'Förskolan Tallkotten', 'Förskolan Ängen'],
  compulsory: ['Almskolan', 'Björkskolan', 'Strandskolan', 'Parkskolan', 'Östra skolan'],
  secondary: ['Norra gymnasiet', 'Tekniska gymnasiet', 'Hamngymnasiet'],
  adult: ['Komvux Centrum', 'SFI Söder'],
};

/** The city's structure: areas and units with their sizes; people follow from it. */
export function planCity({ pupils, seed, date }: CitySize): City {
  const chance = new Chance(seed);
  const scale = pupils / REAL.pupils;
  const schools = Math.max(4, Math.round(REAL.schools * scale));
  const counts: Readonly<Record<Form, number>> = {
    preschool: Math.max(2, Math.round(REAL.preschools * scale)),
    secondary: Math.max(1, Math.round(schools * 0.17)),
    adult: Math.max(1, Math.round(schools * 0.05)),
    compulsory: Math.max(2, schools - Math.round(schools * 0.17) - Math.round(schools * 0.05)),
  };
  const areaCount = Math.max(1, Math.round(13 * Math.sqrt(scale)));
  const areas = Array.from({ length: areaCount }, (_, index) => ({
    id: chance.uuid('area', index),
    name: `Stadsdel ${index + 1}`,
  }));
  const units: Unit[] = [];
  let first = 0;
  for (const form of ['preschool', 'compulsory', 'secondary', 'adult'] as const) {
    const total = form === 'adult' ? pupils - first : Math.round(pupils * SHARES[form]);
    for (const [number, size] of sizesOf(form, total, counts[form]).entries()) {
      units.push(unitOf(chance, form, units.length, number, areaCount, size, first));
      first += size;
    }
  }
  const municipalityId = chance.uuid('municipality');
  return { chance, date, municipalityId, areas, units, pupils };
}

/** Units of a form are alike in size, but for a small school out on the edge in every dozen. */
function sizesOf(form: Form, total: number, count: number): readonly number[] {
  const isSmall = (number: number) => form === 'compulsory' && count > 1 && number % 12 === 1;
  const numbers = Array.from({ length: count }, (_, number) => number);
  const small = Math.min(SMALL_SCHOOL, Math.floor(total / count));
  const larger = numbers.filter((number) => !isSmall(number));
  const rest = total - small * (count - larger.length);
  return numbers.map((number) =>
    isSmall(number) ? small : shareOf(rest, larger.length, larger.indexOf(number)),
  );
}

const SMALL_SCHOOL = 60;

function shareOf(total: number, parts: number, number: number): number {
  return Math.floor((total * (number + 1)) / parts) - Math.floor((total * number) / parts);
}

function unitOf(
  chance: Chance,
  form: Form,
  index: number,
  number: number,
  areaCount: number,
  size: number,
  first: number,
): Unit {
  return {
    index,
    form,
    id: chance.uuid('unit', index),
    schoolId: chance.uuid('school', index),
    area: index % areaCount,
    name: `${chance.pick(NAMES[form], 'unit-name', index)} ${number + 1}`,
    size,
    first,
  };
}

/** The register's words for the school forms of a unit. */
export function schoolTypesAt({ form }: Unit): readonly string[] {
  return SCHOOL_TYPES[form];
}

const SCHOOL_TYPES: Readonly<Record<Form, readonly string[]>> = {
  preschool: ['PC'],
  compulsory: ['FK', 'GR', 'F'],
  secondary: ['GY'],
  adult: ['SF', 'KV'],
};

/** A preschool has none. */
export function schoolUnitCodeOf({ form, index }: Unit): string | null {
  return form === 'preschool' ? null : String(90_000_000 + index);
}

/** What a unit is called beside its school. */
export function unitNameOf({ name }: Unit): string {
  return `${name}, enheten`;
}
