import {
  type ApiAnswer,
  type ApiRequest,
  type JsonObject,
  type ServedApi,
  type ServedContext,
  type ServedRow,
  servedByKeys,
} from '../../../core/plugin.ts';
import { namedBy } from './collections.ts';
import { Refused } from './filter.ts';
import { fieldsIn, type ListRequest, readRequest } from './list-request.ts';
import { type Listing, pageOf, shapesOf } from './listing.ts';
import { fieldsOf, type Version } from './shapes.ts';

/** Objects of one kind, by the name under which a single one stands. */
const SINGULAR: Readonly<Record<string, string>> = {
  ...{ academicSessions: 'academicSession', orgs: 'org', courses: 'course', classes: 'class' },
  ...{ users: 'user', enrollments: 'enrollment' },
};
/** Objects that are made at once while an answer is written. */
const BATCH = 500;
const USUAL: ListRequest = {
  ...{ limit: 1, offset: 0, sort: null, isDescending: false, filter: null, fields: null },
};

/** A provider of OneRoster rostering, 1.1 and 1.2, over the ledger of one client's target. */
export class OneRosterApi implements ServedApi {
  readonly base = 'ims/oneroster';
  readonly #context: ServedContext;

  constructor(context: ServedContext) {
    this.#context = context;
  }

  async answer(request: ApiRequest): Promise<ApiAnswer> {
    try {
      if (request.method !== 'GET') throw new Refused(405, 'unsupported', 'only GET is answered');
      return await this.#answer(request);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { status, minor, message } = error;
      const headers = status === 405 ? { allow: 'GET' } : {};
      return { status, headers, body: refusalOf(minor, message) };
    }
  }

  refusal(status: number, message: string): JsonObject {
    return refusalOf(MINORS[status] ?? 'invaliddata', message);
  }

  async #answer({ path, query, url }: ApiRequest): Promise<ApiAnswer> {
    const { version, below, rest } = versionIn(path);
    const { objects, objectSchema } = this.#context;
    const { id, ...collection } = await namedBy(rest, version, objects);
    const known = fieldsOf(collection.list, version, objectSchema(collection.list));
    const base = { collection, version, objects, url: `${url}/${below}` };
    if (id !== null) return this.#one({ ...base, request: USUAL }, id, fieldsIn(query, known));
    const request = readRequest(query, known);
    const listing = { ...base, request };
    const { rows, count } = await pageOf(listing);
    const self = `${base.url}/${rest.map(encodeURIComponent).join('/')}`;
    const headers = { 'X-Total-Count': String(count), Link: linksOf(self, query, request, count) };
    return { status: 200, headers, body: pieces(listing, rows) };
  }

  async #one(listing: Listing, id: string, fields: ReadonlySet<string> | null): Promise<ApiAnswer> {
    const { list, keys } = listing.collection;
    const isMeant = keys === null || keys.has(id);
    const rows = isMeant ? await servedByKeys(listing.objects, list, [id]) : [];
    const [shape] = await shapesOf(listing, rows);
    if (shape === undefined) throw new Refused(404, 'unknownobject', 'there is no such object');
    return { status: 200, body: { [SINGULAR[list] ?? list]: cut(shape, fields) } };
  }
}

/** `v1p1/...` or `rostering/v1p2/...`: the version, the path to it, and what is below. */
function versionIn(path: readonly string[]): {
  readonly version: Version;
  readonly below: string;
  readonly rest: readonly string[];
} {
  const [first, second, ...rest] = path;
  if (first === 'v1p1') return { version: 'v1p1', below: 'v1p1', rest: path.slice(1) };
  if (first === 'rostering' && second === 'v1p2') {
    return { version: 'v1p2', below: 'rostering/v1p2', rest };
  }
  throw new Refused(404, 'unknownobject', 'v1p1 and rostering/v1p2 are offered');
}

/** A page as text, while it is read. */
async function* pieces(listing: Listing, rows: readonly ServedRow[]): AsyncGenerator<string> {
  const { collection, request } = listing;
  yield `{${JSON.stringify(collection.name)}:[`;
  for (let at = 0; at < rows.length; at += BATCH) {
    const shapes = await shapesOf(listing, rows.slice(at, at + BATCH));
    const texts = shapes.map((one) => JSON.stringify(cut(one, request.fields)));
    yield (at > 0 ? ',' : '') + texts.join(',');
  }
  yield ']}';
}

function cut(shape: JsonObject, fields: ReadonlySet<string> | null): JsonObject {
  if (fields === null) return shape;
  return Object.fromEntries(Object.entries(shape).filter(([name]) => fields.has(name)));
}

/** Where the other pages are. */
function linksOf(
  self: string,
  query: URLSearchParams,
  { limit, offset }: ListRequest,
  count: number,
): string {
  const at = (start: number, rel: string) => {
    const own = new URLSearchParams(query);
    own.set('limit', String(limit));
    own.set('offset', String(start));
    return `<${self}?${own}>; rel="${rel}"`;
  };
  const last = Math.max(0, Math.ceil(count / limit) - 1) * limit;
  return [
    at(0, 'first'),
    ...(offset > 0 ? [at(Math.max(0, offset - limit), 'prev')] : []),
    ...(offset + limit < count ? [at(offset + limit, 'next')] : []),
    at(last, 'last'),
  ].join(', ');
}

const MINORS: Readonly<Record<number, string>> = {
  ...{ 400: 'invaliddata', 404: 'unknownobject', 413: 'invaliddata', 415: 'invaliddata' },
  ...{ 503: 'server_busy' },
};

function refusalOf(minor: string, description: string): JsonObject {
  const field = {
    imsx_codeMinorFieldName: 'TargetEndSystem',
    imsx_codeMinorFieldValue: minor,
  };
  return {
    ...{ imsx_codeMajor: 'failure', imsx_severity: 'error', imsx_description: description },
    imsx_CodeMinor: { imsx_codeMinorField: [field] },
  };
}
