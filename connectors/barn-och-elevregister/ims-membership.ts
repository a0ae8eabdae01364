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
  type StreamFault,
  type StreamRecord,
  textAt,
  timeframeOf,
  truthOf,
  withoutAbsent,
} from './ims-element.ts';
import type { GroupNature } from './ims-group.ts';
import { type MemberRole, roleNamed } from './ims-role.ts';

/** What a membership must be read with. */
export interface MembershipContext {
  readonly file: string;
  readonly mode: 'full' | 'delta';
  /** The groups that the file names; a delta need not name them. */
  readonly groups: ReadonlyMap<string, GroupNature>;
}

/** One role of one member. */
interface Role {
  readonly membership: XmlElement;
  readonly member: XmlElement;
  readonly role: XmlElement;
  readonly person: string;
  readonly kind: MemberRole | null;
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
    const faults = streams.map((one) => faultOf(one, place, 'sourcedid', IS_MISSING));
    return { records: [], faults };
  }
  const roles = children(element, 'member').flatMap((member) => rolesOf(element, member));
  // A delta need not name the unit itself; only members of units have placements.
  const isUnit =
    (context.groups.get(id)?.governedBy ?? null) !== null ||
    roles.some(({ placement }) => placement !== undefined);
  return isUnit ? readUnit(id, roles, context) : readMembers(element, id, roles, context);
}

function rolesOf(membership: XmlElement, member: XmlElement): readonly Role[] {
  const person = idOf(member);
  const roles = children(member, 'role');
  return (roles.length === 0 ? [member] : roles).map((role) => {
    const placement = child(child(role, 'extension') ?? role, 'placement');
    const kind = roleNamed(role.attributes['roletype']);
    return { membership, member, role, person, kind, placement };
  });
}

function readUnit(
  unit: string,
  roles: readonly Role[],
  { file, groups }: MembershipContext,
): ReadElement {
  const governedBy = groups.get(unit)?.governedBy ?? '';
  const records: StreamRecord[] = [];
  const faults: StreamFault[] = [];
  for (const role of roles) {
    if (role.kind === 'student')
      takeUnitRole('enrolment', enrolment(unit, governedBy, role), role, file);
    else if (role.kind === 'child') takeUnitRole('placement', placement(unit, role), role, file);
    else faults.push(...unknownRole(role, file));
  }
  return { records, faults };

  function takeUnitRole(stream: UnitStream, value: JsonObject, role: Role, at: string): void {
    const fault = faultInUnit(stream, value, role, at);
    if (fault !== null) faults.push(fault);
    else records.push({ stream, isDeletion: isGone(role), value, line: role.member.line });
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
    cancelled: (truthOf(cancelled) ?? false) === false ? undefined : true,
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
    owners: owners.map(({ text }) => onOneLine(text)),
    department: placement === undefined ? undefined : textAt(placement, 'department'),
    reason,
    hours,
    ...timeframeOf(role),
  });
}

/** A role that cannot be told from others, or cannot be found again, must not be guessed at. */
function faultInUnit(
  stream: UnitStream,
  value: JsonObject,
  role: Role,
  file: string,
): StreamFault | null {
  const externalId = String(value[stream === 'enrolment' ? 'person' : 'id'] ?? '');
  const fault = (field: string, rule: string | Saying): StreamFault =>
    faultOf(stream, { element: role.member, file }, field, rule, externalId);
  const wrong = wrongInState(role);
  if (value['person'] === undefined) return fault('sourcedid', IS_MISSING);
  if (wrong !== null) return fault(wrong.field, wrong.rule);
  if (stream === 'placement' && externalId === '') return fault('placement', saying('noId', {}));
  const isNamed = value['schoolType'] !== undefined && value['begin'] !== undefined;
  if (stream === 'placement' || isNamed || !isGone(role)) return null;
  return fault('placement', 'must name the enrolment that is gone: school type and first day');
}

function unknownRole({ member, person, placement }: Role, file: string): readonly StreamFault[] {
  const place = { element: member, file };
  const rule = saying('noneOf', { values: ['Student', 'Child'] });
  return [
    faultOf('enrolment', place, 'roletype', rule, person),
    faultOf('placement', place, 'roletype', rule, placement?.attributes['id']),
  ];
}

