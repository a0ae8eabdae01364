import type { BatchFile } from './batch-file.ts';
import { type City, schoolTypesAt, schoolUnitCodeOf, type Unit, unitNameOf } from './city.ts';
import type { FaultPlace } from './fault.ts';
import {
  groupXml,
  membershipXml,
  memberXml,
  organisationXml,
  personXml,
  placementXml,
} from './ims-xml.ts';
import { independentUnits, independentXml, personsOfIndependent } from './independent-schools.ts';
import { type Member, membersOf, membersOfIndependent, movesUpTo } from './members.ts';
import { type Change, dateOfNight, groupsOn } from './nights.ts';
import { personsOn } from './persons.ts';
import { schoolYear } from './school-year.ts';

export interface Night {
  readonly city: City;
  readonly night: number;
  readonly changes: Change[];
  readonly onProgress: (persons: number) => void;
}

/** The whole XML file of a night: persons, groups, memberships, unit by unit. */
export async function writeXml(
  file: BatchFile,
  night: Night,
  plant: (file: BatchFile, at: FaultPlace) => Promise<void>,
): Promise<void> {
  const { city } = night;
  const on = dateOfNight(city, night.night);
  await file.write(`<?xml version="1.0" encoding="UTF-8"?>
<enterprise>
<properties lang="sv"><datasource>BER</datasource><type>full</type><datetime>${on}T02:00:00+02:00</datetime></properties>
`);
  await plant(file, 'person');
  for (const unit of city.units) await writePersons(file, unit, night);
  const independent = independentUnits(city);
  for (const unit of independent) {
    for (const { person, number } of personsOfIndependent(unit, city)) {
      await add(file, personXml(person, number));
    }
  }
  await writeOrganisations(file, city);
  for (const unit of independent) await add(file, independentXml(unit));
  await plant(file, 'group');
  for (const unit of city.units) await writeGroups(file, unit, night);
  const moves = movesUpTo(city, night.night);
  for (const unit of city.units) {
    for (const [id, members] of membersOf(unit, city, night.night, moves)) {
      await add(file, membersXml(id, members));
    }
  }
  for (const unit of independent) {
    await add(file, membersXml(unit.id, membersOfIndependent(unit, city)));
  }
  await plant(file, 'membership');
  await file.write('</enterprise>\n');
}

/** One more element of the file. */
async function add(file: BatchFile, xml: string): Promise<void> {
  file.records += 1;
  await file.write(xml);
}

async function writePersons(file: BatchFile, unit: Unit, night: Night): Promise<void> {
  const { city, changes, onProgress } = night;
  for (const { person, number, changes: own } of personsOn(unit, city, night.night)) {
    changes.push(...own);
    await add(file, personXml(person, number));
  }
  onProgress(file.records);
}

async function writeOrganisations(file: BatchFile, city: City): Promise<void> {
  const municipality = { id: city.municipalityId, type: 'Municipality', name: 'Teststad' } as const;
  const number = '<organizernumber>2120000142</organizernumber>';
  const code = '<municipalitycode>0180</municipalitycode>';
  await add(file, organisationXml({ ...municipality, parent: null, extension: number + code }));
  for (const { id, name } of city.areas) {
    const area = { id, type: 'Area', name, parent: city.municipalityId, extension: '' } as const;
    await add(file, organisationXml(area));
  }
  for (const unit of city.units) {
    const { schoolId, name, area } = unit;
    const parent = city.areas[area]?.id ?? city.municipalityId;
    const school = { id: schoolId, type: 'School', name, parent, extension: '' } as const;
    await add(file, organisationXml(school));
    await add(file, organisationXml(unitXml(unit)));
  }
}

function unitXml(unit: Unit) {
  const types = schoolTypesAt(unit).map((type) => `<schooltype>${type}</schooltype>`);
  const unitCode = schoolUnitCodeOf(unit);
  const code = unitCode === null ? '' : `<schoolunitcode>${unitCode}</schoolunitcode>`;
  return {
    id: unit.id,
    type: 'Unit',
    name: unitNameOf(unit),
    parent: unit.schoolId,
    extension: types.join('') + code,
  } as const;
}

async function writeGroups(
  file: BatchFile,
  unit: Unit,
  { city, night, changes }: Night,
): Promise<void> {
  const year = schoolYear(city);
  for (const { group, isRenamed } of groupsOn(unit, city, night)) {
    if (isRenamed) changes.push({ kind: 'group-name', id: group.id });
    await add(file, groupXml(group, unit, year));
  }
}

/** A membership, with what each member's place in a unit is. */
function membersXml(groupId: string, members: readonly Member[]): string {
  const lines = members.map(({ at, ...about }) => {
    if (at === null) return memberXml({ ...about, role: 'Member', placement: '' });
    if (at.is === 'placed') {
      return memberXml({ ...about, role: 'Child', placement: placementXml(at) });
    }
    const year = at.year === null ? '' : ` schoolyear="${at.year}"`;
    const programme = at.programme === null ? '' : ` programcode="${at.programme}"`;
    const placement = `<placement schooltype="${at.schoolType}"${year}${programme}/>`;
    return memberXml({ ...about, role: 'Student', placement });
  });
  return membershipXml(groupId, lines);
}
