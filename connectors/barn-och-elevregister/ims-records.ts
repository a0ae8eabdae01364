import {
  child,
  children,
  childText,
  type Json,
  type JsonObject,
  RefusedFailure,
  type XmlElement,
} from '../../core/plugin.ts';

/** One record that an element gives, for one stream. */
export interface StreamRecord {
  readonly stream: string;
  readonly isDeletion: boolean;
  readonly value: JsonObject;
  readonly line: number;
}

const ORGANISATIONS = new Set(['Municipality', 'Area', 'School', 'Unit']);
const GROUPS = new Set([
  'Class',
  'EducationGroup',
  'Department',
  'MentorGroup',
  'ScheduleGroup',
  'OtherGroup',
]);

/** The streams that the XML file gives, all of them. */
export const IMS_STREAMS = [
  'organisation',
  'person',
  'enrolment',
  'group',
  'group-membership',
  'placement',
] as const;

/** The records of one element. Throws RECORD_INVALID, with the line, if it cannot be read at all. */
export function recordsOf(element: XmlElement, file: string): readonly StreamRecord[] {
  if (element.name === 'person') return [personRecord(element, file)];
  if (element.name === 'group') return [groupRecord(element, file)];
  if (element.name === 'membership') return membershipRecords(element, file);
  return [];
}

function personRecord(element: XmlElement, file: string): StreamRecord {
  const extension = child(element, 'extension');
  const value = withoutAbsent({
    id: idOf(element, file),
    civicNo: children(element, 'userid').find((one) => one.attributes['useridtype'] === 'PID')
      ?.text,
    familyName: childText(element, 'name', 'n', 'family'),
    givenName: childText(element, 'name', 'n', 'given'),
    gender: childText(element, 'demographics', 'gender'),
    birthDate: childText(element, 'demographics', 'bday'),
    email: childText(element, 'email'),
    phones: children(element, 'tel').map((tel) => ({
      type: tel.attributes['teltype'] ?? '',
      value: tel.text.trim(),
    })),
    address: addressOf(child(element, 'adr')),
    role: child(element, 'institutionrole')?.attributes['institutionroletype'],
    ...(extension === undefined ? {} : personExtension(extension)),
  });
  return { stream: 'person', isDeletion: isDeleted(element), value, line: element.line };
}

function personExtension(extension: XmlElement): Record<string, Json | undefined> {
  return {
    status: childText(extension, 'status'),
    privacy: child(extension, 'privacy')?.attributes['level'],
    alias: nameOf(child(extension, 'alias')),
    formerIds: children(extension, 'formerid').map((former) =>
      withoutAbsent({ value: former.text.trim(), until: former.attributes['until'] }),
    ),
    municipalityCode: childText(extension, 'municipalitycode'),
    nativeLanguage: childText(extension, 'nativelanguage'),
    contacts: children(extension, 'contactperson').map((contact) =>
      withoutAbsent({
        person: childText(contact, 'sourcedid', 'id'),
        relation: contact.attributes['relation'],
        custody: contact.attributes['custody'],
        begin: contact.attributes['begin'],
        end: contact.attributes['end'],
      }),
    ),
    mergedUsers: children(extension, 'mergeduser').map((user) => user.text.trim()),
  };
}

function addressOf(adr: XmlElement | undefined): JsonObject | undefined {
  if (adr === undefined) return undefined;
  return withoutAbsent({
    street: childText(adr, 'street'),
    locality: childText(adr, 'locality'),
    postalCode: childText(adr, 'pcode'),
  });
}

function nameOf(alias: XmlElement | undefined): JsonObject | undefined {
  if (alias === undefined) return undefined;
  const [familyName, givenName] = [childText(alias, 'family'), childText(alias, 'given')];
  return withoutAbsent({ familyName, givenName });
}

