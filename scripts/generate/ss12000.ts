import type { Json, JsonObject } from '../../core/message/message.ts';
import { type City, schoolTypesAt, schoolUnitCodeOf, type Unit, unitNameOf } from './city.ts';
import { dutiesOf } from './duties.ts';
import { activitiesOf, homeGroups } from './groups.ts';
import { independentUnits, personsOfIndependent } from './independent-schools.ts';
import { type Member, membersOf, membersOfIndependent, movesUpTo } from './members.ts';
import { PROGRAMMES, SUBJECTS } from './names.ts';
import { groupsOn } from './nights.ts';
import { contactOf, type NumberedPerson, type Person } from './people.ts';
import { type Account, accountOf, personsOn } from './persons.ts';
import { schoolYear } from './school-year.ts';
import { employeeAt } from './staff.ts';

/** An entity of SS 12000 in its list, such as `persons`. */
export interface Listed {
  readonly list: string;
  readonly entity: JsonObject & { readonly id: string };
}

/** The standard's words for those of the register. */
const SCHOOL_TYPES: Readonly<Record<string, string>> = {
  ...{ PC: 'FS', F: 'FTH', FK: 'FKLASS', GR: 'GR', GRS: 'GRS' },
  ...{ GY: 'GY', SF: 'VUXSFI', KV: 'VUXGY' },
};
const GROUP_TYPES = { Class: 'Klass', EducationGroup: 'Undervisning', Department: 'Avdelning' };
const SEXES = { Female: 'Kvinna', Male: 'Man', Unknown: 'Okänt' };
const STATUSES = { Normal: 'Aktiv', Deceased: 'Avliden', Emigrated: 'Utvandrad' };
const MARKS = [
  'Ingen',
  'Sekretessmarkering',
  'Skyddad folkbokföring',
  'Skyddad folkbokföring',
] as const;
const RELATIONS = { Guardian: 'Vårdnadshavare', OtherResponsible: 'Annan ansvarig' };

/**
 * What a provider of SS 12000 2.1.0 has of the city on a night: what the register's files say, as far
 * as the standard has words for it. A protection rides on every reference to the person, and who
 * governs an independent unit is told by the number of its company.
 */
export function* listsOf(city: City, night: number): Generator<Listed> {
  const units = [...city.units];
  const independent = independentUnits(city);
  const moves = movesUpTo(city, night);
  const members = new Map<string, readonly Member[]>();
  for (const unit of units) {
    for (const [id, some] of membersOf(unit, city, night, moves)) members.set(id, some);
  }
  for (const unit of independent) members.set(unit.id, membersOfIndependent(unit, city));
  const residents = units.flatMap((unit) => [...personsOn(unit, city, night)]);
  // The city gives no accounts to pupils of independent schools.
  const others = independent.flatMap((unit) => [...personsOfIndependent(unit, city)]);
  const persons = [...residents, ...others];
  const marks = new Map(persons.map(({ person: { id, privacy } }) => [id, MARKS[privacy]]));
  const places = placesIn([...units, ...independent], members);
  const refer: Refer = (id) => markedReference(id, marks);
  yield* organisations(city, independent);
  yield* subjects(city);
  const placesOf = ({ person }: NumberedPerson) => places.get(person.id) ?? [];
  for (const one of residents) yield personOf(one, placesOf(one), refer, accountOf(one.person));
  for (const one of others) yield personOf(one, placesOf(one), refer, null);
  for (const unit of units) yield* groups(unit, city, night, members, refer);
  for (const [personId, some] of places) yield* placements(personId, some, refer);
  for (const unit of units) yield* dutiesAt(unit, city, refer);
  for (const unit of units) yield* activitiesAt(unit, city);
}

type Refer = (personId: string) => JsonObject;

function markedReference(id: string, marks: ReadonlyMap<string, string>): JsonObject {
  return { id, securityMarking: marks.get(id) ?? 'Ingen' };
}

interface Place {
  readonly unitId: string;
  readonly member: Member;
}

