import type { BatchFile } from './batch-file.ts';
import type { City, Unit } from './city.ts';
import { activitiesOf, homeGroups, mentorOf } from './groups.ts';
import { PROGRAMMES, SUBJECTS } from './names.ts';
import { familiesOn } from './nights.ts';
import { employeeAt, staffSize } from './staff.ts';
import { schoolYear } from './write-xml.ts';

/** RFC 4180 with semicolons. */
export function csvRow(cells: readonly (string | number | null)[]): string {
  const quoted = cells.map((cell) => {
    const text = String(cell ?? '');
    return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(';')}\r\n`;
}

async function add(file: BatchFile, cells: readonly (string | number | null)[]): Promise<void> {
  file.records += 1;
  await file.write(csvRow(cells));
}

/** Duties, unit by unit; the mentors of classes with them. */
export async function writeDuties(file: BatchFile, city: City): Promise<void> {
  await file.write(
    'tjanst_id;person_id;enhet_id;befattning;signatur;omfattning;fran;till;mentor_for\r\n',
  );
  for (const unit of city.units) {
    const mentors = mentorsOf(unit, city);
    for (let number = 0; number < staffSize(unit); number++) {
      for (const duty of employeeAt(unit, city, number).duties) {
        const { id, personId, unitId, role, signature, percent, from, to } = duty;
        const classes = unitId === unit.id ? (mentors.get(number) ?? []).join(',') : '';
        await add(file, [id, personId, unitId, role, signature, percent, from, to, classes]);
      }
    }
  }
}

function mentorsOf(unit: Unit, city: City): ReadonlyMap<number, readonly string[]> {
  const mentors = new Map<number, string[]>();
  for (const [key, { id, type }] of homeGroups(unit, city)) {
    if (type !== 'Class') continue;
    const number = mentorOf(unit, city, key);
    mentors.set(number, [...(mentors.get(number) ?? []), id]);
  }
  return mentors;
}

/** School accounts of pupils and staff; their names follow the person's id, not the name. */
export async function writeAccounts(file: BatchFile, city: City, night: number): Promise<void> {
  await file.write('person_id;eppn;epost;typ\r\n');
  for (const unit of city.units) {
    for (const { family } of familiesOn(unit, city, night)) {
      for (const { id, role } of family.children) {
        if (role !== 'Student') continue;
        const user = accountOf(id);
        await add(file, [id, `${user}@skola.example`, `${user}@elev.skola.example`, 'Elev']);
      }
    }
    for (let number = 0; number < staffSize(unit); number++) {
      const { id } = employeeAt(unit, city, number).person;
      const user = accountOf(id);
      await add(file, [id, `${user}@skola.example`, `${user}@skola.example`, 'Personal']);
    }
  }
}

/** A user name that does not change with a name: `u` and ten characters of the id. */
function accountOf(id: string): string {
  return `u${id.replaceAll('-', '').slice(0, 8)}${id.slice(-6)}`;
}

export async function writeActivities(file: BatchFile, city: City): Promise<void> {
  await file.write('aktivitet_id;namn;enhet_id;grupp_id;larare;amne_id;fran;till\r\n');
  const { begin, end } = schoolYear(city);
  for (const unit of city.units) {
    for (const [key, home] of homeGroups(unit, city)) {
      for (const { id, name, groupId, teachers, syllabusId } of activitiesOf(
        unit,
        city,
        key,
        home,
      )) {
        const duties = teachers.map((number) => employeeAt(unit, city, number).duties[0]?.id ?? '');
        await add(file, [id, name, unit.id, groupId, duties.join(','), syllabusId, begin, end]);
      }
    }
  }
}

export async function writeSyllabuses(file: BatchFile, { chance }: City): Promise<void> {
  await file.write('amne_id;skolform;amneskod;amne;kurskod;kurs\r\n');
  for (const form of ['GR', 'GY']) {
    for (const [code, subject] of SUBJECTS) {
      await add(file, [chance.uuid('syllabus', form, code), form, code, subject, '', '']);
    }
  }
}

export async function writeProgrammes(file: BatchFile, { chance }: City): Promise<void> {
  await file.write('program_id;kod;namn;skolform;typ\r\n');
  for (const [code, name, type] of PROGRAMMES) {
    await add(file, [chance.uuid('programme', code), code, name, 'GY', type]);
  }
}
