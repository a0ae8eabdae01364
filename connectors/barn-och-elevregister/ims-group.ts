import {
  child,
  children,
  type JsonObject,
  type Saying,
  saying,
  type XmlElement,
} from '../../core/plugin.ts';
import {
  deletionOf,
  faultOf,
  IS_MISSING,
  idOf,
  onOneLine,
  RECSTATUS_RULE,
  type ReadElement,
  textAt,
  timeframeOf,
  withoutAbsent,
} from './ims-element.ts';

/** The type whose members are enrolled or placed, and not members of a group. */
const UNIT = 'Unit';

const ORGANISATIONS: readonly string[] = ['Municipality', 'Area', 'School', UNIT];
/** Of these, staff may be members; of the other groups only pupils are. */
const OF_ANYBODY: readonly string[] = ['Department', 'OtherGroup'];
const GROUPS: readonly string[] = [
  'Class',
  'EducationGroup',
  'Department',
  'MentorGroup',
  'ScheduleGroup',
  'OtherGroup',
];

/** What a membership must know of its group, wherever in the file that stands. */
export interface GroupNature {
  /** Who governs the unit, `''` where it is not said; null for what is no unit. */
  readonly governedBy: string | null;
  readonly isOfAnybody: boolean;
}

/** Null for what is no group that can be read. */
export function natureOf({ records: [record] }: ReadElement): GroupNature | null {
  if (record === undefined) return null;
  const { type, governedBy } = record.value;
  return {
    governedBy: type === UNIT ? String(governedBy ?? '') : null,
    isOfAnybody: OF_ANYBODY.includes(String(type)),
  };
}

/** A `<group>`: an organisation or a group of people, by its type. */
export function readGroup(element: XmlElement, file: string): ReadElement {
  const id = idOf(element);
  const type = textAt(element, 'grouptype', 'typevalue') ?? '';
  const isDeletion = deletionOf(element);
  const stream = streamOf(type);
  if (id === '') return faulty(element, file, 'sourcedid', IS_MISSING, id);
  if (isDeletion === null) return faulty(element, file, 'recstatus', RECSTATUS_RULE, id);
  if (stream === null) {
    const known = saying('noneOf', { values: [...ORGANISATIONS, ...GROUPS] });
    return faulty(element, file, 'typevalue', known, id);
  }
  const value = stream === 'organisation' ? organisation(element) : group(element);
  const about = { id, type, name: nameOf(element) };
  const whole = withoutAbsent({ ...about, ...value, ...timeframeOf(element) });
  return { records: [{ stream, isDeletion, value: whole, line: element.line }], faults: [] };
}

/** Where a name is too long for `short`, some senders leave that empty. */
function nameOf(element: XmlElement): string | undefined {
  const names = ['short', 'long', 'full'].map((field) => textAt(element, 'description', field));
  return names.find((name) => name !== undefined && name !== '');
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
  rule: Saying,
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
    schoolUnitCode: textAt(extension, 'schoolunitcode'),
    organizerNumber: textAt(extension, 'organizernumber'),
    municipalityCode: textAt(extension, 'municipalitycode'),
    governedBy: textAt(extension, 'governedby'),
  });
}

function group(element: XmlElement): JsonObject {
  const extension = child(element, 'extension') ?? element;
  return withoutAbsent({
    unit: parentOf(element),
    schoolType: schoolTypesOf(extension)[0],
    schoolYear: textAt(extension, 'schoolyear'),
    period: textAt(extension, 'period'),
  });
}

function schoolTypesOf(extension: XmlElement): readonly string[] {
  return children(extension, 'schooltype').map(({ text }) => onOneLine(text));
}

/** IMS Enterprise 1.1: relation 1 is the parent. Some senders relate the top to itself. */
const PARENT = /^\s*(?:1|parent)\s*$/i;

function parentOf(element: XmlElement): string | undefined {
  const relationships = children(element, 'relationship');
  const parent = relationships.find(({ attributes }) => PARENT.test(attributes['relation'] ?? ''));
  const id = parent === undefined ? '' : idOf(parent);
  return id === idOf(element) ? undefined : id;
}
