import type { BatchFile } from './batch-file.ts';
import type { City, Unit } from './city.ts';
import type { FaultPlace } from './fault.ts';
import {
  homeGroupKey,
  homeGroups,
  isLanguageHost,
  languageGroups,
  schoolTypeOf,
  teachingGroups,
  UNITS_PER_LANGUAGE_HOST,
} from './groups.ts';
import {
  groupXml,
  membershipXml,
  memberXml,
  organisationXml,
  personXml,
  placementXml,
} from './ims-xml.ts';
import {
  independentUnits,
  independentXml,
  membersOfIndependent,
  personsOfIndependent,
} from './independent-schools.ts';
import { PROGRAMMES } from './names.ts';
import { type Change, type ChildNow, dateOfNight, familiesOn, renamedOn } from './nights.ts';
import { employeeAt, staffSize } from './staff.ts';

export interface Night {
  readonly city: City;
  readonly night: number;
  readonly changes: Change[];
  readonly onProgress: (persons: number) => void;
}

/** First and last day of the school year that a city's first night falls in. */
export function schoolYear({ date }: City): { begin: string; end: string; period: string } {
  const year = Number(date.slice(0, 4)) - (date.slice(5) < '07-01' ? 1 : 0);
  const period = `${year}/${String((year + 1) % 100).padStart(2, '0')}`;
  return { begin: `${year}-08-18`, end: `${year + 1}-06-11`, period };
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
    for (const person of personsOfIndependent(unit, city)) await add(file, person);
  }
  await writeOrganisations(file, city);
  for (const unit of independent) await add(file, independentXml(unit));
  await plant(file, 'group');
  for (const unit of city.units) await writeGroups(file, unit, night);
  const incoming = incomingMoves(night);
  for (const unit of city.units) await writeMemberships(file, unit, night, incoming);
  const { begin } = schoolYear(city);
  for (const unit of independent) await add(file, membersOfIndependent(unit, city, begin));
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
  for (const { family, changes: own } of familiesOn(unit, city, night.night)) {
    changes.push(...own);
    for (const child of family.children) await add(file, personXml(child, child.index));
    for (const [which, guardian] of family.guardians.entries()) {
      await add(file, personXml(guardian, (family.children[0]?.index ?? 0) * 2 + which));
    }
  }
  for (let number = 0; number < staffSize(unit); number++) {
    await add(file, personXml(employeeAt(unit, city, number).person, number));
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
  const types = {
    preschool: ['PC'],
    compulsory: ['FK', 'GR', 'F'],
    secondary: ['GY'],
    adult: ['SF', 'KV'],
  };
  const schoolTypes = types[unit.form].map((type) => `<schooltype>${type}</schooltype>`).join('');
  const code =
    unit.form === 'preschool' ? '' : `<schoolunitcode>${90_000_000 + unit.index}</schoolunitcode>`;
  const name = `${unit.name}, enheten`;
  return {
    id: unit.id,
    type: 'Unit',
    name,
    parent: unit.schoolId,
    extension: schoolTypes + code,
  } as const;
}

async function writeGroups(
  file: BatchFile,
  unit: Unit,
  { city, night, changes }: Night,
): Promise<void> {
  const year = schoolYear(city);
  for (const [key, home] of homeGroups(unit, city)) {
    const renamed = renamedOn(city, home.id, night);
    if (renamed === night) changes.push({ kind: 'group-name', id: home.id });
    const name = renamed === null ? home.name : `${home.name} (ny ${renamed})`;
    await add(file, groupXml({ ...home, name }, unit, year));
    for (const group of teachingGroups(unit, city, key, home)) {
      await add(file, groupXml(group, unit, year));
    }
  }
  for (const group of languageGroups(unit, city).values()) {
    await add(file, groupXml(group, unit, year));
  }
}

type Moves = ReadonlyMap<number, readonly ChildNow[]>;

/** Who came to a unit from another one: few enough to be remembered. */
function incomingMoves({ city, night }: Night): Moves {
  const moves = new Map<number, ChildNow[]>();
  if (night === 1) return moves;
  for (const unit of city.units) {
    for (const { family } of familiesOn(unit, city, night)) {
      for (const child of family.children) {
        if (child.moved === null) continue;
        moves.set(child.moved.unit, [...(moves.get(child.moved.unit) ?? []), child]);
      }
    }
  }
  return moves;
}

