import type { Context } from '../../connector/connector.ts';
import { HeldFailure, TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { isObject, jsonIn } from '../../message/digest.ts';
import { createHttpClient, type HttpAnswer } from './http-client.ts';
import { failureOfStatus } from './http-failure.ts';

/** OAuth 2.0 client credentials (RFC 6749, 4.4). */
export interface ClientCredentialsOptions {
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly paceOf: Context['paceOf'];
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
  /** Further form fields, e.g. `resource` or `audience`. */
  readonly fields?: Readonly<Record<string, string>>;
  /**
   * Where the secret goes: in the form or in the Authorization header. Unless said, in the form,
   * and where that is refused in the header: all must take the second, many take the first alone.
   */
  readonly secretIn?: SecretIn;
}

export type SecretIn = 'body' | 'header';

interface Token {
  readonly headers: Record<string, string>;
  /** Epoch milliseconds. */
  readonly renewAt: number;
  readonly secretIn: SecretIn;
}

/** So long before its end a token is asked for anew; of a short one, after half of its time. */
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
  let secretIn = options.secretIn;
  return async (renew = false) => {
    if (token !== null && !renew && token.renewAt > options.now()) return token.headers;
    pending ??= requestToken(options, secretIn).finally(() => {
      pending = null;
    });
    token = await pending;
    secretIn = token.secretIn;
    return token.headers;
  };
}

async function requestToken(
  options: ClientCredentialsOptions,
  secretIn: SecretIn | undefined,
): Promise<Token> {
  const first = await askForToken(options, secretIn ?? 'body');
  const isRefused = first.status === 400 || first.status === 401 || saysRefused(first);
  if (secretIn !== undefined || !isRefused)
    return tokenOf(first, options.now(), secretIn ?? 'body');
  return tokenOf(await askForToken(options, 'header'), options.now(), 'header');
}

function askForToken(options: ClientCredentialsOptions, secretIn: SecretIn): Promise<HttpAnswer> {
  const url = new URL(options.tokenUrl);
  const client = createHttpClient({ ...options, baseUrl: url.origin, maxResponseBytes: 100_000 });
  return client.send({
    method: 'POST',
    path: url.href,
    headers: {
      ...(secretIn === 'header' ? basicHeader(options) : {}),
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: formOf(options, secretIn).toString(),
    signal: new AbortController().signal,
  });
}

function formOf(options: ClientCredentialsOptions, secretIn: SecretIn): URLSearchParams {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...options.fields });
  if (options.scope !== undefined) form.set('scope', options.scope);
  if (secretIn === 'header') return form;
  form.set('client_id', options.clientId);
  form.set('client_secret', options.clientSecret);
  return form;
}

/** RFC 6749, 2.3.1: both halves are form-encoded before they are joined. */
function basicHeader(options: ClientCredentialsOptions): Record<string, string> {
  const pair = [options.clientId, options.clientSecret].map(formEncoded).join(':');
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function formEncoded(text: string): string {
  return new URLSearchParams({ v: text }).toString().slice(2);
}

function tokenOf(answer: HttpAnswer, now: number, secretIn: SecretIn): Token {
  if (answer.status === 400 || saysRefused(answer)) {
    // RFC 6749, 5.2: invalid_client, invalid_grant, unauthorized_client, invalid_scope.
    const status = String(answer.status);
    throw new HeldFailure('CREDENTIALS', saying('clientRefused', { status }));
  }
  if (answer.status !== 200) throw failureOfStatus(answer, 'get an access token');
  const told = jsonIn(answer.text);
  const body = isObject(told) ? told : {};
  const token = body['access_token'];
  if (typeof token !== 'string' || token === '') {
    throw new TransientFailure('TARGET_ANSWER_UNREADABLE', saying('noToken', {}));
  }
  const lifetime = Number(body['expires_in'] ?? DEFAULT_LIFETIME_S);
  const lifetimeMs = (Number.isFinite(lifetime) ? lifetime : DEFAULT_LIFETIME_S) * 1000;
  const headers = { authorization: `Bearer ${token}` };
  const renewAt = now + Math.max(lifetimeMs - EARLY_MS, lifetimeMs / 2);
  return { headers, renewAt, secretIn };
}

/** There are token services that refuse with status 200. */
function saysRefused({ status, text }: HttpAnswer): boolean {
  return status === 200 && /"error"\s*:\s*"/.test(text) && !/"access_token"\s*:/.test(text);
}
