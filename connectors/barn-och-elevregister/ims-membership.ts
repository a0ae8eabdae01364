import { child, children, childText, type JsonObject, type XmlElement } from '../../core/plugin.ts';
import {
  deletionOf,
  faultOf,
  idOf,
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
  /** Ids of the units that this batch has named before. */
  readonly units: ReadonlySet<string>;
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
  return isUnit ? readUnit(id, roles, context.file) : readMembers(element, id, roles, context);
}

function rolesOf(member: XmlElement): readonly Role[] {
  const person = idOf(member);
  const roles = children(member, 'role');
  return (roles.length === 0 ? [member] : roles).map((role) => {
    const placement = child(child(role, 'extension') ?? role, 'placement');
    return { member, role, person, placement };
  });
}

function readUnit(unit: string, roles: readonly Role[], file: string): ReadElement {
  const records: StreamRecord[] = [];
  const faults: StreamFault[] = [];
  for (const role of roles) {
    const read = readUnitRole(unit, role, file);
    if ('value' in read) records.push(read);
    else faults.push(...(Array.isArray(read) ? read : []));
  }
  return { records, faults };
}

/** In a unit, role Student is an enrolment, role Child a placement. */
function readUnitRole(
  unit: string,
  { member, role, person, placement }: Role,
  file: string,
): StreamRecord | readonly StreamFault[] {
  const place = { element: member, file };
  const type = role.attributes['roletype'];
  const isDeletion = isGone(role);
  const { line } = member;
  if (type !== 'Student' && type !== 'Child') {
    const rule = 'is neither Student nor Child, which are the roles in a unit';
    return [
      faultOf('enrolment', place, 'roletype', rule, person),
      faultOf('placement', place, 'roletype', rule, placement?.attributes['id']),
    ];
  }
  const stream = type === 'Student' ? 'enrolment' : 'placement';
  const value = { unit, person, ...timeframeOf(role), ...(type === 'Student' ? enrolmentOf(placement) : placementOf(placement)) };
  const fault = faultInUnit(stream, value, isDeletion);
  if (fault !== null) return [faultOf(stream, place, fault.field, fault.rule, fault.externalId)];
  return { stream, isDeletion: isDeletion === true, value: withoutAbsent(value), line };
}
