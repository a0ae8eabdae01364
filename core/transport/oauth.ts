import type { Surroundings } from '../connector/connector.ts';
import { HeldFailure, TransientFailure } from '../failure/failure.ts';
import { createHttpClient, type HttpAnswer } from './http-client.ts';
import { failureOfStatus } from './http-failure.ts';

/** OAuth 2.0 client credentials (RFC 6749, 4.4). */
export interface ClientCredentialsOptions {
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly paceOf: Surroundings['paceOf'];
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
  /** Further form fields, e.g. `resource` or `audience`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Where the secret goes: in the form (default) or in the Authorization header. */
  readonly secretIn?: 'body' | 'header';
}

interface Token {
  readonly headers: Record<string, string>;
  readonly expiresAt: number;
}

const EARLY_MS = 60_000;
const DEFAULT_LIFETIME_S = 300;

/**
 * A provider of the Authorization header for `createHttpClient`: one token for all callers, kept
 * until a minute before it expires, or until it is asked to renew. Throws HeldFailure CREDENTIALS
 * where the token is refused, TransientFailure otherwise.
 */
export function clientCredentials(
  options: ClientCredentialsOptions,
): (renew?: boolean) => Promise<Record<string, string>> {
  let token: Token | null = null;
  let pending: Promise<Token> | null = null;
  return async (renew = false) => {
    if (token !== null && !renew && token.expiresAt - EARLY_MS > options.now())
      return token.headers;
    pending ??= requestToken(options).finally(() => {
      pending = null;
    });
    token = await pending;
    return token.headers;
  };
}

async function requestToken(options: ClientCredentialsOptions): Promise<Token> {
  const url = new URL(options.tokenUrl);
  const client = createHttpClient({ ...options, baseUrl: url.origin, maxResponseBytes: 100_000 });
  const answer = await client.send({
    method: 'POST',
    path: url.href,
    headers: {
      ...secretHeader(options),
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: formOf(options).toString(),
    signal: new AbortController().signal,
  });
  return tokenOf(answer, options.now());
}

function formOf(options: ClientCredentialsOptions): URLSearchParams {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...options.fields });
  if (options.scope !== undefined) form.set('scope', options.scope);
  if (options.secretIn === 'header') return form;
  form.set('client_id', options.clientId);
  form.set('client_secret', options.clientSecret);
  return form;
}

/** RFC 6749, 2.3.1: both halves are form-encoded before they are joined. */
function secretHeader(options: ClientCredentialsOptions): Record<string, string> {
  if (options.secretIn !== 'header') return {};
  const pair = [options.clientId, options.clientSecret].map(formEncoded).join(':');
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function formEncoded(text: string): string {
  return new URLSearchParams({ v: text }).toString().slice(2);
}

function tokenOf(answer: HttpAnswer, now: number): Token {
  if (answer.status === 400) {
    // RFC 6749, 5.2: invalid_client, invalid_grant, unauthorized_client, invalid_scope.
    throw new HeldFailure('CREDENTIALS', 'The token service refuses the client (status 400).');
  }
  if (answer.status !== 200) throw failureOfStatus(answer, 'get an access token');
  const body = parsed(answer.text);
  const token = body['access_token'];
  if (typeof token !== 'string' || token === '') throw unreadable();
  const lifetime = Number(body['expires_in'] ?? DEFAULT_LIFETIME_S);
  const lifetimeMs = (Number.isFinite(lifetime) ? lifetime : DEFAULT_LIFETIME_S) * 1000;
  return { headers: { authorization: `Bearer ${token}` }, expiresAt: now + lifetimeMs };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    throw unreadable();
  }
  throw unreadable();
}

function unreadable(): TransientFailure {
  return new TransientFailure('TARGET_ANSWER_UNREADABLE', 'The token service gave no token.');
}
