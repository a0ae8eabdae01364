import type { City } from '../city.ts';
import { LANGUAGES } from '../names.ts';
import { temporaryNumber } from '../numbers.ts';
import { outsider, protectionSign } from './outsider.ts';
import { columnFile, compactDay, type SystemFile } from './system-file.ts';

const CHILDREN_PER_ARRIVAL = 300;
const COLUMNS = [
  ...['person_id', 'tillfalligt', 'personnummer', 'fornamn', 'efternamn', 'fodd'],
  ...['sprak', 'konto', 'skydd', 'enhet_id', 'skolform', 'arskurs', 'fran', 'overlamnad'],
];

/** The file of Mottagandeenheten: pupils who have just arrived, with temporary numbers. */
export function mottagandeenhetenFiles(city: City, date: string): readonly SystemFile[] {
  const schools = city.units.filter(({ form }) => form === 'compulsory');
  const count = Math.max(2, Math.round(city.pupils / CHILDREN_PER_ARRIVAL));
  const now = Number(city.date.slice(0, 4));
  const rows = Array.from({ length: count }, (_, number) => {
    const year = 1 + (number % 9);
    const child = outsider('mottagandeenheten', city, number, now - 6 - year);
    const { id, givenName, familyName, birthDate } = child;
    const [language] = city.chance.pick(LANGUAGES, 'arrived', number);
    const person = [id, temporaryNumber(birthDate, 50 + number), '', givenName, familyName];
    const school = schools[number % schools.length]?.id ?? '';
    const place = number % 3 === 2 ? ['', '', '', ''] : [school, 'GR', year, city.date];
    const account = `n${id.replaceAll('-', '').slice(0, 12)}@skola.example`;
    return [...person, birthDate, language, account, protectionSign(child), ...place, 'N'];
  });
  return [columnFile(`nyanlanda-${compactDay(date)}.csv`, COLUMNS, rows)];
}
