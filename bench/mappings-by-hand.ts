import type { InboundContext } from '../core/mapping/compiled.ts';
import type { Entity, JsonObject } from '../core/message/message.ts';

/** The day of the bench, and that of ninety days before it. */
export const TODAY = '2026-09-01';
const GRACE = '2026-06-03';

/** What a careful programmer would write for microsoft-sds/users. */
export function sdsUser(person: Entity): JsonObject | null {
  const names = listOf(person['eduPersonPrincipalNames']);
  if (typeof names[0] !== 'string') return null;
  const email = emailsOf(person).find(
    ({ type }) => type === 'Skola elev' || type === 'Skola personal',
  );
  return {
    sourcedId: person.id,
    username: names[0].toLowerCase(),
    givenName: cut(person['givenName']),
    familyName: cut(person['familyName']),
    ...(email === undefined ? {} : { email: email.value.toLowerCase() }),
  };
}

/** For scim/User. */
export function scimUser(person: Entity): JsonObject | null {
  const names = listOf(person['eduPersonPrincipalNames']);
  const { givenName, familyName, personStatus } = person;
  if (typeof names[0] !== 'string') return null;
  if (typeof givenName !== 'string' || typeof familyName !== 'string') return null;
  const emails = emailsOf(person).flatMap(({ type, value }) => {
    if (type === 'Skola personal') return [{ value: value.toLowerCase(), type: 'work' }];
    return type === 'Skola elev' ? [{ value: value.toLowerCase(), type: 'other' }] : [];
  });
  return {
    externalId: person.id,
    userName: names[0].toLowerCase(),
    name: { givenName, familyName },
    displayName: `${givenName} ${familyName}`,
    userType: datedOf(person['duties']).some(isActive) ? 'staff' : 'student',
    active: personStatus !== 'Avliden' && personStatus !== 'Utvandrad',
    ...(emails.length === 0 ? {} : { emails }),
  };
}

/** For scim/Group. */
export function scimGroup(group: Entity): JsonObject | null {
  const { id, displayName } = group;
  if (typeof displayName !== 'string' || !isNotEnded(datesOf(group))) return null;
  const members = datedOf(group['groupMemberships'])
    .filter(isActive)
    .map(({ person }) => ({ value: person?.id ?? '' }));
  return { externalId: id, displayName, ...(members.length === 0 ? {} : { members }) };
}

/** For itslearning/person. */
export function itslearningPerson(person: Entity): JsonObject | null {
  if (person['personStatus'] === 'Avliden') return null;
  const isPupil = (one: Dated) =>
    (one.skolnav?.governedBy ?? 'Municipal') === 'Municipal' && (isRecent(one) || isNotEnded(one));
  const isStaff = datedOf(person['duties']).some(isActive);
  const isStudent = !isStaff && datedOf(person['enrolments']).some(isPupil);
  const role = isStaff ? 'Staff' : isStudent ? 'Student' : 'Carer';
  const mail = isStaff ? 'Skola personal' : isStudent ? 'Skola elev' : 'Privat';
  const email = emailsOf(person).find(({ type }) => type === mail);
  const name = listOf(person['eduPersonPrincipalNames'])[0];
  const children = datedOf(person['responsibleFor']).flatMap((one) =>
    one.relationType === 'Vårdnadshavare' && isChild(one.person?.birthDate)
      ? [one.person?.id ?? '']
      : [],
  );
  return {
    syncId: person.id,
    givenName: cut(person['givenName']),
    familyName: cut(person['familyName']),
    ...(typeof name === 'string' && name.length <= 64 ? { userName: name.toLowerCase() } : {}),
    ...(email === undefined ? {} : { email: email.value.toLowerCase() }),
    role,
    ...(children.length === 0 ? {} : { children }),
  };
}

