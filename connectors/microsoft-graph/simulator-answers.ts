import { randomUUID } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../../core/plugin.ts';
import type { Account, Directory, Group } from './simulator-directory.ts';

/** A request by whom the tenant lets in. */
export interface TenantRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: Json;
}

export interface TenantAnswer {
  readonly status: number;
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The tenant, and what Teams has begun: how many looks until it has ended. */
export interface TenantState {
  readonly directory: Directory;
  readonly isAdministrator: (name: string) => boolean;
  readonly looks: number;
  readonly operations: Map<string, number>;
}

const PAGE_SIZE = 20;
const DONE: TenantAnswer = { status: 204 };
/** What a class cannot be without; a security group says what it is, too. */
const NEEDED = ['displayName', 'mailNickname'];
const TEXTS = ['displayName', 'mailNickname', 'externalId', 'classCode', 'description'];

export function refusal(status: number, code: string, message: string): TenantAnswer {
  return { status, body: { error: { code, message, innerError: { date: '2026-09-01' } } } };
}

const notFound = () => refusal(404, 'Request_ResourceNotFound', 'Resource does not exist.');

/** The answer to one request, by itself or out of a batch. */
export function answerPart(state: TenantState, request: TenantRequest): TenantAnswer {
  const steps = request.url.pathname.split('/').slice(2).map(decodeURIComponent);
  const { directory } = state;
  if (steps[0] === 'education' && steps[1] === 'users') return users(state, steps[2], request);
  if (steps[0] === 'education') return groups(directory, true, steps.slice(2), request);
  if (steps[0] === 'groups') return groups(directory, false, steps.slice(1), request);
  if (steps[0] === 'users') return memberOf(directory, steps[1] ?? '', request);
  if (steps[0] === 'directory') return deletedItems(directory, steps[2] ?? '', request);
  return teams(state, steps, request);
}

function users(
  { directory, isAdministrator }: TenantState,
  name: string | undefined,
  { method, url, body }: TenantRequest,
): TenantAnswer {
  if (name === undefined) return page([...directory.accounts.values()].map(shownAccount), url);
  const account = directory.account(name);
  if (account === null) return notFound();
  if (method === 'GET') return { status: 200, body: shownAccount(account) };
  if (isAdministrator(account.userPrincipalName))
    return refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges.');
  const mark = isObject(body) ? body : {};
  if (!['student', 'teacher', 'none'].includes(String(mark['primaryRole']))) {
    return refusal(400, 'Request_BadRequest', `Invalid value '${mark['primaryRole']}'.`);
  }
  directory.keep({ ...account, mark: { ...account.mark, ...mark } });
  return DONE;
}

function shownAccount({ id, userPrincipalName, mark }: Account): JsonObject {
  return { id, userPrincipalName, ...mark };
}

function groups(
  directory: Directory,
  isClass: boolean,
  [id, list, user]: readonly string[],
  request: TenantRequest,
): TenantAnswer {
  const { method, url } = request;
  if (id === undefined) {
    if (method === 'POST') return makeGroup(directory, isClass, request.body);
    return page(directory.list(isClass).map(shownGroup), url);
  }
  const group = directory.group(id);
  if (group === null) return notFound();
  if (list !== undefined) return members(directory, group, [list, user], request);
  if (method === 'DELETE') directory.remove(group);
  if (method === 'PATCH') return changeGroup(group, request.body);
  return method === 'GET' ? { status: 200, body: shownGroup(group) } : DONE;
}

function makeGroup(directory: Directory, isClass: boolean, body: Json): TenantAnswer {
  const fields = isObject(body) ? body : {};
  if (!NEEDED.every((name) => typeof fields[name] === 'string') || !isValid(fields)) {
    return refusal(400, 'Request_BadRequest', `Invalid: ${Object.values(fields).join(', ')}`);
  }
  if (directory.isTaken(fields['mailNickname'] ?? null)) {
    return refusal(409, 'Request_MultipleObjectsWithSameKeyValue', 'mailNickname is taken');
  }
  return { status: 201, body: shownGroup(directory.make(isClass, fields)) };
}

function changeGroup(group: Group, body: Json): TenantAnswer {
  const fields = isObject(body) ? body : {};
  if (!isValid(fields)) return refusal(400, 'Request_BadRequest', 'Invalid');
  group.fields = { ...group.fields, ...fields };
  return DONE;
}

function isValid(fields: JsonObject): boolean {
  const texts = TEXTS.map((name) => fields[name]).filter((value) => value !== undefined);
  return texts.every((text) => typeof text === 'string' && text !== '');
}

function shownGroup({ id, fields }: Group): JsonObject {
  return { id, ...fields };
}

function members(
  directory: Directory,
  group: Group,
  [list, user]: readonly (string | undefined)[],
  { method, url, body }: TenantRequest,
): TenantAnswer {
  const isOwners = list === 'teachers';
  const held = isOwners ? group.owners : group.members;
  if (method === 'GET')
    return page(
      [...held].map((id) => ({ id })),
      url,
    );
  if (method === 'POST') return addMember(directory, group, isOwners, body);
  if (user === undefined || !held.has(user)) return notFound();
  if (isOwners && group.team !== 'none' && group.owners.size === 1) {
    return refusal(400, 'Request_BadRequest', 'The group must have at least one owner.');
  }
  if (isOwners && directory.lingers) group.leaving.add(user);
  // Whoever is taken from the owners, or from the members, is in neither.
  group.owners.delete(user);
  group.members.delete(user);
  return DONE;
}

function addMember(directory: Directory, group: Group, isOwner: boolean, body: Json): TenantAnswer {
  const named = isObject(body) ? String(body['@odata.id']) : '';
  const account = directory.account(named.slice(named.lastIndexOf('/') + 1));
  if (account === null) return notFound();
  const held = isOwner ? group.owners : group.members;
  if (held.has(account.id) || group.leaving.delete(account.id)) {
    const text = 'One or more added object references already exist for: members.';
    return refusal(400, 'Request_BadRequest', text);
  }
  held.add(account.id);
  group.members.add(account.id);
  return DONE;
}

function memberOf(directory: Directory, user: string, { url }: TenantRequest): TenantAnswer {
  const all = [...directory.list(true), ...directory.list(false)];
  return page(
    all.filter(({ members: held }) => held.has(user)).map(({ id }) => ({ id })),
    url,
  );
}

function deletedItems(
  directory: Directory,
  id: string,
  { method, url }: TenantRequest,
): TenantAnswer {
  if (method === 'GET') return page(directory.list(true, true).map(shownGroup), url);
  const group = directory.groups.get(id);
  if (group === undefined || !group.isDeleted) return notFound();
  group.isDeleted = false;
  return { status: 200, body: shownGroup(group) };
}

function teams(
  { directory, looks, operations }: TenantState,
  steps: readonly string[],
  { method, body }: TenantRequest,
): TenantAnswer {
  const operation = /operations\('([^']+)'\)/.exec(steps.join('/'))?.[1];
  if (operation !== undefined) return lookAt(operations, operation);
  const bound = isObject(body) ? String(body['group@odata.bind'] ?? '') : '';
  const group = directory.group(steps[1] ?? /groups\('([^']+)'\)/.exec(bound)?.[1] ?? '');
  if (group === null || group.unseenByTeams-- > 0) return notFound();
  const isNew = steps.length === 1;
  if (!isNew && group.team === 'none') return notFound();
  if (method === 'GET') return { status: 200, body: shownTeam(group) };
  if (isNew && group.team !== 'none') return refusal(409, 'Conflict', 'There is a team.');
  if (group.owners.size === 0) return refusal(400, 'BadRequest', 'A team needs an owner.');
  group.team = steps[2] === 'archive' ? 'archived' : 'open';
  const begun = randomUUID();
  operations.set(begun, looks);
  return { status: 202, headers: { Location: `/teams('${group.id}')/operations('${begun}')` } };
}