/** The places of each person in units. */
function placesIn(
  units: readonly Unit[],
  members: ReadonlyMap<string, readonly Member[]>,
): ReadonlyMap<string, readonly Place[]> {
  const places = new Map<string, Place[]>();
  for (const { id: unitId } of units) {
    for (const member of members.get(unitId) ?? []) {
      const own = places.get(member.personId) ?? [];
      places.set(member.personId, [...own, { unitId, member }]);
    }
  }
  return places;
}

function* organisations(city: City, independent: readonly Unit[]): Generator<Listed> {
  const list = 'organisations';
  const { municipalityId: id, areas, units } = city;
  const number = { organisationNumber: '2120000142', municipalityCode: '0180' };
  const municipality = { id, displayName: 'Teststad', organisationType: 'Huvudman', ...number };
  yield { list, entity: municipality };
  for (const { id: area, name } of areas) {
    const above = { parentOrganisation: { id } };
    const about = { id: area, displayName: name, organisationType: 'Förvaltning' };
    yield { list, entity: { ...about, ...above } };
  }
  for (const unit of units) {
    const { schoolId, name, area } = unit;
    const parentOrganisation = { id: areas[area]?.id ?? id };
    const school = { id: schoolId, displayName: name, organisationType: 'Skola' };
    yield { list, entity: { ...school, parentOrganisation } };
    const code = schoolUnitCodeOf(unit);
    const about = { displayName: unitNameOf(unit), parentOrganisation: { id: schoolId } };
    const schoolUnit = code === null ? {} : { schoolUnitCode: code };
    yield { list, entity: { ...unitOf(unit, schoolTypesAt(unit)), ...about, ...schoolUnit } };
  }
  for (const unit of independent) {
    const types = [unit.form === 'preschool' ? 'PC' : 'GR'];
    const organisationNumber = `55600${String(unit.index).padStart(5, '0')}`;
    yield { list, entity: { ...unitOf(unit, types), organisationNumber } };
  }
}

function unitOf({ id, name }: Unit, types: readonly string[]) {
  const schoolTypes = types.map((type) => SCHOOL_TYPES[type] ?? type);
  return { id, displayName: name, organisationType: 'Skolenhet', schoolTypes };
}

function* subjects({ chance }: City): Generator<Listed> {
  for (const schoolType of ['GR', 'GY']) {
    for (const [subjectCode, subjectName] of SUBJECTS) {
      const id = chance.uuid('syllabus', schoolType, subjectCode);
      yield { list: 'syllabuses', entity: { id, schoolType, subjectCode, subjectName } };
    }
  }
  for (const [code, name, type] of PROGRAMMES) {
    const id = chance.uuid('programme', code);
    yield { list: 'programmes', entity: { id, name, type, schoolType: 'GY', code } };
  }
}

function personOf(
  one: NumberedPerson,
  places: readonly Place[],
  refer: Refer,
  account: Account | null,
): Listed {
  const { person } = one;
  const { id, givenName, familyName, civicNo, birthDate, guardians, privacy } = person;
  const responsibles = guardians.map(({ personId, relation }) => ({
    person: refer(personId),
    relationType: RELATIONS[relation],
  }));
  const entity = {
    ...{ id, givenName, familyName, birthDate, sex: SEXES[person.gender] },
    ...(civicNo === null ? {} : { civicNo: { value: civicNo } }),
    ...{ securityMarking: MARKS[privacy], personStatus: STATUSES[person.status] },
    ...accountIn(person, account),
    ...contactIn(one),
    ...several('enrolments', places.flatMap(enrolmentOf)),
    ...several('responsibles', responsibles),
  };
  return { list: 'persons', entity };
}

function accountIn({ role }: Person, account: Account | null): JsonObject {
  if (account === null) return {};
  const type = role === 'Staff' ? 'Skola personal' : 'Skola elev';
  const emails = [{ value: account.email, type }];
  return { eduPersonPrincipalNames: [account.eppn], emails };
}

function contactIn(one: NumberedPerson): JsonObject {
  const { home } = one.person;
  const contact = contactOf(one);
  const address = home === null ? [] : [addressOf(home)];
  if (contact === null) return several('addresses', address);
  const phone = { value: contact.phone, type: 'Hem', mobile: true };
  const emails = [{ value: contact.email, type: 'Privat' }];
  return { emails, phoneNumbers: [phone], ...several('addresses', address) };
}