/** A group with one bad member is bad as a whole: its last good members then stay. */
function readMembers(
  element: XmlElement,
  group: string,
  all: readonly Role[],
  { file, mode, groups }: MembershipContext,
): ReadElement {
  const stream = 'group-membership';
  const complete = truthOf(textAt(element, 'complete')) ?? mode === 'full';
  if (truthOf(textAt(element, 'complete')) === null) {
    const place = { element, file };
    const rule = saying('noneOf', { values: ['true', 'false'] });
    return {
      records: [],
      faults: [faultOf(stream, place, 'complete', rule, group)],
    };
  }
  for (const role of all) {
    const wrong = wrongInMember(role);
    if (wrong === null) continue;
    const place = { element: role.member, file };
    return { records: [], faults: [faultOf(stream, place, wrong.field, wrong.rule, group)] };
  }
  const isOfAnybody = groups.get(group)?.isOfAnybody === true;
  // A class's teachers are told by the activities: here they would be its pupils.
  const roles = isOfAnybody ? all : all.filter(({ kind }) => kind !== 'other');
  const members = roles.map((role) =>
    withoutAbsent({ person: role.person, removed: isGone(role), ...timeframeOf(role.role) }),
  );
  const value = { group, complete, members: inOrder(members) };
  return { records: [{ stream, isDeletion: false, value, line: element.line }], faults: [] };
}

/** Each once, and in an order of their own: the same members in another order are no change. */
export function inOrder(members: readonly JsonObject[]): readonly JsonObject[] {
  const byText = new Map(lastWords(members).map((one) => [JSON.stringify(one), one]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, member]) => member);
}

/** Out and in again is in, in and out again is out: of one membership the last word counts. */
function lastWords(members: readonly JsonObject[]): readonly JsonObject[] {
  const byPerson = new Map<string, JsonObject[]>();
  for (const member of members) {
    const person = String(member['person']);
    const before = byPerson.get(person) ?? [];
    const stay = before.filter((one) => !isTakenBack(one, member));
    byPerson.set(person, [...stay, member]);
  }
  return [...byPerson.values()].flat();
}

/** Whether a word of the same person says the contrary of an earlier one, of the same first day. */
function isTakenBack(earlier: JsonObject, later: JsonObject): boolean {
  if (earlier['removed'] === later['removed']) return false;
  const removal = later['removed'] === true ? later : earlier;
  return removal['begin'] === undefined || earlier['begin'] === later['begin'];
}

interface Wrong {
  readonly field: string;
  readonly rule: Saying;
}

function wrongInMember(one: Role): Wrong | null {
  const { member, person, kind } = one;
  if (person === '') return { field: 'sourcedid', rule: IS_MISSING };
  if (kind === null) return { field: 'roletype', rule: saying('unknownWord', {}) };
  // IMS Enterprise 1.1: 1 is a person, 2 a group.
  const idtype = textAt(member, 'idtype') ?? '';
  const isPerson = idtype === '' || idtype === '1';
  return isPerson ? wrongInState(one) : { field: 'idtype', rule: saying('notOne', {}) };
}

/** Some senders say of the member, or of the membership, what belongs to the role. */
function statesOf({ membership, member, role }: Role): readonly XmlElement[] {
  return [...new Set([membership, member, role])];
}

function wrongInState(one: Role): Wrong | null {
  const isUnknown = statesOf(one).some((element) => deletionOf(element) === null);
  if (isUnknown) return { field: 'recstatus', rule: RECSTATUS_RULE };
  return isActive(one.role) === null
    ? { field: 'status', rule: saying('noneOf', { values: ['1', '0'] }) }
    : null;
}

function isGone(one: Role): boolean {
  return statesOf(one).some((element) => deletionOf(element) === true) || !isActive(one.role);
}

/** IMS Enterprise 1.1: status 0 is a role that is not active; null for what is neither. */
function isActive(role: XmlElement): boolean | null {
  const status = textAt(role, 'status')?.toLowerCase() ?? '';
  if (status === '' || status === '1' || status === 'active') return true;
  return status === '0' || status === 'inactive' ? false : null;
}