function shownTeam({ id, team }: Group): JsonObject {
  return { id, isArchived: team === 'archived' };
}

function lookAt(operations: Map<string, number>, id: string): TenantAnswer {
  const left = operations.get(id);
  if (left === undefined) return notFound();
  operations.set(id, left - 1);
  return { status: 200, body: { id, status: left > 0 ? 'inProgress' : 'succeeded' } };
}

/** Those that the filter means, page by page. */
function page(objects: readonly JsonObject[], url: URL): TenantAnswer {
  const [, field = '', text = ''] =
    /^(\w+) eq '(.*)'$/.exec(url.searchParams.get('$filter') ?? '') ?? [];
  const wanted = text.replaceAll("''", "'");
  const meant = objects.filter((one) => field === '' || one[field] === wanted);
  const from = Number(url.searchParams.get('$skiptoken') ?? 0);
  const value = meant.slice(from, from + PAGE_SIZE);
  const counted = from === 0 && url.searchParams.get('$count') === 'true';
  const count = counted ? { '@odata.count': meant.length } : {};
  if (from + PAGE_SIZE >= meant.length) return { status: 200, body: { ...count, value } };
  const next = new URL(url);
  next.searchParams.set('$skiptoken', String(from + PAGE_SIZE));
  return { status: 200, body: { ...count, value, '@odata.nextLink': next.href } };
}
