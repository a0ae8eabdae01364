import type { Town, TownClass, TownEnrolment, TownPerson } from '../situations/town.ts';

export const UNITS = [
  ...['ash', 'birch', 'cedar', 'elm', 'fir', 'hazel', 'larch', 'maple', 'oak', 'pine'],
];
export const PUPILS = 60;

/** Ten schools of sixty pupils; what is left out, and what is added. */
export function tenSchools(isThere: (id: string) => boolean, more: Town['persons'] = {}): Town {
  const persons: Record<string, TownPerson> = {};
  const enrolments: TownEnrolment[] = [];
  for (const unit of UNITS) {
    for (let number = 1; number <= PUPILS; number++) {
      const id = `${unit}${number}`;
      persons[id] = { born: '2013-04-12' };
      if (isThere(id)) enrolments.push({ person: id, unit });
    }
  }
  for (const [id, person] of Object.entries(more)) {
    persons[id] = person;
    const unit = UNITS.find((name) => id.startsWith(name)) ?? '';
    if (!enrolments.some((one) => one.person === id)) enrolments.push({ person: id, unit });
  }
  return { persons, units: UNITS, enrolments };
}

/** The same schools with two classes each; these are the pupils who sit in one. */
export function withClasses(town: Town, isMember: (id: string) => boolean): Town {
  const classes: Record<string, TownClass> = {};
  for (const unit of UNITS) {
    for (const [name, from] of [
      ['7a', 1],
      ['7b', 31],
    ] as const) {
      const ids = Array.from({ length: 30 }, (_, at) => `${unit}${from + at}`).filter(isMember);
      const members = Object.fromEntries(ids.map((id) => [id, ['2026-08-18'] as [string]]));
      classes[`${unit}-${name}`] = { unit, members };
    }
  }
  return { ...town, classes };
}

export const everybody = () => true;
/** Oak's list is cut short: 24 of its 60 are missing, 4 % of everybody. */
export const oakCutShort = (id: string) => !/^oak(3[7-9]|[45][0-9]|60)$/.test(id);
