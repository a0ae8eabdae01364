import { child, children, childText, type JsonObject, type XmlElement } from '../../core/plugin.ts';
import {
  deletionOf,
  faultOf,
  idOf,
  RECSTATUS_RULE,
  type ReadElement,
  type StreamFault,
  type StreamRecord,
  timeframeOf,
  withoutAbsent,
} from './ims-element.ts';

/** What a membership must be read with. */
export interface MembershipContext {
  readonly file: string;
  readonly mode: 'full' | 'delta';
  /** The units that this batch has named before, and who governs each: `''` where it is not said. */
  readonly units: ReadonlyMap<string, string>;
}

/** One role of one member. */
interface Role {
  readonly member: XmlElement;
  readonly role: XmlElement;
  readonly person: string;
  readonly placement: XmlElement | undefined;
}

/**
 * A `<membership>`: of a unit, one record for each role of each member; of any other group, one
 * record for the group as a whole.
 */
export function readMembership(element: XmlElement, context: MembershipContext): ReadElement {
  const id = idOf(element);
  if (id === '') {
    const streams = ['enrolment', 'placement', 'group-membership'];
    const place = { element, file: context.file };
    const faults = streams.map((one) => faultOf(one, place, 'sourcedid', 'is missing'));
    return { records: [], faults };
  }
  const roles = children(element, 'member').flatMap(rolesOf);
  // A delta need not name the unit itself; only members of units have placements.
  const isUnit = context.units.has(id) || roles.some(({ placement }) => placement !== undefined);
  return isUnit ? readUnit(id, roles, context) : readMembers(element, id, roles, context);
}

function rolesOf(member: XmlElement): readonly Role[] {
  const person = idOf(member);
  const roles = children(member, 'role');
  return (roles.length === 0 ? [member] : roles).map((role) => {
    const placement = child(child(role, 'extension') ?? role, 'placement');
    return { member, role, person, placement };
  });
}

function readUnit(
  unit: string,
  roles: readonly Role[],
  { file, units }: MembershipContext,
): ReadElement {
  const governedBy = units.get(unit) ?? '';
  const records: StreamRecord[] = [];
  const faults: StreamFault[] = [];
  for (const role of roles) {
    const type = role.role.attributes['roletype'];
    if (type === 'Student')
      takeUnitRole('enrolment', enrolment(unit, governedBy, role), role, file);
    else if (type === 'Child') takeUnitRole('placement', placement(unit, role), role, file);
    else faults.push(...unknownRole(role, file));
  }
  return { records, faults };

  function takeUnitRole(stream: UnitStream, value: JsonObject, role: Role, at: string): void {
    const fault = faultInUnit(stream, value, role, at);
    if (fault !== null) faults.push(fault);
    else records.push({ stream, isDeletion: isGone(role.role), value, line: role.member.line });
  }
}

type UnitStream = 'enrolment' | 'placement';

/** What an enrolment is unless the batch says otherwise; see FORMAT.md. */
const OURS = 'Municipal';

function enrolment(
  unit: string,
  governedBy: string,
  { role, person, placement }: Role,
): JsonObject {
  const { schooltype, schoolyear, programcode, cancelled, governedby } =
    placement?.attributes ?? {};
  const governor = governedby ?? governedBy;
  return withoutAbsent({
    unit,
    person,
    schoolType: schooltype,
    schoolYear: schoolyear,
    programme: programcode,
    cancelled: cancelled === 'true' ? true : undefined,
    governedBy: governor === OURS ? undefined : governor,
    ...timeframeOf(role),
  });
}

function placement(unit: string, { role, person, placement }: Role): JsonObject {
  const { id, schooltype, reason, hours } = placement?.attributes ?? {};
  const owners = placement === undefined ? [] : children(placement, 'owner');
  return withoutAbsent({
    id,
    unit,
    person,
    schoolType: schooltype,
    owners: owners.map(({ text }) => text.trim()),
    department: placement === undefined ? undefined : childText(placement, 'department'),
    reason,
    hours,
    ...timeframeOf(role),
  });
}

/** A role that cannot be told from others, or cannot be found again, must not be guessed at. */
function faultInUnit(
  stream: UnitStream,
  value: JsonObject,
  { member, role }: Role,
  file: string,
): StreamFault | null {
  const externalId = String(value[stream === 'enrolment' ? 'person' : 'id'] ?? '');
  const fault = (field: string, rule: string): StreamFault =>
    faultOf(stream, { element: member, file }, field, rule, externalId);
  if (value['person'] === undefined) return fault('sourcedid', 'is missing');
  if (deletionOf(role) === null) return fault('recstatus', RECSTATUS_RULE);
  if (stream === 'placement' && externalId === '') return fault('placement', 'has no id');
  const isNamed = value['schoolType'] !== undefined && value['begin'] !== undefined;
  if (stream === 'placement' || isNamed || !isGone(role)) return null;
  return fault('placement', 'must name the enrolment that is gone: school type and first day');
}

function unknownRole({ member, person, placement }: Role, file: string): readonly StreamFault[] {
  const place = { element: member, file };
  const rule = 'is neither Student nor Child, the roles that a unit has';
  return [
    faultOf('enrolment', place, 'roletype', rule, person),
    faultOf('placement', place, 'roletype', rule, placement?.attributes['id']),
  ];
}

/** A group with one bad member is bad as a whole: its last good members then stay. */
function readMembers(
  element: XmlElement,
  group: string,
  roles: readonly Role[],
  { file, mode }: MembershipContext,
): ReadElement {
  const stream = 'group-membership';
  const complete = childText(element, 'complete') ?? String(mode === 'full');
  if (complete !== 'true' && complete !== 'false') {
    const place = { element, file };
    return {
      records: [],
      faults: [faultOf(stream, place, 'complete', 'is neither true nor false', group)],
    };
  }
  for (const role of roles) {
    const wrong = wrongInMember(role);
    if (wrong === null) continue;
    const place = { element: role.member, file };
    return { records: [], faults: [faultOf(stream, place, wrong.field, wrong.rule, group)] };
  }
  const members = roles.map(({ role, person }) =>
    withoutAbsent({ person, removed: isGone(role), ...timeframeOf(role) }),
  );
  const value = { group, complete: complete === 'true', members };
  return { records: [{ stream, isDeletion: false, value, line: element.line }], faults: [] };
}

function wrongInMember({ member, role, person }: Role): { field: string; rule: string } | null {
  if (person === '') return { field: 'sourcedid', rule: 'is missing' };
  if (deletionOf(role) === null) return { field: 'recstatus', rule: RECSTATUS_RULE };
  // IMS Enterprise 1.1: 1 is a person, 2 a group.
  const isPerson = (childText(member, 'idtype') ?? '1') === '1';
  return isPerson ? null : { field: 'idtype', rule: 'is not 1 (a person)' };
}

/** IMS Enterprise 1.1: status 0 is a role that is not active. */
function isGone(role: XmlElement): boolean {
  return deletionOf(role) === true || childText(role, 'status') === '0';
}
