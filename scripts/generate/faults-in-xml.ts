import { faultAt, type Written } from './fault.ts';
import { membershipXml, sourcedId } from './ims-xml.ts';

const NAME = '<name><n><family>Fel</family><given>Fia</given></n></name>';

function person(name: string, inner: string, recstatus = 1): string {
  return `<person recstatus="${recstatus}">${sourcedId(`fault-${name}`)}${inner}</person>\n`;
}

function extended(name: string, inner: string): string {
  return person(name, `${NAME}<extension>${inner}</extension>`);
}

function born(name: string, inner: string): string {
  return person(name, `${NAME}<demographics>${inner}</demographics>`);
}

const PERSONS: readonly Written[] = [
  [
    'family-name',
    'a person without a family name',
    'VALUE_MISSING familyName',
    person('family-name', '<name><n><given>Kim</given></n></name>'),
  ],
  [
    'given-name',
    'a person without a given name',
    'VALUE_MISSING givenName',
    person('given-name', '<name><n><family>Ek</family></n></name>'),
  ],
  [
    'birth-date',
    'a birth date that no calendar has',
    'VALUE_NOT_ALLOWED birthDate',
    born('birth-date', '<bday>2015-02-30</bday>'),
  ],
  [
    'sex',
    'a sex that the format does not have',
    'CODE_UNMAPPED sex',
    born('sex', '<gender>F</gender>'),
  ],
  [
    'number',
    'a personal number with ten digits',
    'VALUE_NOT_ALLOWED civicNo.value',
    person('number', `<userid useridtype="PID">1304120019</userid>${NAME}`),
  ],
  [
    'former-number',
    'a former number that has the form of none',
    'VALUE_NOT_ALLOWED skolnav.identifiers.value',
    extended('former-number', '<formerid useridtype="PID">TF81</formerid>'),
  ],
  [
    'mark',
    'a mark of protection that nobody knows',
    'CODE_UNMAPPED securityMarking',
    extended('mark', '<privacy level="9"/>'),
  ],
  [
    'status',
    'a status that the format does not have',
    'CODE_UNMAPPED personStatus',
    extended('status', '<status>Moved</status>'),
  ],
  [
    'alias',
    'a name used at school without its family name',
    'ENTITY_INVALID skolnav.alias.familyName',
    extended('alias', '<alias><given>Sam</given></alias>'),
  ],
  [
    'guardian-end',
    "a guardian's last day that no calendar has",
    'VALUE_NOT_ALLOWED responsibles.skolnav.validTo',
    extended(
      'guardian-end',
      `<contactperson relation="Guardian" custody="joint" end="2026-02-30">${sourcedId('{head}')}</contactperson>`,
    ),
  ],
  [
    'phone-type',
    'a kind of telephone that the format does not have',
    'CODE_UNMAPPED phoneNumbers.type',
    person('phone-type', `${NAME}<tel teltype="Fax">+46701740605</tel>`),
  ],
  [
    'email',
    'a private e-mail address without @',
    'ENTITY_INVALID emails[0].value',
    person('email', `${NAME}<email>fia.post.example</email>`),
  ],
  [
    'recstatus',
    'a recstatus that IMS Enterprise does not have',
    'RECORD_INVALID recstatus',
    person('recstatus', NAME, 7),
  ],
  ['person-id', 'a person without an id', 'RECORD_INVALID sourcedid', `<person>${NAME}</person>\n`],
];

export const PERSON_FAULTS = PERSONS.map((one) => faultAt('person', one));

const BEGUN = '<timeframe><begin>2026-08-18</begin></timeframe>';
const NAMED = '<description><short>Felgruppen</short></description>';
const PARENT = `<relationship relation="1">${sourcedId('{unit}')}<label>Parent</label></relationship>`;

function group(name: string, type: string, inner: string): string {
  return `<group>${sourcedId(`fault-${name}`)}<grouptype><typevalue>${type}</typevalue></grouptype>${inner}</group>\n`;
}

function extendedGroup(name: string, type: string, inner: string): string {
  return group(name, type, `${NAMED}${BEGUN}${PARENT}<extension>${inner}</extension>`);
}

