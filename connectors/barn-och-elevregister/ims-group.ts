import { child, children, childText, type JsonObject, type XmlElement } from '../../core/plugin.ts';
import {
  deletionOf,
  faultOf,
  idOf,
  RECSTATUS_RULE,
  type ReadElement,
  timeframeOf,
  withoutAbsent,
} from './ims-element.ts';

/** The type whose members are enrolled or placed, and not members of a group. */
export const UNIT = 'Unit';

const ORGANISATIONS: readonly string[] = ['Municipality', 'Area', 'School', UNIT];
const GROUPS: readonly string[] = [
  'Class',
  'EducationGroup',
  'Department',
  'MentorGroup',
  'ScheduleGroup',
  'OtherGroup',
];

/** A `<group>`: an organisation or a group of people, by its type. */
export function readGroup(element: XmlElement, file: string): ReadElement {
  const id = idOf(element);
  const type = childText(element, 'grouptype', 'typevalue') ?? '';
  const isDeletion = deletionOf(element);
  const stream = streamOf(type);
  if (id === '') return faulty(element, file, 'sourcedid', 'is missing', id);
  if (isDeletion === null) return faulty(element, file, 'recstatus', RECSTATUS_RULE, id);
  if (stream === null) {
    const known = [...ORGANISATIONS, ...GROUPS].join(', ');
    return faulty(element, file, 'typevalue', `is none of ${known}`, id);
  }
  const value = stream === 'organisation' ? organisation(element) : group(element);
  const about = { id, type, name: childText(element, 'description', 'short') };
  const whole = withoutAbsent({ ...about, ...value, ...timeframeOf(element) });
  return { records: [{ stream, isDeletion, value: whole, line: element.line }], faults: [] };
}

function streamOf(type: string): 'organisation' | 'group' | null {
  if (ORGANISATIONS.includes(type)) return 'organisation';
  return GROUPS.includes(type) ? 'group' : null;
}

/** Whichever of the two it was before, it must not seem to be gone: the fault counts for both. */
function faulty(
  element: XmlElement,
  file: string,
  field: string,
  rule: string,
  id: string,
): ReadElement {
  const place = { element, file };
  return {
    records: [],
    faults: [
      faultOf('organisation', place, field, rule, id),
      faultOf('group', place, field, rule, id),
    ],
  };
}

function organisation(element: XmlElement): JsonObject {
  const extension = child(element, 'extension') ?? element;
  return withoutAbsent({
    parent: parentOf(element),
    schoolTypes: schoolTypesOf(extension),
    schoolUnitCode: childText(extension, 'schoolunitcode'),
    organizerNumber: childText(extension, 'organizernumber'),
    municipalityCode: childText(extension, 'municipalitycode'),
    governedBy: childText(extension, 'governedby'),
  });
}

function group(element: XmlElement): JsonObject {
  const extension = child(element, 'extension') ?? element;
  return withoutAbsent({
    unit: parentOf(element),
    schoolType: schoolTypesOf(extension)[0],
    schoolYear: childText(extension, 'schoolyear'),
    period: childText(extension, 'period'),
  });
}

function schoolTypesOf(extension: XmlElement): readonly string[] {
  return children(extension, 'schooltype').map(({ text }) => text.trim());
}

/** IMS Enterprise 1.1: relation 1 is the parent. Some senders relate the top to itself. */
function parentOf(element: XmlElement): string | undefined {
  const relationships = children(element, 'relationship');
  const parent = relationships.find(({ attributes }) => attributes['relation'] === '1');
  const id = parent === undefined ? '' : idOf(parent);
  return id === idOf(element) ? undefined : id;
}
