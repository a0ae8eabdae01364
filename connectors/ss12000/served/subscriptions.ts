import { randomUUID } from 'node:crypto';
import {
  type ApiAnswer,
  type ApiRequest,
  EVER,
  isObject,
  type Json,
  type JsonObject,
  objectsIn,
  type ServedContext,
} from '../../../core/plugin.ts';
import { ALL_ENDPOINTS, ENDPOINTS } from './endpoints.ts';
import { LISTS } from './entities.ts';
import { BadRequest } from './list-query.ts';

const LIFE_MS = 90 * 86_400_000;
const MOST = 20;
const LONGEST = 1000;
/** A call-back is tried so often, a minute apart and then longer; the next change is told anew. */
const ATTEMPTS = 4;
const PAUSE_MS = 60_000;
const TIMEOUT_MS = 10_000;

/** A client's wish to be told that there is something new. Times are epoch milliseconds. */
interface Subscription {
  readonly id: string;
  readonly name: string;
  readonly target: string;
  readonly resources: readonly string[];
  readonly expires: number;
  /** What has changed until then has been told, or given up. */
  readonly toldUntil: number;
  readonly failures: number;
  readonly notBefore: number;
}

type World = Pick<ServedContext, 'objects' | 'kept' | 'now' | 'fetch' | 'log'>;

/** The subscriptions of a client, who is told that there is something new, and nothing of it. */
export class Subscriptions {
  readonly #world: World;
  readonly #hosts: readonly string[];

  /** `hosts` are those that call-backs may go to. */
  constructor(world: World, hosts: readonly string[]) {
    this.#world = world;
    this.#hosts = hosts;
  }

  /** Answers the paths below `/subscriptions`. Throws BadRequest. */
  answer({ method, path, body }: Pick<ApiRequest, 'method' | 'path' | 'body'>): Promise<ApiAnswer> {
    const [, id, ...more] = path;
    if (more.length > 0) return Promise.resolve({ status: 404 });
    return id === undefined ? this.#all(method, body) : this.#one(method, id);
  }

