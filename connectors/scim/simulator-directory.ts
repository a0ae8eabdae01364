import { randomUUID } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../../core/plugin.ts';

/** An answer before it is sent. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly etag?: string;
  /** Of what was made. */
  readonly location?: string;
}

export interface DirectoryOptions {
  readonly patch?: boolean;
  readonly filter?: boolean;
  readonly etag?: boolean;
  readonly pageSize?: number;
}

/** How services differ beyond what they say of themselves; may be changed at any time. */
export interface DirectoryManners {
  /** Ids of members are shown in capital letters. */
  capitals?: boolean;
  /** Members of groups are shown of one group, not in a list. */
  hidesMembers?: boolean;
}

export interface StoredResource {
  id: string;
  version: number;
  [attribute: string]: Json | undefined;
}

/** The resources of a simulated SCIM service, and how it takes requests. */
export class ScimDirectory {
  /** By endpoint: what no two may have; userName by the standard (RFC 7643, 4.1.1). */
  readonly unique: Record<string, string[]> = { Users: ['userName'] };
  readonly manners: DirectoryManners = {};
  /** By endpoint: `Users`, `Groups` ... */
  readonly resources = new Map<string, Map<string, StoredResource>>();
  readonly #options: Required<DirectoryOptions>;

  constructor(options: DirectoryOptions) {
    this.#options = { patch: true, filter: true, etag: true, pageSize: 20, ...options };
  }

  of(endpoint: string): Map<string, StoredResource> {
    const known = this.resources.get(endpoint) ?? new Map();
    this.resources.set(endpoint, known);
    return known;
  }

  /** Everything that it holds, as text. */
  dump(): string {
    return JSON.stringify([...this.resources].map(([name, all]) => [name, [...all.values()]]));
  }

  /** Takes up what `dump` gave. */
  restore(state: string): void {
    for (const [name, all] of JSON.parse(state)) {
      for (const resource of all) this.of(name).set(resource.id, resource);
    }
  }

  handle(method: string, url: URL, body: unknown, ifMatch: string | null): Answer {
    const [, , , endpoint = '', id] = url.pathname.split('/');
    if (endpoint === 'ServiceProviderConfig') return { status: 200, body: this.#config() };
    const resources = this.of(endpoint);
    if (id === undefined) {
      if (method === 'GET') return this.#list(resources, url.searchParams);
      return method === 'POST' ? this.#create(endpoint, resources, body) : notAllowed();
    }
    const resource = resources.get(decodeURIComponent(id));
    if (resource === undefined) return { status: 404, body: failure(404, 'Resource not found') };
    const isStale = this.#options.etag && ifMatch !== null && ifMatch !== etagOf(resource);
    if (isStale) return { status: 412, body: failure(412, 'Version mismatch') };
    return this.#change(method, endpoint, resource, body);
  }

  #change(method: string, endpoint: string, resource: StoredResource, body: unknown): Answer {
    const resources = this.of(endpoint);
    switch (method) {
      case 'GET':
        return this.#shown(200, resource);
      case 'PUT': {
        const conflict = this.#conflict(endpoint, attributesOf(body), resource.id);
        if (conflict !== null) return conflict;
        const { id, version } = resource;
        const put = { ...attributesOf(body), id, version: version + 1 };
        resources.set(id, put);
        return this.#shown(200, put);
      }
      case 'PATCH':
        return this.#patch(endpoint, resource, body);
      case 'DELETE':
        resources.delete(resource.id);
        return { status: 204, body: null };
      default:
        return notAllowed();
    }
  }