function addressOf({ street, locality, postalCode }: NonNullable<Person['home']>): JsonObject {
  const type = 'Folkbokföring';
  return { type, streetAddress: street, locality, postalCode, country: 'Sverige' };
}

function enrolmentOf({ unitId, member: { at, ...member } }: Place): readonly JsonObject[] {
  if (at?.is !== 'enrolled') return [];
  const { schoolType, year, programme } = at;
  const about = { enroledAt: { id: unitId }, schoolType: SCHOOL_TYPES[schoolType] ?? schoolType };
  const inYear = year === null ? {} : { schoolYear: year };
  const inProgramme = programme === null ? {} : { educationCode: programme };
  return [{ ...about, ...inYear, ...inProgramme, ...daysOf(member) }];
}

function daysOf({ begin, end }: Pick<Member, 'begin' | 'end'>): JsonObject {
  return { startDate: begin, ...(end === null ? {} : { endDate: end }) };
}

/** A list that is left out where it is empty. */
function several(name: string, list: readonly Json[]): JsonObject {
  return list.length === 0 ? {} : { [name]: list };
}

function* groups(
  unit: Unit,
  city: City,
  night: number,
  members: ReadonlyMap<string, readonly Member[]>,
  refer: Refer,
): Generator<Listed> {
  const { begin, end } = schoolYear(city);
  for (const { group } of groupsOn(unit, city, night)) {
    const { id, name, type, schoolType } = group;
    const memberships = (members.get(id) ?? []).map((member) => {
      return { person: refer(member.personId), ...daysOf(member) };
    });
    const entity = {
      ...{ id, displayName: name, groupType: GROUP_TYPES[type], organisation: { id: unit.id } },
      ...{ schoolType: SCHOOL_TYPES[schoolType] ?? schoolType, ...daysOf({ begin, end }) },
      ...several('groupMemberships', memberships),
    };
    yield { list: 'groups', entity };
  }
}

function* placements(personId: string, places: readonly Place[], refer: Refer): Generator<Listed> {
  for (const { unitId, member } of places) {
    const { at } = member;
    if (at?.is !== 'placed') continue;
    const { id, schoolType, department } = at;
    const entity = {
      ...{ id, placedAt: { id: unitId }, child: refer(personId), owners: at.owners.map(refer) },
      ...(department === undefined ? {} : { group: { id: department } }),
      ...{ schoolType: SCHOOL_TYPES[schoolType] ?? schoolType, ...daysOf(member) },
      ...{ reason: 'Omsorgsbehov', maxWeeklyScheduleHours: 30 },
    };
    yield { list: 'placements', entity };
  }
}

function* dutiesAt(unit: Unit, city: City, refer: Refer): Generator<Listed> {
  for (const duty of dutiesOf(unit, city)) {
    const { id, personId, unitId, role, signature, percent, from, to, mentorFor } = duty;
    const roles = mentorFor.map((group) => {
      return { group: { id: group }, assignmentRoleType: 'Mentor' };
    });
    const entity = {
      ...{ id, person: refer(personId), dutyAt: { id: unitId }, dutyRole: role, signature },
      ...{ dutyPercent: percent, ...daysOf({ begin: from, end: to }) },
      ...several('assignmentRole', roles),
    };
    yield { list: 'duties', entity };
  }
}

function* activitiesAt(unit: Unit, city: City): Generator<Listed> {
  const days = daysOf(schoolYear(city));
  for (const [key, home] of homeGroups(unit, city)) {
    for (const activity of activitiesOf(unit, city, key, home)) {
      const { id, name, groupId, teachers, syllabusId } = activity;
      const duties = teachers.map((number) => employeeAt(unit, city, number).duties[0]?.id ?? '');
      const entity = {
        ...{ id, displayName: name, activityType: 'Undervisning', organisation: { id: unit.id } },
        ...{ groups: [{ id: groupId }], teachers: duties.map((duty) => ({ duty: { id: duty } })) },
        ...(syllabusId === null ? {} : { syllabus: { id: syllabusId } }),
        ...days,
      };
      yield { list: 'activities', entity };
    }
  }
}
