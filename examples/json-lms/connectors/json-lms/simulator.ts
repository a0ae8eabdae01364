import type { JsonObject } from 'skolnav/plugin';
import {
  type SimulatedAnswer,
  type SimulatedRequest,
  type Simulator,
  startSimulator,
} from 'skolnav/testing';

/** The system, as far as we use it. Write down what is assumed where nothing is published. */
export interface JsonLms extends Simulator {
  readonly url: string;
  /** What it holds of a kind. */
  held(kind: string): readonly JsonObject[];
}

/** What it refuses to do without; and the values that it takes of a field. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  organisations: ['externalId', 'name'],
  courses: ['externalId', 'title', 'organisation'],
  persons: ['externalId', 'givenName', 'familyName', 'role'],
  memberships: ['externalId', 'course', 'person', 'role'],
};
const ROLES: ReadonlySet<unknown> = new Set(['student', 'teacher', undefined]);
const PAGE_SIZE = 20;

/** Starts it on a free loopback port. */
export async function startJsonLms(): Promise<JsonLms> {
  const store = new Store();
  const simulator = await startSimulator((request) => store.answer(request));
  const held = (kind: string) => [...store.of(`${kind}s`).values()];
  return { ...simulator, url: `${simulator.origin}/api`, held };
}

/** Gives ids of its own, and trusts that whoever refers to one of them means it. */
class Store {
  readonly #kinds = new Map<string, Map<string, JsonObject>>();
  #ids = 0;

  of(kind: string): Map<string, JsonObject> {
    const objects = this.#kinds.get(kind) ?? new Map<string, JsonObject>();
    this.#kinds.set(kind, objects);
    return objects;
  }

  answer({ method, url, body }: SimulatedRequest): SimulatedAnswer {
    const [, , kind = '', id = ''] = url.pathname.split('/');
    const needed = NEEDED[kind];
    if (needed === undefined) return { status: 404 };
    const objects = this.of(kind);
    if (method === 'GET') return pageOf([...objects.values()], url);
    if (method !== 'POST' && !objects.has(id)) return { status: 404, body: { title: 'Not found' } };
    if (method === 'DELETE') {
      objects.delete(id);
      return { status: 204 };
    }
    const object: JsonObject = Object(body);
    const isWhole = needed.every((name) => typeof object[name] === 'string');
    if (!isWhole || !ROLES.has(object['role'])) {
      return {
        status: 422,
        body: { title: 'Invalid', detail: `not valid: ${Object.values(object)}` },
      };
    }
    const own = method === 'POST' ? `${kind[0]}${++this.#ids}` : id;
    const kept = { ...object, id: own };
    objects.set(own, kept);
    return { status: method === 'POST' ? 201 : 200, body: kept };
  }
}

/** Those with the key that is asked for, or all of them, page by page. */
function pageOf(objects: readonly JsonObject[], url: URL): SimulatedAnswer {
  const key = url.searchParams.get('externalId');
  const meant = objects.filter((one) => key === null || one['externalId'] === key);
  const from = Number(url.searchParams.get('from') ?? 0);
  const next = new URL(url);
  next.searchParams.set('from', String(from + PAGE_SIZE));
  const isLast = from + PAGE_SIZE >= meant.length;
  const headers = isLast ? {} : { link: `<${next}>; rel="next"` };
  const items = meant.slice(from, from + PAGE_SIZE);
  return { status: 200, headers, body: { items, total: meant.length } };
}