  #config() {
    const { patch, filter, etag } = this.#options;
    return {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: patch },
      filter: { supported: filter, maxResults: 200 },
      etag: { supported: etag },
      bulk: { supported: false },
    };
  }

  #create(endpoint: string, resources: Map<string, StoredResource>, body: unknown): Answer {
    const attributes = attributesOf(body);
    const conflict = this.#conflict(endpoint, attributes, null);
    if (conflict !== null) return conflict;
    const resource: StoredResource = { ...attributes, id: randomUUID(), version: 1 };
    resources.set(resource.id, resource);
    const location = `/scim/v2/${endpoint}/${resource.id}`;
    return { ...this.#shown(201, resource), location };
  }

  #conflict(endpoint: string, attributes: Record<string, Json>, own: string | null): Answer | null {
    if (endpoint === 'Users' && typeof attributes['userName'] !== 'string') {
      return { status: 400, body: failure(400, 'userName is required', 'invalidValue') };
    }
    const others = [...this.of(endpoint).values()].filter(({ id }) => id !== own);
    for (const name of this.unique[endpoint] ?? []) {
      const values = valuesOf(attributes[name]);
      if (!others.some((other) => !values.isDisjointFrom(valuesOf(other[name])))) continue;
      return { status: 409, body: failure(409, `${name} is taken`, 'uniqueness') };
    }
    return null;
  }

  #list(resources: Map<string, StoredResource>, query: URLSearchParams): Answer {
    const filter = /^(\w+) eq ("(?:[^"\\]|\\.)*")$/.exec(query.get('filter') ?? '');
    const all = [...resources.values()].filter((resource) => {
      if (filter === null || !this.#options.filter) return true;
      const [, name = '', value = '""'] = filter;
      return String(resource[name]).toLowerCase() === String(JSON.parse(value)).toLowerCase();
    });
    const startIndex = Math.max(1, Number(query.get('startIndex') ?? 1));
    const count = Math.min(this.#options.pageSize, Number(query.get('count') ?? 20));
    const page = all.slice(startIndex - 1, startIndex - 1 + count);
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: all.length,
      startIndex,
      itemsPerPage: page.length,
      ...(page.length === 0 ? {} : { Resources: page.map((one) => this.#listed(one)) }),
    };
    return { status: 200, body };
  }

  /** All operations or none (RFC 7644, 3.5.2); an operation without effect answers 204. */
  #patch(endpoint: string, resource: StoredResource, body: unknown): Answer {
    if (!this.#options.patch) return { status: 501, body: failure(501, 'PATCH is not supported') };
    const { Operations: operations } = attributesOf(body);
    if (!Array.isArray(operations)) {
      return { status: 400, body: failure(400, 'Operations is missing', 'invalidSyntax') };
    }
    const changed = structuredClone(resource);
    for (const operation of operations) {
      const { path } = attributesOf(operation);
      // The last part of a path is an attribute: of a URN alone there is none (RFC 7644, 3.5.2).
      if (typeof path === 'string' && isUrnOf(changed, path)) {
        return { status: 400, body: failure(400, 'The path is invalid', 'invalidPath') };
      }
      applyPatch(changed, attributesOf(operation));
    }
    const { id, version: _version, ...attributes } = changed;
    const conflict = this.#conflict(endpoint, attributesOf(attributes), id);
    if (conflict !== null) return conflict;
    changed.version += 1;
    Object.assign(resource, changed);
    for (const name of Object.keys(resource)) if (!(name in changed)) delete resource[name];
    return { status: 204, body: null, etag: etagOf(resource) };
  }

  #shown(status: number, resource: StoredResource): Answer {
    const body = this.#written(shown(resource));
    return this.#options.etag ? { status, body, etag: etagOf(resource) } : { status, body };
  }

  #listed(resource: StoredResource): Json {
    const { members: _hidden, ...others } = shown(resource);
    return this.#written(this.manners.hidesMembers === true ? others : shown(resource));
  }

  #written(body: JsonObject): Json {
    const { members } = body;
    if (this.manners.capitals !== true || !Array.isArray(members)) return body;
    const capital = (one: Json) => ({
      ...Object(one),
      value: String(Object(one).value).toUpperCase(),
    });
    return { ...body, members: members.map(capital) };
  }
}

function isUrnOf(resource: StoredResource, path: string): boolean {
  return path.startsWith('urn:') && (path in resource || !/:[A-Za-z]\w*:\w+$/.test(path));
}

function applyPatch(resource: StoredResource, operation: Record<string, Json>): void {
  const path = String(operation['path'] ?? '');
  const member = /^(\w+)\[value eq ("(?:[^"\\]|\\.)*")\]$/.exec(path);
  if (member !== null) {
    const [, name = '', value = '""'] = member;
    const list = resource[name];
    if (!Array.isArray(list)) return;
    const id: unknown = JSON.parse(value);
    resource[name] = list.filter((one: Json) => attributesOf(one)['value'] !== id);
    return;
  }
  const [holder, name] = holderOf(resource, path);
  if (operation['op'] === 'remove') {
    delete holder[name];
  } else if (operation['op'] === 'add' && Array.isArray(operation['value'])) {
    const list = holder[name];
    const before: readonly Json[] = Array.isArray(list) ? list : [];
    const held = new Set(before.map(memberOf));
    // A value that is there already is not added again (RFC 7644, 3.5.2.1).
    holder[name] = [...before, ...operation['value'].filter((one) => !held.has(memberOf(one)))];
  } else {
    holder[name] = operation['value'];
  }
}

/** What holds a path's attribute: the resource, one of its attributes, or an extension. */
function holderOf(
  resource: StoredResource,
  path: string,
): readonly [Record<string, Json | undefined>, string] {
  const at = path.startsWith('urn:') ? path.lastIndexOf(':') : path.indexOf('.');
  if (at < 0) return [resource, path];
  const [outer, name] = [path.slice(0, at), path.slice(at + 1)];
  const holder: Record<string, Json> = attributesOf(resource[outer]);
  resource[outer] = holder;
  return [holder, name];
}

function memberOf(value: Json): Json {
  return attributesOf(value)['value'] ?? JSON.stringify(value);
}

function attributesOf(body: unknown): Record<string, Json> {
  const isAny = typeof body === 'object' && body !== null && !Array.isArray(body);
  return isAny ? Object.fromEntries(Object.entries(body)) : {};
}

function shown({ version, ...resource }: StoredResource): JsonObject {
  return { ...resource, meta: { version: `W/"${version}"` } };
}

function etagOf({ version }: StoredResource): string {
  return `W/"${version}"`;
}

function notAllowed(): Answer {
  return { status: 405, body: failure(405, 'Method not allowed') };
}

/** An error as RFC 7644, 3.12 has it: the status is text. */
export function failure(status: number, detail: string, scimType?: string) {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
  const type = scimType === undefined ? {} : { scimType };
  return { schemas, status: String(status), detail, ...type };
}

/** The values of an attribute, without regard to case. */
function valuesOf(attribute: Json | undefined): ReadonlySet<string> {
  const all = Array.isArray(attribute) ? attribute : [attribute];
  const plain = all.map((one) => (isObject(one) ? one['value'] : one));
  return new Set(plain.filter((one) => typeof one === 'string').map((one) => one.toLowerCase()));
}