const GROUPS: readonly Written[] = [
  [
    'group-name',
    'a class without a name',
    'VALUE_MISSING displayName',
    group('group-name', 'Class', BEGUN + PARENT),
  ],
  [
    'group-unit',
    'a class without its unit',
    'VALUE_MISSING organisation',
    group('group-unit', 'Class', NAMED + BEGUN),
  ],
  [
    'group-begin',
    'a class without a first day',
    'VALUE_MISSING startDate',
    group('group-begin', 'Class', NAMED + PARENT),
  ],
  [
    'group-form',
    'a class of a school form that nobody knows',
    'CODE_UNMAPPED schoolType',
    extendedGroup('group-form', 'Class', '<schooltype>ZZ</schooltype>'),
  ],
  [
    'period',
    'a school year that is not two years',
    'VALUE_NOT_ALLOWED skolnav.schoolYear',
    extendedGroup('period', 'Class', '<period>HT26</period>'),
  ],
  [
    'group-type',
    'a type of group that the format does not have',
    'RECORD_INVALID typevalue',
    extendedGroup('group-type', 'Klass', ''),
  ],
  [
    'unit-code',
    'a school unit code of seven digits',
    'ENTITY_INVALID schoolUnitCode',
    extendedGroup('unit-code', 'Unit', '<schoolunitcode>1234567</schoolunitcode>'),
  ],
  [
    'governor',
    'a unit that nobody knows who governs',
    'CODE_UNMAPPED skolnav.governedBy',
    extendedGroup('governor', 'Unit', '<governedby>Foundation</governedby>'),
  ],
];

export const GROUP_FAULTS = GROUPS.map((one) => faultAt('group', one));

function member(name: string, role: string, inner: string, idtype = 1): string {
  return `  <member>${sourcedId(`fault-${name}`)}<idtype>${idtype}</idtype><role roletype="${role}">${inner}</role></member>\n`;
}

function inUnit(name: string, role: string, placement: string, time = BEGUN): string {
  const inner = `${time}<extension>${placement}</extension>`;
  return membershipXml('{unit}', [member(name, role, inner)]);
}

function inGroup(name: string, inner: string): string {
  return membershipXml(`fault-${name}`, [inner]);
}

const MEMBERSHIPS: readonly Written[] = [
  [
    'enrolment-form',
    'an enrolment in a school form that nobody knows',
    'CODE_UNMAPPED enrolments.schoolType',
    inUnit('enrolment-form', 'Student', '<placement schooltype="ZZ"/>'),
  ],
  [
    'enrolment-begin',
    'an enrolment without a first day',
    'VALUE_MISSING enrolments.startDate',
    inUnit('enrolment-begin', 'Student', '<placement schooltype="GR"/>', ''),
  ],
  [
    'enrolment-year',
    'a school year in words',
    'VALUE_NOT_ALLOWED enrolments.schoolYear',
    inUnit('enrolment-year', 'Student', '<placement schooltype="GR" schoolyear="sju"/>'),
  ],
  [
    'unit-role',
    'a role that a unit does not have',
    'RECORD_INVALID roletype',
    inUnit('unit-role', 'Pupil', '<placement schooltype="GR"/>'),
  ],
  [
    'placement-id',
    'a placement without an id',
    'RECORD_INVALID placement',
    inUnit('placement-id', 'Child', '<placement schooltype="PC"/>'),
  ],
  [
    'hours',
    'hours of a placement that are no number',
    'VALUE_NOT_ALLOWED maxWeeklyScheduleHours',
    inUnit('hours', 'Child', `<placement id="fault-hours" schooltype="PC" hours="many"/>`),
  ],
  [
    'member-kind',
    'a group as a member of a group',
    'RECORD_INVALID idtype',
    inGroup('member-kind', member('member-kind', 'Member', BEGUN, 2)),
  ],
  [
    'member-id',
    'a member without an id',
    'RECORD_INVALID sourcedid',
    inGroup('member-id', '  <member><idtype>1</idtype></member>\n'),
  ],
];

/** A member stands so many lines below the beginning of its membership. */
const BELOW = 2;

export const MEMBERSHIP_FAULTS = MEMBERSHIPS.map((one) => faultAt('membership', one, BELOW));
