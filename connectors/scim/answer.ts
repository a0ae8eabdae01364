import {
  type HttpAnswer,
  idIn,
  isHtml,
  isObject,
  type Json,
  type JsonObject,
  jsonIn,
  refusalInside,
  type Saying,
  saying,
  TransientFailure,
  wordsIn,
} from '../../core/plugin.ts';

export const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error';

type Refused = Pick<HttpAnswer, 'status' | 'text'>;

/** A service may say with status 200 that it refuses: the error's own status counts. */
export function errorIn(body: Json): Refused | null {
  if (!isObject(body)) return null;
  const { schemas, status } = body;
  if (!Array.isArray(schemas) || !schemas.includes(ERROR_SCHEMA)) return null;
  const said = Number(status);
  return { status: said >= 400 && said <= 599 ? said : 400, text: JSON.stringify(body) };
}

/** The same of the answer to what was sent, also where the error is none of SCIM. */
export function refusedIn(body: Json, sent: JsonObject | null): Refused | null {
  const inside = refusalInside(body, sent);
  if (inside === null) return errorIn(body);
  return errorIn(body) ?? { status: inside.status, text: JSON.stringify(body) };
}

export function parsed(text: string): Json {
  return jsonIn(text) ?? null;
}

export function objectOf(answer: HttpAnswer, what: string): JsonObject {
  const value = isHtml(answer) ? null : parsed(answer.text);
  if (!isObject(value)) throw unreadable(what);
  return value;
}

export function unreadable(what: string): TransientFailure {
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', saying('notScim', { what }));
}

export function aboutAnother(what: string): TransientFailure {
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', saying('aboutOtherResource', { what }));
}

/** What an error answer says (RFC 7644, 3.12), or one in another usual form. */
export interface Said {
  /** '' where it says none. */
  readonly scimType: string;
  /** The type with the service's words: for `redact` alone. */
  readonly detail: string;
}

export function saidIn({ text }: Pick<HttpAnswer, 'text'>): Said {
  const error = parsed(text);
  if (!isObject(error)) return { scimType: '', detail: '' };
  const { scimType: type, detail } = error;
  const scimType = typeof type === 'string' ? type : '';
  const words = typeof detail === 'string' ? detail : wordsIn(error);
  return { scimType, detail: [scimType, words].filter((one) => one !== '').join(': ') };
}

/** The version, by its header or in the resource (RFC 7644, 3.14). */
export function etagOf(
  { headers }: Pick<HttpAnswer, 'headers'>,
  shown: JsonObject | null,
): string | null {
  const meta = shown?.['meta'];
  const version = isObject(meta) ? meta['version'] : null;
  return headers.get('etag') ?? (typeof version === 'string' && version !== '' ? version : null);
}

/** The id in the Location of what was made (RFC 7644, 3.3): below its endpoint, nothing else. */
export function locationOf({ headers, status }: HttpAnswer, endpoint: string): string | null {
  const location = status === 201 ? headers.get('location') : null;
  const steps = URL.parse(location ?? '', 'http://service')?.pathname.split('/') ?? [];
  const [id = '', kind] = steps.reverse();
  if (`/${kind}` !== endpoint) return null;
  try {
    return idIn(decodeURIComponent(id));
  } catch {
    return null;
  }
}

/** A service that mixes up its sessions answers with what another request was about. */
export function isAnothers(answered: JsonObject, sent: JsonObject | null): boolean {
  const [ours, theirs] = [sent?.['externalId'], answered['externalId']];
  return typeof ours === 'string' && typeof theirs === 'string' && ours !== theirs;
}

/** The service's words, where it gave any, after ours. */
export function beside(what: string | Saying, words: string): string | Saying {
  const detail = words.trim();
  return detail === '' ? what : saying('withDetail', { what, detail });
}