function groupRecord(element: XmlElement, file: string): StreamRecord {
  const type = childText(element, 'grouptype', 'typevalue') ?? '';
  const extension = child(element, 'extension') ?? element;
  const parent = children(element, 'relationship').find(
    (one) => one.attributes['relation'] === '1',
  );
  const common = {
    id: idOf(element, file),
    type,
    name: childText(element, 'description', 'short'),
    begin: childText(element, 'timeframe', 'begin'),
    end: childText(element, 'timeframe', 'end'),
  };
  const above = parent === undefined ? undefined : childText(parent, 'sourcedid', 'id');
  const schoolTypes = children(extension, 'schooltype').map((one) => one.text.trim());
  const place = { isDeletion: isDeleted(element), line: element.line };
  if (ORGANISATIONS.has(type)) {
    const value = withoutAbsent({
      ...common,
      parent: above,
      schoolTypes,
      schoolUnitCode: childText(extension, 'schoolunitcode'),
      organizerNumber: childText(extension, 'organizernumber'),
      municipalityCode: childText(extension, 'municipalitycode'),
      governedBy: childText(extension, 'governedby'),
    });
    return { stream: 'organisation', value, ...place };
  }
  if (!GROUPS.has(type)) {
    const known = [...ORGANISATIONS, ...GROUPS].join(', ');
    throw invalid(element, file, 'grouptype', `is none of ${known}`);
  }
  const value = withoutAbsent({
    ...common,
    unit: above,
    schoolType: schoolTypes[0],
    schoolYear: childText(extension, 'schoolyear'),
    period: childText(extension, 'period'),
  });
  return { stream: 'group', value, ...place };
}

/** Members with a placement belong to a unit, each a record; the others are one record together. */
function membershipRecords(element: XmlElement, file: string): readonly StreamRecord[] {
  const group = idOf(element, file);
  const records: StreamRecord[] = [];
  const members: JsonObject[] = [];
  const all = children(element, 'member');
  for (const member of all) {
    const role = child(member, 'role');
    const placement =
      role === undefined ? undefined : child(child(role, 'extension') ?? role, 'placement');
    const person = childText(member, 'sourcedid', 'id') ?? '';
    if (role === undefined || person === '')
      throw invalid(member, file, 'member', 'has no id or role');
    if (placement === undefined) {
      members.push(withoutAbsent({ person, removed: isDeleted(role), ...timeframeOf(role) }));
    } else {
      records.push(unitRecord(group, person, role, placement, member.line));
    }
  }
  if (members.length > 0 || all.length === 0) {
    const value = { group, complete: childText(element, 'complete') !== 'false', members };
    records.push({ stream: 'group-membership', isDeletion: false, value, line: element.line });
  }
  return records;
}

function unitRecord(
  unit: string,
  person: string,
  role: XmlElement,
  placement: XmlElement,
  line: number,
): StreamRecord {
  const { schooltype, schoolyear, programcode, cancelled, reason, hours, id } =
    placement.attributes;
  const common = { unit, person, schoolType: schooltype, ...timeframeOf(role) };
  const isDeletion = isDeleted(role);
  if (role.attributes['roletype'] === 'Child') {
    const owners = children(placement, 'owner').map((owner) => owner.text.trim());
    const department = childText(placement, 'department');
    const value = withoutAbsent({ ...common, id: id ?? '', owners, department, reason, hours });
    return { stream: 'placement', isDeletion, value, line };
  }
  const isCancelled = cancelled === 'true' ? true : undefined;
  const more = { schoolYear: schoolyear, programme: programcode, cancelled: isCancelled };
  return { stream: 'enrolment', isDeletion, value: withoutAbsent({ ...common, ...more }), line };
}

function timeframeOf(role: XmlElement): Record<string, string | undefined> {
  const [begin, end] = [childText(role, 'timeframe', 'begin'), childText(role, 'timeframe', 'end')];
  return { begin, end };
}

/** IMS Enterprise 1.1: recstatus 3 is a deletion, 1 and 2 and none are not. */
function isDeleted(element: XmlElement): boolean {
  return element.attributes['recstatus'] === '3';
}

function idOf(element: XmlElement, file: string): string {
  const id = childText(element, 'sourcedid', 'id') ?? '';
  if (id === '') throw invalid(element, file, 'sourcedid', 'is missing');
  return id;
}

function invalid(element: XmlElement, file: string, field: string, what: string): RefusedFailure {
  const place = { file, line: element.line, field };
  return new RefusedFailure('RECORD_INVALID', `${element.name}: ${field} ${what}`, { place });
}

function withoutAbsent(fields: Record<string, Json | undefined>): JsonObject {
  const present: Record<string, Json> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== '') present[name] = value;
  }
  return present;
}
