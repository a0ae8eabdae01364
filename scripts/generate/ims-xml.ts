import type { Unit } from './city.ts';
import type { Group } from './groups.ts';
import { contactOf, type Person } from './people.ts';
import type { SchoolYear } from './school-year.ts';

/** Escapes text for XML content and attributes. */
function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export function sourcedId(id: string): string {
  return `<sourcedid><source>BER</source><id>${id}</id></sourcedid>`;
}

function tag(name: string, text: string | null): string {
  return text === null ? '' : `<${name}>${escapeXml(text)}</${name}>`;
}

/** A `person` element; its contact data are made of the number. */
export function personXml(person: Person, number: number): string {
  const { givenName, familyName, home } = person;
  const contact = contactOf({ person, number });
  const pid = person.civicNo === null ? '' : `<userid useridtype="PID">${person.civicNo}</userid>`;
  return `<person recstatus="1">
  ${sourcedId(person.id)}${pid}
  <name><fn>${escapeXml(`${givenName} ${familyName}`)}</fn><n>${tag('family', familyName)}${tag('given', givenName)}</n></name>
  <demographics><gender>${person.gender}</gender><bday>${person.birthDate}</bday></demographics>
${contact === null ? '' : `  <email>${contact.email}</email><tel teltype="Mobile">${contact.phone}</tel>\n`}${
  home === null
    ? ''
    : `  <adr>${tag('street', home.street)}${tag('locality', home.locality)}${tag('pcode', home.postalCode)}</adr>\n`
}  <institutionrole primaryrole="Yes" institutionroletype="${person.role}"/><datasource>SKV</datasource>
  <extension>${extensionXml(person)}</extension>
</person>
`;
}

function extensionXml(person: Person): string {
  const { privacy, hasAlias, formerId, guardians } = person;
  const former =
    formerId === null
      ? ''
      : `<formerid useridtype="PID" until="${formerId.until}">${formerId.value}</formerid>`;
  const contacts = guardians.map(
    ({ personId, relation, custody }) =>
      `<contactperson relation="${relation}" custody="${custody}">${sourcedId(personId)}</contactperson>`,
  );
  return [
    `<status>${person.status}</status>`,
    privacy === 0 ? '' : `<privacy level="${privacy}"/>`,
    hasAlias ? '<alias><family>Lund</family><given>Sam</given></alias>' : '',
    former,
    '<municipalitycode>0180</municipalitycode>',
    tag('nativelanguage', person.nativeLanguage),
    ...contacts,
  ].join('');
}

export interface OrganisationXml {
  readonly id: string;
  readonly type: 'Municipality' | 'Area' | 'School' | 'Unit';
  readonly name: string;
  readonly parent: string | null;
  readonly extension: string;
}

export function organisationXml(
  { id, type, name, parent, extension }: OrganisationXml,
  governedBy = 'Municipal',
): string {
  const above =
    parent === null
      ? ''
      : `  <relationship relation="1">${sourcedId(parent)}<label>Parent</label></relationship>\n`;
  return `<group recstatus="1">
  ${sourcedId(id)}<grouptype><scheme>BER</scheme><typevalue level="1">${type}</typevalue></grouptype>
  <description>${tag('short', name)}</description>
${above}  <extension>${extension}<governedby>${governedBy}</governedby></extension>
</group>
`;
}

export function groupXml(group: Group, unit: Unit, { begin, end, period }: SchoolYear): string {
  return `<group recstatus="1">
  ${sourcedId(group.id)}<grouptype><scheme>BER</scheme><typevalue level="3">${group.type}</typevalue></grouptype>
  <description>${tag('short', group.name)}</description>
  <timeframe><begin>${begin}</begin><end>${end}</end></timeframe>
  <relationship relation="1">${sourcedId(unit.id)}<label>Parent</label></relationship>
  <extension><schooltype>${group.schoolType}</schooltype>${tag('schoolyear', group.year)}<period>${period}</period></extension>
</group>
`;
}

export function membershipXml(groupId: string, members: readonly string[]): string {
  return `<membership>
  ${sourcedId(groupId)}<complete>true</complete>
${members.join('')}</membership>
`;
}

export interface MemberXml {
  readonly personId: string;
  readonly role: 'Student' | 'Child' | 'Member';
  readonly begin: string;
  readonly end: string | null;
  readonly placement: string;
}

export function memberXml({ personId, role, begin, end, placement }: MemberXml): string {
  const extension = placement === '' ? '' : `<extension>${placement}</extension>`;
  return `  <member>${sourcedId(personId)}<idtype>1</idtype><role roletype="${role}" recstatus="1"><status>1</status><timeframe><begin>${begin}</begin>${tag('end', end)}</timeframe>${extension}</role></member>
`;
}

export interface PlacementXml {
  readonly id: string;
  readonly schoolType: 'PC' | 'F';
  /** Whose place it is: ids of guardians. */
  readonly owners: readonly string[];
  readonly department?: string | undefined;
}

/** A place at a preschool or a leisure-time centre, within a membership. */
export function placementXml({ id, schoolType, owners, department }: PlacementXml): string {
  const inner = [
    ...owners.map((owner) => `<owner>${owner}</owner>`),
    ...(department === undefined ? [] : [`<department>${department}</department>`]),
  ].join('');
  return `<placement id="${id}" schooltype="${schoolType}" reason="Omsorgsbehov" hours="30">${inner}</placement>`;
}
