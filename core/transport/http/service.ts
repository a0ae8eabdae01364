import { createHmac, hash } from 'node:crypto';
import type { Context } from '../../connector/connector.ts';
import { createHttpClient, type HttpClient, type Sign } from './http-client.ts';
import { clientCredentials, type SecretIn } from './oauth.ts';
import { fetchOverTls, type TlsOptions } from './tls-fetch.ts';

/** A binding's options for its web service, as core/connector/service-options.ts declares them. */
export interface ServiceOptions {
  /** Origin and path that every request's path is appended to. */
  readonly url: string;
  /** Bearer token. */
  readonly token?: string;
  /** OAuth 2 client credentials. */
  readonly oauth?: OAuthOptions;
  /** User and password. */
  readonly basic?: BasicOptions;
  /** A key in a header. */
  readonly apiKey?: ApiKeyOptions;
  /** A key that signs every request. */
  readonly hmac?: HmacOptions;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How the service and we know each other by TLS. */
  readonly tls?: TlsOptions;
  /** Most requests per second. Default: no limit. */
  readonly requestsPerSecond?: number;
  /** For one request with its whole answer. Default 30 s. */
  readonly timeoutMs?: number;
}

/** OAuth 2 client credentials; see `clientCredentials`. */
export interface OAuthOptions {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
  readonly secretIn?: SecretIn;
}

/** HTTP Basic (RFC 7617). */
export interface BasicOptions {
  readonly user: string;
  readonly password: string;
}

/** A key in a header. */
export interface ApiKeyOptions {
  readonly key: string;
  readonly header: string;
}

/** Signed requests. The names are those of the headers that carry each part. */
export interface HmacOptions {
  readonly keyId: string;
  readonly secret: string;
  readonly keyHeader: string;
  readonly dateHeader: string;
  readonly digestHeader: string;
  readonly signatureHeader: string;
}

type World = Pick<Context, 'fetch' | 'now' | 'sleep' | 'paceOf'>;

/** The client of a binding's web service: it logs in as the options say, and keeps their limits. */
export function openService(options: ServiceOptions, world: World): HttpClient {
  const { fetch: plain, now, sleep, paceOf } = world;
  const { url: baseUrl, tls, hmac, requestsPerSecond, timeoutMs } = options;
  const fetch = tls === undefined ? plain : fetchOverTls(tls);
  const login = loginOf(options, world);
  return createHttpClient({
    ...{ fetch, now, sleep, paceOf, baseUrl },
    headers: async (renew) => ({ ...options.headers, ...(await login(renew)) }),
    ...(hmac === undefined ? {} : { sign: signer(hmac, now) }),
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

type Headers = Readonly<Record<string, string>>;

function loginOf(
  { token, oauth, basic, apiKey }: ServiceOptions,
  world: World,
): (renew?: boolean) => Promise<Headers> {
  // A token is asked for as it always is: our certificate is for the service.
  if (oauth !== undefined) return clientCredentials({ ...oauth, ...world });
  if (token !== undefined) return async () => ({ authorization: `Bearer ${token}` });
  if (apiKey !== undefined) return async () => ({ [apiKey.header]: apiKey.key });
  if (basic === undefined) return async () => ({});
  const pair = Buffer.from(`${basic.user}:${basic.password}`).toString('base64');
  return async () => ({ authorization: `Basic ${pair}` });
}

/**
 * Signs method, path with query, digest of the body and time, each on a line of its own: HMAC with
 * SHA-256, digest and signature in base64, the time as HTTP writes it. The form is ours: a service
 * with another form needs headers of its own.
 */
function signer(options: HmacOptions, now: () => number): Sign {
  return ({ method, url, body }) => {
    const digest = hash('sha256', body ?? '', 'base64');
    const date = new Date(now()).toUTCString();
    const signed = [method, `${url.pathname}${url.search}`, digest, date].join('\n');
    return {
      [options.keyHeader]: options.keyId,
      [options.dateHeader]: date,
      [options.digestHeader]: digest,
      [options.signatureHeader]: createHmac('sha256', options.secret)
        .update(signed)
        .digest('base64'),
    };
  };
}
