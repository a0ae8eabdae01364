import type { BatchFile } from './batch-file.ts';
import type { City } from './city.ts';
import { dutiesOf } from './duties.ts';
import { activitiesOf, homeGroups } from './groups.ts';
import { PROGRAMMES, SUBJECTS } from './names.ts';
import { accountOf, personsOn } from './persons.ts';
import { schoolYear } from './school-year.ts';
import { employeeAt } from './staff.ts';

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
    for (const duty of dutiesOf(unit, city)) {
      const { id, personId, unitId, role, signature, percent, from, to, mentorFor } = duty;
      const classes = mentorFor.join(',');
      await add(file, [id, personId, unitId, role, signature, percent, from, to, classes]);
    }
  }
}

/** School accounts of pupils and staff; their names follow the person's id, not the name. */
export async function writeAccounts(file: BatchFile, city: City, night: number): Promise<void> {
  await file.write('person_id;eppn;epost;typ\r\n');
  for (const unit of city.units) {
    for (const { person } of personsOn(unit, city, night)) {
      const account = accountOf(person);
      if (account === null) continue;
      const type = person.role === 'Staff' ? 'Personal' : 'Elev';
      await add(file, [person.id, account.eppn, account.email, type]);
    }
  }
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
