import type { City, Unit } from '../city.ts';
import { independentPreschools } from '../independent-schools.ts';
import { type Child, familiesOf } from '../people.ts';
import { schoolYear } from '../school-year.ts';
import { outsider, protectionSign } from './outsider.ts';
import { compactDay, type SystemFile, textFile } from './system-file.ts';

const CHILDREN_PER_APPLICATION = 100;
const NO_DAY = ' '.repeat(8);

/** Bosko's file of fixed columns: open leisure-time centres with their schedules, and the queue. */
export function boskoFiles(city: City, date: string): readonly SystemFile[] {
  const lines = [
    ...city.units
      .filter(({ form }) => form === 'compulsory')
      .flatMap((unit) => linesOfUnit(unit, city)),
    ...applications(city),
  ];
  const trailer = `99${String(lines.length).padStart(6, '0')}`;
  const text = [...lines, trailer].map((line) => `${line}\r\n`).join('');
  return [textFile(`bosko-${compactDay(date)}.txt`, text, 'cp850')];
}

function linesOfUnit(unit: Unit, city: City): readonly string[] {
  const lines: string[] = [];
  for (const { children } of familiesOf(unit, city, unit.size)) {
    const placed = children.filter(({ year, id }) => {
      return [4, 5, 6].includes(year ?? 0) && city.chance.of('open-centre', id) < 0.1;
    });
    for (const child of placed) lines.push(...placementLines(child, city));
  }
  return lines.length === 0 ? [] : [`10${unit.id}`, ...lines];
}

function placementLines({ id }: Child, city: City): readonly string[] {
  const begin = compactDay(schoolYear(city).begin);
  const placement = city.chance.uuid('bosko', 'placement', id);
  const schedule = city.chance.uuid('bosko', 'schedule', id);
  const days = [1, 2, 3, 4, 5].map((day) => `3100${day}1400${day === 5 ? '1600' : '1730'}`);
  return [
    `20${placement}${id}OF${begin}${NO_DAY}1500`,
    `30${schedule}${placement}01${begin}${NO_DAY}G`,
    ...days,
  ];
}

function applications(city: City): readonly string[] {
  const preschools = city.units.filter(({ form }) => form === 'preschool');
  const independent = independentPreschools(city);
  const count = Math.max(3, Math.round(city.pupils / CHILDREN_PER_APPLICATION));
  const now = Number(city.date.slice(0, 4));
  return Array.from({ length: count }, (_, number) => {
    const child = outsider('bosko', city, number, now - 1);
    // First one of the city's own, then one that another organiser has.
    const wished = [preschools, independent].map((units, rank) => {
      return `41${rank + 1}${units[number % units.length]?.id ?? ''}`;
    });
    const name = child.givenName.padEnd(20) + child.familyName.slice(0, 40).padEnd(40);
    const person = `${(child.civicNo ?? '').padEnd(12)}${name}${compactDay(child.birthDate).slice(2)}`;
    const place = `${protectionSign(child)}FS${now}0201${now}1101K`;
    const application = city.chance.uuid('bosko', 'application', number);
    return [`40${application}${child.id}${person}${place}`, ...wished];
  }).flat();
}
