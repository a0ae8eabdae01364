import {
  type Failure,
  ForbiddenFailure,
  HeldFailure,
  RefusedFailure,
  TransientFailure,
} from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { isObject } from '../../message/digest.ts';
import type { Json, JsonObject, Saying } from '../../message/message.ts';

/** What `failureOfStatus` needs of an answer. */
export interface StatusAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly receivedAt?: number;
}

const LONGEST_RETRY_AFTER_MS = 86_400_000;

/**
 * What passes by itself: changed by somebody else in between, locked, waiting for another request,
 * too early, too many, no time.
 */
const BUSY: ReadonlySet<number> = new Set([412, 423, 424, 425, 429, 503]);

/** Done, or begun. A success of another kind (206, 207) says that a part of it was not. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 205;
}

/** There is no such object, or there is none any more. */
export function isGone(status: number): boolean {
  return status === 404 || status === 410;
}

/**
 * The failure that an answer other than a success means, classed by what is to be done. `what`
 * names the request ("create a user"). The answer's text is never quoted: see `redact`.
 */
export function failureOfStatus(answer: StatusAnswer, what: string): Failure {
  const { status } = answer;
  const values = { what, status: String(status) };
  const said = saying('answersStatus', values);
  const wait = retryAfterMs(answer.headers, answer.receivedAt ?? Date.now());
  // There are services that say 403 for too many requests: who says when to come again lets us in.
  if (status === 403 && wait === null) return new ForbiddenFailure('CREDENTIALS', said);
  if (status === 401 || status === 407) return new HeldFailure('CREDENTIALS', said);
  const details = wait === null ? {} : { retryAfterMs: wait };
  if (status === 408) return new TransientFailure('TIMEOUT', said, details);
  const isBusy = BUSY.has(status) || (wait !== null && status >= 400 && status < 500);
  if (isBusy) return new TransientFailure('TARGET_BUSY', said, details);
  if (status >= 500) return new TransientFailure('TARGET_BROKEN', said, details);
  if (status >= 300 && status < 400) return unreadable(saying('answersElsewhere', values));
  // A success of another kind than was asked for (206, 207) is no refusal, and tells nothing.
  if (status < 300) return unreadable(said);
  if (isHtml(answer)) return unreadable(saying('answersPage', values));
  return new RefusedFailure('TARGET_REFUSED', said);
}

/**
 * Where an answer to a request for `from` says to go on; null where it does not, or where another day
 * may help. To another origin our credentials would follow, so never there; what is written goes on
 * only where it is said to be told there. Throws CONFIG_INVALID where it will be the same tomorrow:
 * HeldFailure, or RefusedFailure where it is of one object.
 */
export function nextOf(
  { status, headers }: Pick<StatusAnswer, 'status' | 'headers'>,
  method: string,
  from: URL,
): URL | null {
  const location = headers.get('location') ?? '';
  const isElsewhere = [301, 302, 307, 308].includes(status) && location !== '';
  const target = isElsewhere ? URL.parse(location, from) : null;
  if (target === null) return null;
  const isSame = target.origin === from.origin;
  const isRead = method === 'GET' || method === 'HEAD';
  if (isSame && (isRead || status >= 307)) return target;
  const isLasting = isSame || status === 301 || status === 308;
  if (!isLasting) return null;
  const values = { address: from.host, status, method, to: target.origin };
  const said = isSame ? saying('toldAside', values) : saying('movedTo', values);
  const hint = saying('movedHint', {});
  // The path of one object may be another: that is nothing of the others.
  if (isSame && method !== 'POST') throw new RefusedFailure('CONFIG_INVALID', said, { hint });
  throw new HeldFailure('CONFIG_INVALID', said, { hint });
}

/** Whether an answer is a web page (a proxy's, a login page) in place of the protocol. */
export function isHtml(answer: StatusAnswer): boolean {
  const type = answer.headers.get('content-type') ?? '';
  return (
    /^(text\/html|application\/xhtml)/i.test(type) ||
    /^\s*<(!doctype html|html)\b/i.test(answer.text)
  );
}

/** Whether an answer says that it is JSON, or does not say what it is. */
export function isJson(headers: Headers): boolean {
  return /^\s*$|^\s*\w+\/([\w.+-]+\+)?json\s*(;|$)/i.test(headers.get('content-type') ?? '');
}

/** What a text's headers name its signs by; '' where they name nothing. */
export function charsetOf(headers: Headers): string {
  return /charset="?([\w.:-]+)/i.exec(headers.get('content-type') ?? '')?.[1] ?? '';
}

/**
 * Retry-After (RFC 9110, 10.2.3), seconds or a date, as milliseconds from `now`; null if none. A
 * date is meant by the other side's clock, which its Date header tells.
 */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (value === '') return null;
  // Whole seconds by the standard; Microsoft Graph sends parts of one.
  const ms = /^\d{1,9}(\.\d{1,9})?$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - dateOf(headers, now);
  if (Number.isNaN(ms)) return null;
  return Math.min(Math.max(0, ms), LONGEST_RETRY_AFTER_MS);
}

function dateOf(headers: Headers, now: number): number {
  const stated = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(stated) ? now : stated;
}

/** What an answer of success says inside that makes it none. */
export interface RefusalInside {
  /** The status that it names; 400 where it names none. */
  readonly status: number;
  /** The service's own words: for `redact` alone. */
  readonly detail: string;
}

/**
 * There are services that refuse with status 200 and say so inside: an error, a list of them, that
 * it was no success, or a status of its own (RFC 9457). Null where a body says nothing of the kind;
 * `sent`: what is named there is our own.
 */
export function refusalInside(
  body: Json,
  sent: JsonObject | null | undefined = null,
): RefusalInside | null {
  if (!isObject(body)) return null;
  const own = (name: string) => (sent != null && name in sent ? null : (body[name] ?? null));
  const error = own('error');
  const inner = isObject(error) ? error : {};
  const errors = own('errors');
  const isNamed = (typeof error === 'string' && error !== '') || isObject(error);
  const isListed = Array.isArray(errors) && errors.length > 0;
  const isNone = own('success') === false || own('ok') === false;
  const detail = wordsIn(body);
  const said = ['status', 'statusCode', 'code'].flatMap((name) => [own(name), inner[name]]);
  const status = said.map(Number).find((one) => one >= 400 && one <= 599);
  const isStated = status !== undefined && detail !== '';
  if (!isNamed && !isListed && !isNone && !isStated) return null;
  return { status: status ?? 400, detail };
}

const WORDS = ['title', 'detail', 'code', 'message', 'error', 'error_description'] as const;

/** The words of an error in one of the usual forms: its own, else those of the errors in it. */
export function wordsIn(body: Json): string {
  if (!isObject(body)) return typeof body === 'string' ? body : '';
  const words = WORDS.map((name) => body[name]).filter((word) => typeof word === 'string');
  if (words.length > 0) return words.join(': ');
  const { error = null, errors = null } = body;
  const inner = Array.isArray(errors) ? errors : [error];
  return inner.map(wordsIn).join('; ');
}

/** What an answer is that holds nothing to go by: it may be another one next time. */
export function unreadable(text: string | Saying): TransientFailure {
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', text);
}

/** `ECONNREFUSED`: fetch hides the reason in its error's cause; '' where it has none. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z_\d]{3,40}$/.test(code) ? code : '';
}
