import type { City, Unit } from '../city.ts';
import { UNITS_PER_LANGUAGE_HOST } from '../groups.ts';
import { LANGUAGES } from '../names.ts';
import { familiesOf } from '../people.ts';
import { schoolYear } from '../school-year.ts';
import { employeeAt } from '../staff.ts';
import { compactDay, type SystemFile, textFile } from './system-file.ts';

/** Språkcentrum's file of JSON: groups for study guidance in a mother tongue, at host schools. */
export function sprakcentrumFiles(city: City, date: string): readonly SystemFile[] {
  const schools = city.units.filter(({ form }) => form === 'compulsory');
  const hosts = schools.filter((_, number) => number % UNITS_PER_LANGUAGE_HOST === 0);
  const groups = hosts.flatMap((host, number) => {
    const from = number * UNITS_PER_LANGUAGE_HOST;
    const served = schools.slice(from, from + UNITS_PER_LANGUAGE_HOST);
    return LANGUAGES.map(([code, name]) => ({
      id: city.chance.uuid('sprakcentrum', host.index, code),
      namn: `Studiehandledning ${name.toLowerCase()}`,
      vardskola: { id: host.id, namn: host.name },
      fran: schoolYear(city).begin,
      larare: [employeeAt(host, city, 1).duties[0]?.id],
      elever: pupilsOf(city, served, code),
    }));
  });
  const text = `${JSON.stringify({ skapad: date, grupper: groups }, null, 1)}\n`;
  return [textFile(`sprakcentrum-${compactDay(date)}.json`, text, 'utf-8')];
}

/** Half of those who speak the language at the host and its neighbours. */
function pupilsOf(city: City, served: readonly Unit[], code: string): readonly string[] {
  return served
    .flatMap((unit) => [...familiesOf(unit, city, unit.size)])
    .flatMap(({ children }) => children)
    .filter(({ id, nativeLanguage }) => {
      return nativeLanguage === code && city.chance.of('guidance', id) < 0.5;
    })
    .map(({ id }) => id);
}