  /** Tells each subscriber of what is settled since it was told last. */
  async tell(signal: AbortSignal): Promise<void> {
    const now = this.#world.now();
    for (const one of await this.#read()) {
      signal.throwIfAborted();
      if (one.expires <= now || one.notBefore > now) continue;
      const news = await this.#newsFor(one);
      if (news === null) continue;
      const isTold = await this.#call(one, news.body, signal);
      const isOver = isTold || one.failures + 1 >= ATTEMPTS;
      const after = isOver
        ? { toldUntil: news.until, failures: 0, notBefore: 0 }
        : { failures: one.failures + 1, notBefore: now + PAUSE_MS * 2 ** one.failures };
      await this.#change((all) =>
        all.map((each) => (each.id === one.id ? { ...each, ...after } : each)),
      );
    }
  }

  async #all(method: string, body: Json): Promise<ApiAnswer> {
    if (method === 'GET') {
      const data = (await this.#read()).map(shown);
      return { status: 200, body: { data, pageToken: null } };
    }
    if (method !== 'POST') return { status: 405, headers: { allow: 'GET, POST' } };
    const wish = this.#wishIn(body);
    const now = this.#world.now();
    const own = { id: randomUUID(), expires: now + LIFE_MS, toldUntil: now };
    const one = { ...own, ...wish, failures: 0, notBefore: 0 };
    await this.#change((all) => {
      if (all.length >= MOST) throw new BadRequest(`no more than ${MOST} subscriptions`);
      return [...all, one];
    });
    return { status: 201, body: shown(one) };
  }

  async #one(method: string, id: string): Promise<ApiAnswer> {
    const found = (await this.#read()).find((one) => one.id === id);
    if (found === undefined) return { status: 404 };
    if (method === 'GET') return { status: 200, body: shown(found) };
    if (method === 'DELETE') {
      await this.#change((all) => all.filter((one) => one.id !== id));
      return { status: 204 };
    }
    if (method !== 'PATCH') return { status: 405, headers: { allow: 'GET, PATCH, DELETE' } };
    const expires = this.#world.now() + LIFE_MS;
    await this.#change((all) => all.map((one) => (one.id === id ? { ...one, expires } : one)));
    return { status: 200, body: shown({ ...found, expires }) };
  }

  #wishIn(body: Json): Pick<Subscription, 'name' | 'target' | 'resources'> {
    const { name, target, resourceTypes } = isObject(body) ? body : {};
    if (typeof name !== 'string' || name === '' || name.length > LONGEST) {
      throw new BadRequest('name is a text');
    }
    if (typeof target !== 'string' || !this.#isAllowed(target)) {
      throw new BadRequest('target is no https address that call-backs may go to');
    }
    // The standard's example has plain texts where its schema has objects.
    const list = Array.isArray(resourceTypes) ? resourceTypes : [];
    const resources = list.map((one) => String(isObject(one) ? one['resource'] : one));
    if (resources.length === 0 || !resources.every((one) => ALL_ENDPOINTS.includes(one))) {
      throw new BadRequest('resourceTypes is a list of { resource }');
    }
    return { name, target, resources: [...new Set(resources)] };
  }

  /** Only where the city lets call-backs go: whoever subscribes could make us ask anything else. */
  #isAllowed(target: string): boolean {
    const url = target.length <= LONGEST && URL.canParse(target) ? new URL(target) : null;
    if (url === null || url.username !== '' || url.password !== '') return false;
    const isLocal = url.hostname === '127.0.0.1' && url.protocol === 'http:';
    return (url.protocol === 'https:' || isLocal) && this.#hosts.includes(url.host);
  }

  /** What is new, by the names of the standard, and until when; null for nothing. */
  async #newsFor({
    resources,
    toldUntil,
  }: Subscription): Promise<{ readonly body: JsonObject; readonly until: number } | null> {
    const modified: string[] = [];
    const seen: number[] = [];
    let hasDeleted = false;
    for (const list of LISTS) {
      if (!resources.includes(ENDPOINTS[list])) continue;
      const [there, gone] = [
        await this.#firstIn(list, toldUntil, false),
        await this.#firstIn(list, toldUntil, true),
      ];
      if (there !== null) modified.push(ENDPOINTS[list]);
      if (gone !== null) hasDeleted = true;
      seen.push(...[there, gone].filter((one) => one !== null));
    }
    if (seen.length === 0) return null;
    // The standard's own spelling.
    const body = { modifiedEntites: modified, deletedEntities: hasDeleted };
    return { body, until: Math.max(...seen) };
  }

  /** When the first change after a time was settled; all of one run are settled at the same. */
  async #firstIn(list: string, after: number, gone: boolean): Promise<number | null> {
    const changed = { after, before: null };
    const [row] = await this.#world.objects.page(list, {
      ...{ order: 'change', after: null, limit: 1, gone, changed, created: EVER },
    });
    return row?.changedAt ?? null;
  }

  async #call(one: Subscription, body: JsonObject, signal: AbortSignal): Promise<boolean> {
    const { fetch, log } = this.#world;
    // The city may have taken a host away since.
    if (!this.#isAllowed(one.target)) return true;
    try {
      const answer = await fetch(one.target, {
        ...{ method: 'POST', body: JSON.stringify(body), redirect: 'manual' },
        headers: { 'content-type': 'application/json' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.body?.cancel();
      if (answer.ok) return true;
      log.warn({ subscription: one.id, status: answer.status }, 'a call-back was refused');
    } catch {
      signal.throwIfAborted();
      log.warn({ subscription: one.id }, 'a call-back did not get through');
    }
    return false;
  }

  async #read(): Promise<readonly Subscription[]> {
    return this.#presentIn(await this.#world.kept.read());
  }

  #presentIn(kept: Json): readonly Subscription[] {
    const now = this.#world.now();
    // SAFETY: only `#change` keeps something here.
    const all = objectsIn(memberOf(kept)) as unknown as readonly Subscription[];
    return all.filter(({ expires }) => expires > now);
  }

  /** What others change at the same time, in another process too, is not lost. */
  #change(make: (all: readonly Subscription[]) => readonly Subscription[]): Promise<void> {
    return this.#world.kept.change((kept) => {
      const all = make(this.#presentIn(kept));
      const plain = all.map((one): JsonObject => ({ ...one, resources: [...one.resources] }));
      return { subscriptions: plain };
    });
  }
}

function memberOf(kept: Json): Json {
  return isObject(kept) ? (kept['subscriptions'] ?? null) : null;
}

function shown({ id, name, target, resources, expires }: Subscription): JsonObject {
  const resourceTypes = resources.map((resource) => ({ resource }));
  return { id, expires: new Date(expires).toISOString(), name, target, resourceTypes };
}
