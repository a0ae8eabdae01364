import {
  type HttpAnswer,
  isHtml,
  isObject,
  type Json,
  type JsonObject,
  TransientFailure,
} from '../../core/plugin.ts';
import { isResource } from './paged-list.ts';

export const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** A service may say with status 200 that it refuses: the error's own status counts. */
export function errorIn(body: Json): Pick<HttpAnswer, 'status' | 'text'> | null {
  if (!isObject(body)) return null;
  const { schemas, status } = body;
  if (!Array.isArray(schemas) || !schemas.includes(ERROR_SCHEMA)) return null;
  const said = Number(status);
  return { status: said >= 400 && said <= 599 ? said : 400, text: JSON.stringify(body) };
}

export function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function objectOf(answer: HttpAnswer, what: string): JsonObject {
  const value = isHtml(answer) ? null : parsed(answer.text);
  if (!isObject(value)) throw unreadable(what);
  return value;
}

export function unreadable(what: string): TransientFailure {
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', `${what}: the answer is not SCIM.`);
}

/** `scimType` and `detail` of an error answer (RFC 7644, 3.12). */
export function detailOf({ text }: Pick<HttpAnswer, 'text'>): string {
  const error = parsed(text);
  if (!isObject(error)) return '';
  return [error['scimType'], error['detail']].filter((one) => typeof one === 'string').join(': ');
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
    const decoded = decodeURIComponent(id);
    return isResource({ id: decoded }) ? decoded : null;
  } catch {
    return null;
  }
}

/** A service that mixes up its sessions answers with what another request was about. */
export function isAnothers(answered: JsonObject, sent: JsonObject | null): boolean {
  const [ours, theirs] = [sent?.['externalId'], answered['externalId']];
  return typeof ours === 'string' && typeof theirs === 'string' && ours !== theirs;
}