const NUMBER = /^[0-9]{8}([0-9]{4}|[A-Z]{2}[0-9]{2}|[A-Z][0-9]{3})$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const SEXES: ReadonlyMap<unknown, string> = new Map([
  ['Female', 'Kvinna'],
  ['Male', 'Man'],
  ['Unknown', 'Okänt'],
]);
const RELATIONS: ReadonlyMap<unknown, string> = new Map([
  ['Guardian', 'Vårdnadshavare'],
  ['OtherResponsible', 'Annan ansvarig'],
]);

/** For barn-och-elevregister/person, as far as the bench's records go. */
export function registerPerson(
  record: JsonObject,
  { identify, identifyOwn }: InboundContext,
): object | null {
  const { id, givenName, familyName, civicNo, birthDate, gender } = record;
  if (typeof id !== 'string' || typeof givenName !== 'string') return null;
  if (typeof familyName !== 'string' || typeof civicNo !== 'string') return null;
  if (!NUMBER.test(civicNo) || typeof birthDate !== 'string' || !isDate(birthDate)) return null;
  const sex = SEXES.get(gender);
  if (sex === undefined) return null;
  const responsibles = contactsOf(record).flatMap(({ person, relation, custody }) => {
    const relationType = RELATIONS.get(relation);
    if (relationType === undefined) return [];
    return [
      {
        person: { id: identify('register', 'person', person) },
        relationType,
        skolnav: { custody },
      },
    ];
  });
  const content = {
    givenName: givenName.trim(),
    familyName: familyName.trim(),
    civicNo: { value: civicNo },
    birthDate,
    sex,
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    ...(responsibles.length === 0 ? {} : { responsibles }),
  };
  const [known, ownId] = [
    identify('register', 'person', id),
    identifyOwn('register', 'person', id),
  ];
  const entity = { kind: 'person', id: known };
  return { entity, part: '', externalId: id, ownId, patch: null, duplicates: [], content };
}

function isDate(text: string): boolean {
  return DATE.test(text) && new Date(text).toISOString().startsWith(text);
}

/** What these mappings read of the items of a person's and a group's lists. */
interface Dated {
  readonly startDate?: string;
  readonly endDate?: string;
  readonly cancelled?: boolean;
  readonly relationType?: string;
  readonly person?: { readonly id: string; readonly birthDate?: string };
  readonly skolnav?: { readonly governedBy?: string };
}

function isActive(item: Dated): boolean {
  return isNotEnded(item) && hasBegun(item);
}

function isNotEnded({ endDate, cancelled }: Dated): boolean {
  return cancelled !== true && (endDate === undefined || endDate >= TODAY);
}

function isRecent(item: Dated): boolean {
  const { endDate, cancelled } = item;
  return cancelled !== true && (endDate === undefined || endDate >= GRACE) && hasBegun(item);
}

function hasBegun({ startDate }: Dated): boolean {
  return startDate === undefined || startDate <= TODAY;
}

/** Eighteen on the birthday. */
function isChild(birthDate: string | undefined): boolean {
  return birthDate !== undefined && birthDate > '2008-09-01';
}

interface Email {
  readonly type: string;
  readonly value: string;
}

interface Contact {
  readonly person: string;
  readonly relation: string;
  readonly custody: string;
}

function emailsOf(person: Entity): readonly Email[] {
  // SAFETY: the bench's own persons.
  return listOf(person['emails']) as readonly unknown[] as readonly Email[];
}

function contactsOf(record: JsonObject): readonly Contact[] {
  // SAFETY: the bench's own records.
  return listOf(record['contacts']) as readonly unknown[] as readonly Contact[];
}

function datesOf(item: JsonObject): Dated {
  // SAFETY: the bench's own entities.
  return item as Dated;
}

function datedOf(value: unknown): readonly Dated[] {
  // SAFETY: the bench's own entities.
  return listOf(value) as readonly unknown[] as readonly Dated[];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function cut(value: unknown): string {
  return Array.from(String(value)).slice(0, 64).join('');
}