async function writeMemberships(
  file: BatchFile,
  unit: Unit,
  night: Night,
  incoming: Moves,
): Promise<void> {
  const { city } = night;
  const { begin } = schoolYear(city);
  const groups = homeGroups(unit, city);
  const unitMembers: string[] = [];
  const groupMembers = new Map<string, string[]>();
  const addTo = (id: string, member: string) => {
    groupMembers.set(id, [...(groupMembers.get(id) ?? []), member]);
  };
  const place = (child: ChildNow, from: string, until: string | null) => {
    unitMembers.push(...unitMemberships(unit, child, city, from, until));
    const key = homeGroupKey(unit, child);
    const home = groups.get(key) ?? [...groups.values()][0];
    if (home === undefined) return;
    const membership = {
      personId: child.id,
      role: 'Member',
      begin: from,
      end: until,
      placement: '',
    } as const;
    addTo(home.id, memberXml(membership));
    for (const { id } of teachingGroups(unit, city, key, home)) addTo(id, memberXml(membership));
  };
  for (const { family } of familiesOn(unit, city, night.night)) {
    for (const child of family.children) {
      const isArrival = child.number >= unit.size;
      const from = isArrival ? dateOfNight(city, 2) : begin;
      place(child, from, child.moved?.on ?? child.leftOn);
    }
  }
  for (const child of incoming.get(unit.index) ?? []) place(child, child.moved?.on ?? begin, null);
  await add(file, membershipXml(unit.id, unitMembers));
  for (const [id, members] of groupMembers) await add(file, membershipXml(id, members));
  await writeLanguageMemberships(file, unit, night);
}

/** Pupils of the host's neighbours who are taught their mother tongue there, without enrolment. */
async function writeLanguageMemberships(file: BatchFile, unit: Unit, night: Night): Promise<void> {
  const { city } = night;
  if (!isLanguageHost(unit)) return;
  const { begin } = schoolYear(city);
  const members = new Map<string, string[]>();
  for (const other of city.units.slice(unit.index, unit.index + UNITS_PER_LANGUAGE_HOST)) {
    if (other.form !== 'compulsory') continue;
    for (const { family } of familiesOn(other, city, night.night)) {
      for (const { id, nativeLanguage } of family.children) {
        if (nativeLanguage === null) continue;
        const membership = {
          personId: id,
          role: 'Member',
          begin,
          end: null,
          placement: '',
        } as const;
        members.set(nativeLanguage, [
          ...(members.get(nativeLanguage) ?? []),
          memberXml(membership),
        ]);
      }
    }
  }
  for (const [language, group] of languageGroups(unit, city)) {
    await add(file, membershipXml(group.id, members.get(language) ?? []));
  }
}

/** Enrolment and placements of a child in a unit. */
function unitMemberships(
  unit: Unit,
  child: ChildNow,
  city: City,
  begin: string,
  end: string | null,
): readonly string[] {
  const type = schoolTypeOf(unit, child);
  if (unit.form === 'preschool') return placements(unit, child, city, 'PC', begin, end);
  const year = child.year === null ? '' : ` schoolyear="${child.year}"`;
  const programme =
    unit.form === 'secondary'
      ? ` programcode="${city.chance.pick(PROGRAMMES, 'programme', child.id)[0]}"`
      : '';
  const placement = `<placement schooltype="${type}"${year}${programme}/>`;
  const enrolment = memberXml({ personId: child.id, role: 'Student', begin, end, placement });
  const isYoung = unit.form === 'compulsory' && (child.year ?? 9) <= 3;
  const goesToCentre = isYoung && city.chance.of('centre', child.id) < 0.75;
  return goesToCentre
    ? [enrolment, ...placements(unit, child, city, 'F', begin, end)]
    : [enrolment];
}

/** A placement; two, with an owner each, for some whose parents live apart. */
function placements(
  unit: Unit,
  child: ChildNow,
  city: City,
  schoolType: 'PC' | 'F',
  begin: string,
  end: string | null,
): readonly string[] {
  const owners = child.guardians.map((guardian) => guardian.personId);
  const isSplit = owners.length === 2 && city.chance.of('two-placements', child.id) < 0.03;
  const sets = isSplit ? owners.map((owner) => [owner]) : [owners];
  const groups = homeGroups(unit, city);
  const department = schoolType === 'PC' ? groups.get(homeGroupKey(unit, child))?.id : undefined;
  return sets.map((own, index) => {
    const id = city.chance.uuid('placement', unit.index, child.id, schoolType, index);
    const placement = placementXml({ id, schoolType, owners: own, department });
    return memberXml({ personId: child.id, role: 'Child', begin, end, placement });
  });
}
