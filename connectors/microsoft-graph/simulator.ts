import { type Simulator, startSimulator } from 'skolnav/testing';
import { isObject, type Json, type JsonObject } from '../../core/plugin.ts';
import {
  answerPart,
  refusal,
  type TenantAnswer,
  type TenantRequest,
  type TenantState,
} from './simulator-answers.ts';
import { Directory, type Group } from './simulator-directory.ts';

/** How slow and how strict the tenant is. */
export interface TenantOptions {
  /** Whose accounts there are; default: everybody's. */
  readonly hasAccount?: (name: string) => boolean;
  /** Whose accounts are not ours to change; default: nobody's. */
  readonly isAdministrator?: (name: string) => boolean;
  /** Changes that it takes in 150 seconds, and then 429. Default 3000, as the directory does. */
  readonly writes?: number;
  /** How long it then says that one is to wait, in seconds or parts of one. Default 0.05. */
  readonly retryAfter?: number;
  /** Who was taken from the owners is said to be a member yet, once. Default false. */
  readonly lingers?: boolean;
  /** Requests about a new class that Teams answers with 404. Default 0. */
  readonly unseenByTeams?: number;
  /** Looks at an operation of Teams before it has ended. Default 1. */
  readonly looks?: number;
}

/** A tenant of Microsoft Graph, as far as we use it. */
interface Tenant {
  readonly directory: Directory;
  /** Answers a request to the service, or to a part of a batch. */
  answer(request: TenantRequest): TenantAnswer;
  /** What it holds of a kind. */
  held(kind: string): readonly JsonObject[];
  /** Requests that have come, and the most parts that one had. */
  readonly counts: { requests: number; parts: number; most: number; refused: number };
}

const MOST_PARTS = 20;
const WINDOW_MS = 150_000;

/** A tenant that is served, with the faults of real vendors at its front door. */
export type Graph = Tenant & Simulator & { readonly url: string };

/** Starts one on a free loopback port. */
export async function startGraph(options: TenantOptions = {}): Promise<Graph> {
  const tenant = openTenant(options);
  const simulator = await startSimulator((request) => tenant.answer(request));
  return { ...tenant, ...simulator, url: `${simulator.origin}/v1.0` };
}

/** A tenant with nothing but accounts; whoever serves it lets in who may. */
function openTenant(options: TenantOptions = {}): Tenant {
  const { hasAccount = () => true, isAdministrator = () => false } = options;
  const { unseenByTeams = 0, looks = 1 } = options;
  const directory = new Directory(hasAccount, unseenByTeams);
  directory.lingers = options.lingers ?? false;
  const state: TenantState = { directory, isAdministrator, looks, operations: new Map() };
  const counts = { requests: 0, parts: 0, most: 0, refused: 0 };
  const quota = new Quota(options.writes ?? 3000);
  const busy = { 'Retry-After': String(options.retryAfter ?? 0.05) };

  function part({ method, url, body }: TenantRequest): TenantAnswer {
    if (method === 'GET' || quota.take()) return answerPart(state, { method, url, body });
    counts.refused += 1;
    return { ...refusal(429, 'TooManyRequests', 'Too many requests'), headers: busy };
  }

  function answer(request: TenantRequest): TenantAnswer {
    counts.requests += 1;
    if (!request.url.pathname.endsWith('/$batch')) return part(request);
    const asked = isObject(request.body) ? request.body['requests'] : null;
    const parts = Array.isArray(asked) ? asked.filter(isObject) : [];
    counts.parts += parts.length;
    counts.most = Math.max(counts.most, parts.length);
    if (parts.length > MOST_PARTS) return refusal(400, 'BadRequest', 'too many in a batch');
    const responses = parts.map((one) => responseTo(one, request.url, part));
    // In any order, as Graph answers.
    return { status: 200, body: { responses: responses.reverse() } };
  }

  return { directory, counts, answer, held: (kind) => heldOf(directory, kind) };
}

function responseTo(
  one: JsonObject,
  at: URL,
  part: (request: TenantRequest) => TenantAnswer,
): JsonObject {
  const url = new URL(`/v1.0${one['url']}`, at);
  const { status, body, headers } = part({
    ...{ method: String(one['method']), url, body: one['body'] ?? null },
  });
  const shown = body === undefined ? {} : { body };
  return { id: one['id'] ?? null, status, headers: { ...headers }, ...shown };
}

/** Changes in a window of time. */
class Quota {
  readonly #most: number;
  #left: number;
  #since = Date.now();

  constructor(most: number) {
    this.#most = most;
    this.#left = most;
  }

  take(): boolean {
    const refilled = ((Date.now() - this.#since) / WINDOW_MS) * this.#most;
    this.#since = Date.now();
    this.#left = Math.min(this.#most, this.#left + refilled);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

function heldOf(directory: Directory, kind: string): readonly JsonObject[] {
  const groups = [...directory.list(true), ...directory.list(false)];
  switch (kind) {
    case 'user':
      return [...directory.accounts.values()].flatMap(({ userPrincipalName, mark }) =>
        (mark['primaryRole'] ?? 'none') === 'none' ? [] : [{ userPrincipalName, ...mark }],
      );
    case 'class':
    case 'audience':
      return directory.list(kind === 'class').map(({ id, fields }) => ({ ...fields, id }));
    case 'team':
      return groups.flatMap(({ id, team }) => (team === 'none' ? [] : [{ id, team }]));
    default:
      return groups.filter((one) => one.isClass === (kind === 'membership')).flatMap(membersOf);
  }
}

function membersOf({ id, members, owners }: Group): readonly JsonObject[] {
  return [...members].map((user): Record<string, Json> => {
    return { group: id, user, role: owners.has(user) ? 'teacher' : 'student' };
  });
}
