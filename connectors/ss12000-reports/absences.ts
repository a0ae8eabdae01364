import {
  isObject,
  type Json,
  type JsonObject,
  type JsonService,
  type SingleObjects,
  type Written,
} from '../../core/plugin.ts';
import { PAGES } from './source.ts';

/** Fields that name another entity: text here, an object with an id there. */
const REFERENCES = ['student', 'organisation', 'registeredBy'] as const;
const TIMES = ['startTime', 'endTime'] as const;

/** The absences of a provider, which are written and never removed: the standard has no DELETE. */
export function absencesAt(http: JsonService): SingleObjects {
  return {
    keyField: 'transferId',
    write: ({ key, object, signal }) =>
      object === null ? takeBack(http, key, signal) : tell(http, object, signal),
    async *list(_kind, signal) {
      for await (const page of http.pages('/absences', PAGES, { signal })) {
        yield page.filter(lasts).map(flat);
      }
    },
    async *find(_kind, key, signal) {
      const shown = await http.get(pathOf(key), { signal });
      yield isObject(shown) && lasts(shown) ? [flat(shown)] : [];
    },
  };
}

/** The same id again is the same absence as it is now (assumed: there is no PUT either). */
async function tell(http: JsonService, object: JsonObject, signal: AbortSignal): Promise<Written> {
  const answer = await http.post('/absences', asAbsence(object), { signal });
  const shown = isObject(answer.body) ? { body: asSent(flat(answer.body), object) } : {};
  return { ...answer, id: String(object['transferId']), ...shown };
}

/** Whoever was not away after all was away for no time. */
async function takeBack(http: JsonService, key: string, signal: AbortSignal): Promise<Written> {
  const shown = await http.get(pathOf(key), { signal });
  if (!isObject(shown) || !lasts(shown)) return { status: 404 };
  const { meta: _meta, ...absence } = shown;
  const body = { ...absence, endTime: shown['startTime'] ?? null };
  const { status, failure, detail } = await http.post('/absences', body, { signal });
  return { status, failure, detail };
}

function pathOf(key: string): string {
  return `/absences/${encodeURIComponent(key)}`;
}

/** One that ends when it begins has been taken back. */
function lasts({ startTime, endTime }: JsonObject): boolean {
  return Date.parse(String(startTime)) !== Date.parse(String(endTime));
}

function asAbsence({ transferId = null, ...object }: JsonObject): JsonObject {
  const body: Record<string, Json> = { id: transferId, ...object };
  for (const name of REFERENCES) {
    const id = object[name];
    if (typeof id === 'string') body[name] = { id };
  }
  return body;
}

function flat(absence: JsonObject): JsonObject {
  const ids = REFERENCES.flatMap((name) => {
    const reference = absence[name];
    return isObject(reference) ? [[name, reference['id'] ?? null] as const] : [];
  });
  const { id = null, startTime = null, endTime = null, type = null } = absence;
  return { id, transferId: id, startTime, endTime, type, ...Object.fromEntries(ids) };
}

/** An instant may be written in another zone: it is the one that was sent. */
function asSent(shown: JsonObject, sent: JsonObject): JsonObject {
  const times = TIMES.filter(
    (name) => Date.parse(String(shown[name])) === Date.parse(String(sent[name])),
  );
  return { ...shown, ...Object.fromEntries(times.map((name) => [name, sent[name] ?? null])) };
}
