import {
  type Failure,
  HeldFailure,
  RefusedFailure,
  TransientFailure,
} from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Saying } from '../../message/message.ts';

/** What `failureOfStatus` needs of an answer. */
export interface StatusAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly receivedAt?: number;
}

const LONGEST_RETRY_AFTER_MS = 86_400_000;

/**
 * The failure that an answer other than a success means, classed by what is to be done. `what`
 * names the request ("create a user"). The answer's text is never quoted: see `redact`.
 */
export function failureOfStatus(answer: StatusAnswer, what: string): Failure {
  const { status } = answer;
  const values = { what, status: String(status) };
  const said = saying('answersStatus', values);
  if ([401, 403, 407].includes(status)) return new HeldFailure('CREDENTIALS', said);
  const wait = retryAfterMs(answer.headers, answer.receivedAt ?? Date.now());
  const details = wait === null ? {} : { retryAfterMs: wait };
  if (status === 408) return new TransientFailure('TIMEOUT', said, details);
  if (status === 429 || status === 503) return new TransientFailure('TARGET_BUSY', said, details);
  if (status >= 500) return new TransientFailure('TARGET_BROKEN', said, details);
  if (status >= 300 && status < 400) return unreadable(saying('answersElsewhere', values));
  if (isHtml(answer)) return unreadable(saying('answersPage', values));
  return new RefusedFailure('TARGET_REFUSED', said);
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

/** What an answer is that holds nothing to go by: it may be another one next time. */
export function unreadable(text: string | Saying): TransientFailure {
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', text);
}

/** ` (ECONNREFUSED)`: fetch hides the reason in its error's cause. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z_\d]{3,40}$/.test(code) ? ` (${code})` : '';
}
